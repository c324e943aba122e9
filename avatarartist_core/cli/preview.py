"""``aa domains preview``: one portrait in every domain, on one sheet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from avatarartist_core.cli import options as given
from avatarartist_core.cli.console import counted, result, result_json, say
from avatarartist_core.errors import AvatarArtistError, UsageError

if TYPE_CHECKING:
    from avatarartist_core.preview.flow import Previewed

CELL = 256
FINEST = 512
"""Side of the crop that transfers work on, unless the cells are larger."""


def preview(
    portrait: Annotated[Path, typer.Argument(help="A face in any style.", show_default=False)],
    domain: Annotated[
        str | None,
        typer.Option(
            "--domain",
            "-d",
            metavar="A,B,...",
            help="Domains to show, after commas. Default: all that the transfer reaches.",
            autocompletion=given.installed_names("domains"),
            rich_help_panel=given.PARTS,
            show_default=False,
        ),
    ] = None,
    transfer: given.Transfer = None,
    motion_encoder: given.MotionEncoder = None,
    settings: given.Settings = None,
    seed: given.Seed = None,
    device: given.Device = None,
    face: given.Face = None,
    force: given.Force = False,
    size: Annotated[
        int,
        typer.Option(
            "--size",
            "-s",
            min=64,
            max=1024,
            help="Side of each picture in pixels.",
            rich_help_panel=given.LOOK,
        ),
    ] = CELL,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Where the sheet goes, a PNG. Default: PORTRAIT's name.domains.png.",
            rich_help_panel=given.OUT,
            show_default=False,
        ),
    ] = None,
    overwrite: given.Overwrite = False,
    json: given.Json = False,
    quiet: given.Quiet = False,
) -> None:
    """Show PORTRAIT in every domain, on one sheet.

    A domain that fails does not stop the others: its place says why, and the exit code is 1.
    """
    from avatarartist_core.cli.configure import configured

    asked = configured(
        None,
        settings,
        "preview",
        portrait=portrait,
        transfer=transfer,
        motion_encoder=motion_encoder,
        seed=seed,
        device=device,
        face=face,
        force=force,
    )
    finest = min(asked.prepare.resolution, max(FINEST, size))
    asked = asked.model_copy(
        update={"prepare": asked.prepare.model_copy(update={"resolution": finest})}
    )
    from avatarartist_core.cli.installed import installed
    from avatarartist_core.preview.plan import resolve_preview

    names = [name.strip() for name in (domain or "").split(",") if name.strip()]
    plan = resolve_preview(asked, names, installed(quiet=quiet))

    from avatarartist_core.cli.progress import drawing
    from avatarartist_core.output.pictures import save_png
    from avatarartist_core.preview.flow import previewed
    from avatarartist_core.running.events import finish
    from avatarartist_core.running.places import (
        check_apart,
        check_free,
        make_folder_of,
        need_file,
    )

    target = output or Path(f"{portrait.stem}.domains.png")
    if target.suffix.lower() != ".png":
        raise UsageError(
            f"a sheet is a PNG file, and {str(target)!r} is not named like one",
            f"Name it {target.with_suffix('.png')}.",
        )
    need_file(portrait, "portrait")
    check_apart(target, portrait)
    check_free(target, overwrite=overwrite)
    make_folder_of(target)
    with drawing(quiet=quiet) as draw:
        made = finish(previewed(plan), draw)
    save_png(made.sheet(size), target)
    _tell(made, target, json=json, quiet=quiet)


def _tell(made: Previewed, target: Path, *, json: bool, quiet: bool) -> None:
    if json:
        result_json(
            {
                "output": str(target),
                "domains": [
                    {
                        "name": each.name,
                        "transfer": each.transfer or None,
                        "seconds": each.seconds,
                        "fault": each.fault or None,
                    }
                    for each in made.shown
                ],
            }
        )
    else:
        if not quiet:
            spent = sum(each.seconds for each in made.shown)
            say(f"{counted(len(made.shown), 'domain')} in {spent:.1f} s", style="dim")
        result(target)
    if made.failed:
        first = made.failed[0]
        others = f" and {len(made.failed) - 1} more" if made.failed[1:] else ""
        raise AvatarArtistError(
            f"{first.name}{others} could not be drawn: {first.fault}",
            hint="The sheet holds all others, and says why in the empty places.",
        )
