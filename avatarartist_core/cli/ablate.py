"""``aa domains ablate``: what each part of a transfer does for pose and expression."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from avatarartist_core.cli import options as given
from avatarartist_core.cli.console import result_json, say, terminal
from avatarartist_core.cli.tables import table
from avatarartist_core.errors import UsageError

if TYPE_CHECKING:
    from avatarartist_core.ablation.flow import Ablated, Row

HOW = (
    "Means over the pictures in which a face is found: landmarks in percent of the eye distance, "
    "the head's turn in degrees, expression coefficients."
)
FINEST = 512
"""Side of the crop that transfers work on."""


def ablate(
    portraits: Annotated[
        list[Path],
        typer.Argument(metavar="PORTRAIT...", help="Faces in any style.", show_default=False),
    ],
    domain: Annotated[
        str,
        typer.Option(
            "--domain",
            "-d",
            help="Where they are carried.",
            autocompletion=given.installed_names("domains"),
            rich_help_panel=given.PARTS,
            show_default=False,
        ),
    ],
    transfer: given.Transfer = None,
    motion_encoder: given.MotionEncoder = None,
    settings: given.Settings = None,
    seeds: Annotated[
        int,
        typer.Option(min=1, max=1000, help="Seeds that each is drawn with, counted from --seed."),
    ] = 1,
    seed: given.Seed = None,
    device: given.Device = None,
    force: given.Force = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="A PNG sheet of every portrait's first seed. Default: none.",
            rich_help_panel=given.OUT,
            show_default=False,
        ),
    ] = None,
    overwrite: given.Overwrite = False,
    json: given.Json = False,
    quiet: given.Quiet = False,
) -> None:
    """Compare a transfer with itself without one of its parts.

    Draws each PORTRAIT with every variant, nothing tried twice, and tells in how many pictures a
    face is found and how far it is from the portrait's.
    """
    from avatarartist_core.cli.configure import configured

    asked = configured(
        None,
        settings,
        "preview",
        portrait=portraits[0],
        domain=domain,
        transfer=transfer,
        motion_encoder=motion_encoder,
        seed=seed,
        device=device,
        force=force,
    )
    finest = min(asked.prepare.resolution, FINEST)
    asked = asked.model_copy(
        update={"prepare": asked.prepare.model_copy(update={"resolution": finest})}
    )
    from avatarartist_core.ablation.plan import resolve_ablation
    from avatarartist_core.cli.installed import installed

    plan = resolve_ablation(asked, portraits, seeds, installed(quiet=quiet))
    if output is not None:
        _check_free(output, portraits, overwrite=overwrite)

    from avatarartist_core.ablation.flow import ablated
    from avatarartist_core.cli.progress import drawing
    from avatarartist_core.running.events import finish

    with drawing(quiet=quiet) as draw:
        made = finish(ablated(plan), draw)
    if output is not None:
        from avatarartist_core.output.pictures import save_png

        save_png(made.sheet(256), output)
    if json:
        told = {"domain": domain, "transfer": plan.variants[0].transfer.entry.name, "seeds": seeds}
        result_json({**told, "output": output, "variants": [_as_json(row) for row in made.rows]})
        return
    _show(made, quiet=quiet)


def _check_free(output: Path, portraits: list[Path], *, overwrite: bool) -> None:
    from avatarartist_core.running.places import check_apart, check_free

    if output.suffix.lower() != ".png":
        raise UsageError(
            f"a sheet is a PNG file, and {str(output)!r} is not named like one",
            f"Name it {output.with_suffix('.png')}.",
        )
    for portrait in portraits:
        check_apart(output, portrait)
    check_free(output, overwrite=overwrite)


def _show(made: Ablated, *, quiet: bool) -> None:
    shown = table("variant", "faces", "landmarks", "turn", "expression", bold=0)
    for row in made.rows:
        mean, faces = row.mean, f"{row.faces} of {len(row.trials)}"
        if mean is None:
            shown.add_row(row.title, faces, "", "", "")
        else:
            said = (f"{mean.landmarks:.1f} %", f"{mean.rotation:.1f}°", f"{mean.expression:.3f}")
            shown.add_row(row.title, faces, *said)
    terminal().print(shown)
    if not quiet:
        say(HOW, style="dim")


def _as_json(row: Row) -> dict[str, object]:
    from dataclasses import asdict

    return {
        "title": row.title,
        "options": row.options,
        "pictures": len(row.trials),
        "faces": row.faces,
        "mean": row.mean and asdict(row.mean),
        "trials": [asdict(trial) for trial in row.trials],
    }
