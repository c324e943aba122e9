"""``aa render``: avatar file and motion to video."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from avatarartist_core.cli import options as given
from avatarartist_core.cli.console import result, result_json
from avatarartist_core.errors import UsageError


def render(
    avatar: Annotated[
        Path | None, typer.Argument(help="A file that aa create made.", show_default=False)
    ] = None,
    motion: given.Motion = None,
    config: given.Config = None,
    renderer: given.Renderer = None,
    motion_encoder: given.MotionEncoder = None,
    weights: given.Weights = None,
    settings: given.Settings = None,
    device: given.Device = None,
    size: given.Size = None,
    view: given.View = None,
    background: given.Background = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="NAME.mp4, .webm, .gif or .png, or a folder: FOLDER/ of PNG frames. "
            "[default: AVATAR's name.mp4]",
            rich_help_panel=given.OUT,
            show_default=False,
        ),
    ] = None,
    overwrite: given.Overwrite = False,
    resume: given.Resume = False,
    json: given.Json = False,
    quiet: given.Quiet = False,
) -> None:
    """Draw an avatar file with the motion of a video, a motion file or a bundled clip."""
    if avatar is None and config is None:
        raise UsageError("AVATAR is missing", "Make one: aa create PORTRAIT")
    from avatarartist_core.cli.configure import configured

    asked = configured(
        config,
        settings,
        "render",
        portrait=avatar,
        motion=motion,
        renderer=renderer,
        motion_encoder=motion_encoder,
        weights=weights,
        device=device,
        size=size,
        view=view,
        background=background,
        output=output,
    )
    from avatarartist_core.cli.drawing import drawn, summary
    from avatarartist_core.cli.installed import installed
    from avatarartist_core.pipeline import render as stages
    from avatarartist_core.plan import resolve_render
    from avatarartist_core.running.stages import open_avatar

    plugins = installed(quiet=quiet)
    opened = open_avatar(asked.portrait, plugins)
    drawing, tracking = resolve_render(
        asked.renderer, asked.motion_encoder, opened.spec, asked.motion, plugins, asked.weights
    )
    filled = asked.model_copy(
        update={"renderer": drawing.choice, "motion_encoder": tracking.choice}
    )
    made = drawn(
        stages(opened, filled, drawing, tracking, overwrite=overwrite, resume=resume), quiet=quiet
    )
    if json:
        result_json(made.as_json())
        return
    summary(made, quiet=quiet)
    result(made.output)
