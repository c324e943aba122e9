"""``aa track``: video to motion file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from avatarartist_core.cli import options as given
from avatarartist_core.cli.console import result, result_json


def track(
    video: Annotated[Path, typer.Argument(help="A video that shows a face.", show_default=False)],
    motion_encoder: given.MotionEncoder = None,
    settings: given.Settings = None,
    device: given.Device = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="NAME.csv or NAME.json. Default: VIDEO's name.csv.",
            rich_help_panel=given.OUT,
            show_default=False,
        ),
    ] = None,
    overwrite: given.Overwrite = False,
    json: given.Json = False,
    quiet: given.Quiet = False,
) -> None:
    """Track the face of a video into a motion file that can be edited and replayed."""
    from avatarartist_core.cli.configure import configured

    asked = configured(
        None, settings, "track", portrait=video, motion_encoder=motion_encoder, device=device
    )
    from avatarartist_core.cli.installed import installed
    from avatarartist_core.plan import resolve_track
    from avatarartist_core.running.naming import MOTION_SUFFIX

    encoder = resolve_track(asked.motion_encoder, installed(quiet=quiet))

    from avatarartist_core.cli.drawing import drawn, summary
    from avatarartist_core.pipeline import track as stages

    target = output or Path(video.stem + MOTION_SUFFIX)
    made = drawn(
        stages(video, encoder, output=target, device=asked.device, overwrite=overwrite),
        quiet=quiet,
    )
    if json:
        result_json(made.as_json())
        return
    summary(made, quiet=quiet)
    result(made.output)
