"""``aa run``: portrait and motion to video, one picture or a folder of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from avatarartist_core.cli import options as given
from avatarartist_core.cli.console import result, result_json

if TYPE_CHECKING:
    from avatarartist_core.plan import Plan


def run(
    portrait: Annotated[
        Path | None,
        typer.Argument(help="A face in any style, or a folder of them.", show_default=False),
    ] = None,
    motion: given.Motion = None,
    config: given.Config = None,
    generator: given.Generator = None,
    renderer: given.Renderer = None,
    motion_encoder: given.MotionEncoder = None,
    domain: given.Domain = None,
    transfer: given.Transfer = None,
    weights: given.Weights = None,
    settings: given.Settings = None,
    seed: given.Seed = None,
    device: given.Device = None,
    size: given.Size = None,
    view: given.View = None,
    background: given.Background = None,
    face: given.Face = None,
    force: given.Force = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="NAME.mp4, .webm, .gif or .png, or a folder: FOLDER/ of PNG frames; for a folder "
            "of portraits, the folder of their videos. Default: PORTRAIT's name.mp4, or avatars/.",
            rich_help_panel=given.OUT,
            show_default=False,
        ),
    ] = None,
    overwrite: given.Overwrite = False,
    resume: given.Resume = False,
    dry_run: given.DryRun = False,
    json: given.Json = False,
    quiet: given.Quiet = False,
) -> None:
    """Make a portrait move.

    Draws PORTRAIT with the motion of a video, a motion file or a bundled clip, and writes the path
    of the video to stdout. NAME.run.toml beside it says how it was made:
    aa run --config NAME.run.toml makes it again.

    A folder of portraits is made one by one; a picture that fails does not stop the others.
    Exit code: 0 all made, 1 something failed, 2 the command can be mended, 130 interrupted.
    """
    from avatarartist_core.cli.configure import configured

    asked = configured(
        config,
        settings,
        "run",
        portrait=portrait,
        motion=motion,
        generator=generator,
        renderer=renderer,
        motion_encoder=motion_encoder,
        weights=weights,
        domain=domain,
        transfer=transfer,
        seed=seed,
        device=device,
        size=size,
        view=view,
        background=background,
        face=face,
        force=force,
        output=output,
    )
    from avatarartist_core.cli.installed import installed
    from avatarartist_core.plan import resolve

    plan = resolve(asked, installed(quiet=quiet))
    if dry_run:
        _show_plan(plan, json=json)
        return
    if asked.portrait.is_dir():
        from avatarartist_core.cli.batch import run_folder

        run_folder(plan, overwrite=overwrite, resume=resume, json=json, quiet=quiet)
        return

    from avatarartist_core.cli.drawing import drawn, summary
    from avatarartist_core.pipeline import animate

    made = drawn(animate(plan, overwrite=overwrite, resume=resume), quiet=quiet)
    if json:
        result_json(made.as_json())
        return
    summary(made, quiet=quiet)
    result(made.output)


def _show_plan(plan: Plan, *, json: bool) -> None:
    if json:
        result_json(plan.config.model_dump(mode="json"))
    else:
        result(plan.config.to_toml().rstrip())
