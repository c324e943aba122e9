"""``aa create``: portrait to avatar file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from avatarartist_core.cli import options as given
from avatarartist_core.cli.console import result, result_json
from avatarartist_core.errors import UsageError


def create(
    portrait: Annotated[Path, typer.Argument(help="A face in any style.", show_default=False)],
    generator: given.Generator = None,
    motion_encoder: given.MotionEncoder = None,
    domain: given.Domain = None,
    transfer: given.Transfer = None,
    weights: given.Weights = None,
    settings: given.Settings = None,
    seed: given.Seed = None,
    device: given.Device = None,
    face: given.Face = None,
    force: given.Force = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Where the avatar goes. Default: PORTRAIT's name.avatar.",
            rich_help_panel=given.OUT,
            show_default=False,
        ),
    ] = None,
    overwrite: given.Overwrite = False,
    json: given.Json = False,
    quiet: given.Quiet = False,
) -> None:
    """Make an avatar file of a portrait, for aa render."""
    from avatarartist_core.cli.configure import configured

    asked = configured(
        None,
        settings,
        "create",
        portrait=portrait,
        generator=generator,
        motion_encoder=motion_encoder,
        weights=weights,
        domain=domain,
        transfer=transfer,
        seed=seed,
        device=device,
        face=face,
        force=force,
    )
    from avatarartist_core.cli.installed import installed
    from avatarartist_core.plan import resolve_create
    from avatarartist_core.running.naming import AVATAR_SUFFIX

    plan = resolve_create(asked, installed(quiet=quiet))

    from avatarartist_core.cli.drawing import drawn, summary
    from avatarartist_core.pipeline import create as stages

    target = output or Path(portrait.stem + AVATAR_SUFFIX)
    if target.suffix.lower() != AVATAR_SUFFIX:
        raise UsageError(
            f"an avatar file ends in {AVATAR_SUFFIX}, not as {str(target)!r} does",
            f"Name it {target.with_suffix(AVATAR_SUFFIX)}.",
        )
    made = drawn(stages(plan, output=target, overwrite=overwrite), quiet=quiet)
    if json:
        result_json(made.as_json())
        return
    summary(made, quiet=quiet)
    result(made.output)
