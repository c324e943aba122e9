"""``aa compare``: the same face and motion drawn by several renderers, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from avatarartist_core.cli import options as given
from avatarartist_core.cli.console import result, result_json, say, terminal

if TYPE_CHECKING:
    from avatarartist_core.comparison.compared import Compared
    from avatarartist_core.comparison.scores import Score

NAMED = "NAME[:OPTION=VALUE,...]"


def compare(
    portrait: Annotated[
        Path | None,
        typer.Argument(help="A face in any style, or an avatar file.", show_default=False),
    ] = None,
    renderer: Annotated[
        list[str] | None,
        typer.Option(
            "--renderer",
            "-r",
            metavar=NAMED,
            help="Draws a column; name two or more. The same one again with other options: "
            "layers:supersampling=1.",
            autocompletion=given.installed_names("renderers"),
            rich_help_panel=given.PARTS,
            show_default=False,
        ),
    ] = None,
    motion: given.Motion = None,
    reference: Annotated[
        Path | None,
        typer.Option(
            "--reference",
            metavar="VIDEO|FOLDER",
            help="True frames, one a frame of motion, to measure against. Default: the driving "
            "video, when it shows the same face.",
            show_default=False,
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            metavar="FILE",
            help="The NAME.compare.toml of an earlier comparison; other options win over it.",
            show_default=False,
        ),
    ] = None,
    generator: Annotated[
        list[str] | None,
        typer.Option(
            "--generator",
            "-g",
            metavar=NAMED,
            help="Makes the avatars of the renderers that read them; again for more. The others "
            "get an installed one that fits.",
            autocompletion=given.installed_names("generators"),
            rich_help_panel=given.PARTS,
            show_default=False,
        ),
    ] = None,
    motion_encoder: given.MotionEncoder = None,
    weights: given.Weights = None,
    settings: given.Settings = None,
    seed: given.Seed = None,
    device: given.Device = None,
    size: given.Size = None,
    view: given.View = None,
    face: given.Face = None,
    force: given.Force = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="NAME.mp4, .webm, .gif or .png, or a folder: FOLDER/ of PNG frames. "
            "Default: PORTRAIT's name.compare.mp4.",
            rich_help_panel=given.OUT,
            show_default=False,
        ),
    ] = None,
    overwrite: given.Overwrite = False,
    json: given.Json = False,
    quiet: given.Quiet = False,
) -> None:
    """Draw one motion with several renderers, side by side, and measure them.

    Each renderer draws alone in a process of its own; time, memory and, where there are true
    frames, nearness to them go to stderr as a table (to stdout with --json). The path of the video
    goes to stdout; NAME.compare.toml beside it makes it again.
    """
    from avatarartist_core.cli.installed import installed
    from avatarartist_core.comparison.asked import compare_config
    from avatarartist_core.comparison.plan import resolve_comparison

    asked = compare_config(
        config,
        settings or (),
        renderer or (),
        generator or (),
        reference,
        portrait=portrait,
        motion=motion,
        motion_encoder=motion_encoder,
        weights=weights,
        seed=seed,
        device=device,
        size=size,
        view=view,
        face=face,
        force=force,
        output=output,
    )
    plugins = installed(quiet=quiet)
    plan = resolve_comparison(asked, plugins, overwrite=overwrite)

    from avatarartist_core.cli.progress import drawing
    from avatarartist_core.comparison.flow import compare as stages
    from avatarartist_core.running.events import finish

    with drawing(quiet=quiet) as draw:
        compared = finish(stages(plan, plugins, overwrite=overwrite), draw)
    if json:
        result_json(compared.as_json())
        return
    if not quiet:
        _tell(compared)
    result(compared.output)


def _tell(compared: Compared) -> None:
    """Show the figures and the notes on stderr."""
    from avatarartist_core.cli.tables import table

    out = terminal(stderr=True)
    on_device = any(column.speed.device_memory is not None for column in compared.columns)
    columns = ["renderer", "avatar", "create s", "first s", "s/frame", "frames/s", "memory MiB"]
    shown = table(*columns, *(["device MiB"] if on_device else []), bold=0)
    for column in compared.columns:
        speed = column.speed
        shown.add_row(
            column.label,
            column.avatar,
            _number(column.create, 2),
            _number(speed.first, 2),
            _number(speed.frame, 4),
            _number(speed.rate, 1),
            _number(speed.memory, 0),
            *([_number(speed.device_memory, 0)] if on_device else []),
        )
    out.print(shown)
    if compared.reference:
        scored = table("renderer", "PSNR dB", "SSIM", "landmarks %", "frames", bold=0)
        for column in compared.columns:
            scored.add_row(column.label, *_scores(column.score))
        if compared.still is not None:
            scored.add_row("the portrait, still", *_scores(compared.still))
        out.print(scored)
        say(f"measured against {compared.reference}", style="dim")
    for note in compared.notes:
        say(note, style="yellow")


def _scores(score: Score | None) -> list[str]:
    if score is None:
        return ["-"] * 4
    return [
        _number(score.psnr, 2),
        _number(score.ssim, 4),
        _number(score.landmarks, 2),
        str(score.frames),
    ]


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"
