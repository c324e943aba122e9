"""``aa data pairs``: image-triplane pairs drawn by a 4D GAN, written as WebDataset shards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from avatarartist_core.cli import options as given
from avatarartist_core.cli.console import counted, result, result_json, say
from avatarartist_core.datasets.pairs.config import CUTOFF, TRUNCATION

if TYPE_CHECKING:
    from avatarartist_core.datasets.pairs.building import Drawn


def pairs(
    gan: Annotated[
        str,
        typer.Option(
            "--gan",
            metavar="DIR|BUNDLE",
            help="The 4D GAN: a folder that training exported, a bundle (aa weights list), or "
            "random for an untrained one.",
            show_default=False,
        ),
    ],
    domain: Annotated[
        str,
        typer.Option(
            "--domain",
            "-d",
            help="Style of its pictures (aa domains list).",
            autocompletion=given.installed_names("domains"),
            show_default=False,
        ),
    ],
    count: Annotated[
        int, typer.Option("--count", "-n", min=1, help="How many pairs.", show_default=False)
    ],
    labels: Annotated[
        Path,
        typer.Option(
            "--labels",
            help="Data set that meshes and cameras are drawn from (aa data build).",
            file_okay=False,
            show_default=False,
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", help="Folder of the pairs.", file_okay=False, show_default=False
        ),
    ],
    planes: Annotated[
        str,
        typer.Option(
            "--planes",
            metavar="none|fp16",
            help="Triplanes: drawn again from the random vector where they are needed, or kept.",
        ),
    ] = "none",
    psi: Annotated[
        float, typer.Option("--psi", min=0, max=1, help="How far latents stray from the mean.")
    ] = TRUNCATION,
    cutoff: Annotated[
        int, typer.Option("--cutoff", min=0, help="Latents that are held back so.")
    ] = CUTOFF,
    generator: Annotated[
        str,
        typer.Option(
            "--generator",
            "-g",
            help="Whose weights a bundle holds. Default: the one that draws from chance.",
            autocompletion=given.installed_names("generators"),
            rich_help_panel=given.PARTS,
            show_default=False,
        ),
    ] = "",
    device: given.Device = None,
    seed: given.Seed = None,
    shard_size: Annotated[
        int | None,
        typer.Option(
            "--shard-size",
            min=1,
            help="Pairs of a shard. Default: 64.",
            rich_help_panel=given.OUT,
            show_default=False,
        ),
    ] = None,
    json: given.Json = False,
    quiet: given.Quiet = False,
) -> None:
    """Draw pairs of a picture and its triplane from a 4D GAN, and the triplanes' statistics.

    Pair i draws a random vector, and a mesh and a camera out of the labels, from the seed and i
    alone. The same command goes on where it was cut off, and makes the same bytes; pairs.toml in
    the folder says what made them, statistics.safetensors holds mean and deviation of the planes.

    Writes the folder to stdout. Exit code: 0 done, 1 failed, 2 the command can be mended.
    """
    from avatarartist_core.cli.installed import installed
    from avatarartist_core.datasets.pairs.plan import resolve_pairs
    from avatarartist_core.running.device import best_device, check_device

    plan = resolve_pairs(
        gan,
        domain,
        labels,
        installed(quiet=quiet),
        generator=generator,
        count=count,
        seed=seed,
        planes=planes,
        truncation=psi,
        cutoff=cutoff,
        shard_size=shard_size,
        device=best_device() if device == "auto" else device,
    )
    check_device(plan.config.device)

    from avatarartist_core.cli.data.progress import building
    from avatarartist_core.datasets.pairs.building import draw_pairs
    from avatarartist_core.running.events import finish

    try:
        with building(quiet=quiet) as draw:
            drawn = finish(draw_pairs(plan, out), draw)
    except KeyboardInterrupt as interrupt:
        interrupt.add_note("the same command goes on")
        raise
    if json:
        result_json(_as_json(drawn))
        return
    if not quiet:
        _tell(drawn)
    result(drawn.folder)


def _tell(drawn: Drawn) -> None:
    if drawn.made:
        rate = f", {drawn.made / drawn.seconds:.2f} a second" if drawn.seconds else ""
        say(f"drew {counted(drawn.made, 'pair')} in {drawn.seconds:.1f} s{rate}")
    else:
        say("nothing was missing")
    for name, values in (("mean", drawn.statistics.mean), ("std", drawn.statistics.deviation)):
        say(f"{name} of the planes: {', '.join(f'{value:.4f}' for value in values)}", style="dim")
    say(f"{counted(drawn.pairs, 'pair')} in {counted(drawn.shards, 'shard')}", style="green")


def _as_json(drawn: Drawn) -> dict[str, object]:
    return {
        "folder": str(drawn.folder),
        "pairs": drawn.pairs,
        "shards": drawn.shards,
        "made": drawn.made,
        "seconds": round(drawn.seconds, 3),
        "mean": [round(float(value), 6) for value in drawn.statistics.mean],
        "std": [round(float(value), 6) for value in drawn.statistics.deviation],
    }
