"""``aa train``: teach the networks of a stage from labelled portraits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from avatarartist_core.cli import options as given
from avatarartist_core.cli.console import result, result_json, say

if TYPE_CHECKING:
    from avatarartist_core.entries import StageEntry
    from avatarartist_core.training.config import StageConfig

TRAINING = "Training"


def train(
    stage: Annotated[
        str,
        typer.Argument(
            help="What is taught: gan, ... (aa plugins list).",
            autocompletion=given.installed_names("stages"),
            show_default=False,
        ),
    ],
    config: Annotated[
        Path | None,
        typer.Option(
            "--config", metavar="FILE", help="A training file (TOML).", show_default=False
        ),
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(
            "--preset", help="A training file that ships. Default: tiny.", show_default=False
        ),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option("--data", help="Folder that aa data build made.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="Folder of the run. Default: train-STAGE.", show_default=False
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="OPTION=VALUE",
            help="An option of the file, such as generator_optimiser.rate=0.001; again for more.",
            rich_help_panel=TRAINING,
            show_default=False,
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where the run in the folder stopped.")
    ] = False,
    resume_from: Annotated[
        Path | None,
        typer.Option(
            "--resume-from",
            metavar="DIR",
            help="Begin with the networks of another run or checkpoint, to tune them.",
            show_default=False,
        ),
    ] = None,
    minutes: Annotated[
        float | None,
        typer.Option(
            "--minutes", min=0, help="Stop after so long; --resume goes on.", show_default=False
        ),
    ] = None,
    seed: given.Seed = None,
    device: given.Device = None,
    overwrite: given.Overwrite = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Say what it would cost, measured here, and stop."),
    ] = False,
    json: given.Json = False,
    quiet: given.Quiet = False,
) -> None:
    """Teach the networks of STAGE.

    The result is a folder with checkpoints, a log, sample pictures and a bundle of weights, which
    components take as --weights DIR/bundle. What a killed run had done is not lost: --resume.
    """
    from avatarartist_core.errors import UsageError
    from avatarartist_core.plugins import installed
    from avatarartist_core.running.device import AUTO, best_device, check_device

    if config and preset:
        raise UsageError("--config and --preset were both given", "Leave one out.")
    entry = installed().stages[stage]
    options = _options(
        entry,
        config,
        preset,
        settings,
        {
            "data.path": str(data) if data else None,
            "resume_from": str(resume_from.absolute()) if resume_from else None,
            "minutes": minutes,
            "seed": seed,
        },
    )
    place = best_device() if device == AUTO else device or "cpu"
    check_device(place)
    if dry_run:
        from avatarartist_core.cli.estimates import show_estimate

        show_estimate(entry, options, place, json=json)
        return

    from avatarartist_core.cli.training import drawing_training
    from avatarartist_core.training.running import train as run

    home = out or Path(f"train-{stage}")
    with drawing_training(quiet=quiet) as tell:
        made = run(
            entry, options, home, device=place, resume=resume, overwrite=overwrite, tell=tell
        )
    if not made and not quiet:
        say(f"{home} holds the run")
    if json:
        result_json({"run": str(home), "bundles": [str(path) for path in made]})
    else:
        result(home)


def _options(
    entry: StageEntry,
    config: Path | None,
    preset: str | None,
    settings: list[str] | None,
    values: dict[str, object],
) -> StageConfig:
    from avatarartist_core.training import files

    file = config or files.preset(entry, preset or files.DEFAULT)
    return files.stage_config(entry, file, settings or (), values)
