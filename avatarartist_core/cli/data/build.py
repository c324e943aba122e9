"""``aa data build``: labelled portraits in many styles, written as WebDataset shards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from avatarartist_core.cli import options as given
from avatarartist_core.cli.console import counted, result, result_json, say

if TYPE_CHECKING:
    from avatarartist_core.datasets.building import Built
    from avatarartist_core.datasets.plan import BuildPlan

SPEED = "Speed"


def build(
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", help="Folder of the data set.", file_okay=False, show_default=False
        ),
    ],
    source: Annotated[
        str | None,
        typer.Option(
            "--source",
            metavar="NAME[:PATH]",
            help="Where portraits come from: synthetic, folder:PATH, or a plugin's.",
            autocompletion=given.installed_names("portrait_sources"),
            show_default=False,
        ),
    ] = None,
    domains: Annotated[
        str,
        typer.Option(
            "--domains",
            metavar="all|A,B",
            help="The styles, with commas between them (aa domains list).",
        ),
    ] = "all",
    count: Annotated[
        int | None,
        typer.Option(
            "--count",
            "-n",
            min=1,
            help="How many records. Default: one for each portrait of the source.",
            show_default=False,
        ),
    ] = None,
    transfer: given.Transfer = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PART.OPTION=VALUE",
            help="An option of a part, such as source.side=128; again for more.",
            rich_help_panel=given.PARTS,
            show_default=False,
        ),
    ] = None,
    device: given.Device = None,
    seed: given.Seed = None,
    shard_size: Annotated[
        int | None,
        typer.Option(
            "--shard-size",
            min=1,
            help="Records of a shard. Default: 64.",
            rich_help_panel=given.OUT,
            show_default=False,
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers",
            "-w",
            min=1,
            help="Processes, one a core. Default: as many as there are cores, on Ray.",
            rich_help_panel=SPEED,
            show_default=False,
        ),
    ] = None,
    ray_address: Annotated[
        str,
        typer.Option(
            "--ray-address",
            metavar="ADDRESS",
            help="A Ray cluster to build on. What the source reads must be there on every machine; "
            "shards are written by this one.",
            rich_help_panel=SPEED,
            show_default=False,
        ),
    ] = "",
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Go on with the settings of the data set that is there.",
            rich_help_panel=given.OUT,
        ),
    ] = False,
    json: given.Json = False,
    quiet: given.Quiet = False,
) -> None:
    """Build a data set: portraits, carried into styles, labelled, in shards.

    Record i is portrait i of the source in style i modulo the number of styles. The same command
    goes on where it was cut off, whatever cut it off, and makes the same bytes; build.toml in the
    folder says what made them. Pictures that are no use are left out and counted.

    Writes the folder to stdout. Exit code: 0 done, 1 failed, 2 the command can be mended.
    """
    from avatarartist_core.cli.installed import installed
    from avatarartist_core.datasets.plan import plan_again, resolve_build

    plugins = installed(quiet=quiet)
    numbers = {"count": count, "seed": seed, "shard_size": shard_size, "device": _device(device)}
    if source is None:
        from avatarartist_core.datasets.settling import same_settings

        plan = plan_again(same_settings(out, resume=resume, **numbers), plugins)
    else:
        plan = resolve_build(
            source, domains, plugins, transfer=transfer, settings=settings or (), **numbers
        )
    built = _built(plan, out, workers, ray_address, quiet=quiet)
    if json:
        result_json(_as_json(built))
        return
    if not quiet:
        _tell(built)
    result(built.folder)


def _built(plan: BuildPlan, out: Path, workers: int | None, address: str, *, quiet: bool) -> Built:
    from avatarartist_core.cli.data.progress import building
    from avatarartist_core.datasets.building import build_set
    from avatarartist_core.datasets.workers import how_many
    from avatarartist_core.running.device import check_device
    from avatarartist_core.running.events import finish

    check_device(plan.config.device)
    count = how_many(workers, plan.config.count, address)
    try:
        with building(quiet=quiet) as draw:
            return finish(build_set(plan, out, workers=count, address=address), draw)
    except KeyboardInterrupt as interrupt:
        interrupt.add_note("the same command goes on")
        raise


def _device(device: str | None) -> str | None:
    if device != "auto":
        return device
    from avatarartist_core.running.device import best_device

    return best_device()


def _tell(built: Built) -> None:
    if not built.made:
        say("nothing was missing")
    else:
        rate = f"{built.made / built.seconds:.2f} a second" if built.seconds else ""
        parts = ", ".join(
            f"{name} {1000 * seconds / built.made:.0f}" for name, seconds in built.processor.items()
        )
        say(f"made {counted(built.made, 'record')} in {built.seconds:.1f} s, {rate}")
        say(f"ms of processor a record: {parts}", style="dim")
    if built.rejected:
        say(f"{counted(built.rejected, 'portrait')} rejected: aa data stats {built.folder}")
    say(f"{counted(built.records, 'record')} in {counted(built.shards, 'shard')}", style="green")


def _as_json(built: Built) -> dict[str, object]:
    return {
        "folder": str(built.folder),
        "records": built.records,
        "rejected": built.rejected,
        "shards": built.shards,
        "made": built.made,
        "seconds": round(built.seconds, 3),
        "records_a_second": round(built.made / built.seconds, 3) if built.seconds else None,
        "processor_seconds": {name: round(value, 3) for name, value in built.processor.items()},
    }
