"""``aa data show``: records of a data set with their labels drawn, on one sheet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from avatarartist_core.cli import options as given
from avatarartist_core.cli.console import result


def show(
    folder: Annotated[Path, typer.Argument(help="The data set.", show_default=False)],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help="NAME.png of the sheet.", dir_okay=False),
    ] = Path("sheet.png"),
    count: Annotated[
        int, typer.Option("--count", "-n", min=1, max=400, help="How many records.")
    ] = 28,
    domains: Annotated[
        str | None,
        typer.Option(
            "--domains",
            metavar="A,B",
            help="Styles to show, with commas between them. Default: all.",
            show_default=False,
        ),
    ] = None,
    start: Annotated[int, typer.Option("--start", min=0, help="The first record.")] = 0,
    plain: Annotated[
        bool, typer.Option("--plain", help="The pictures alone, without labels.")
    ] = False,
    overwrite: given.Overwrite = False,
) -> None:
    """Draw records with their labels: picture, landmarks, mask, mesh map, style and pose."""
    from avatarartist_core.datasets.reading import ShardSet
    from avatarartist_core.datasets.sheet import sheet
    from avatarartist_core.errors import UsageError
    from avatarartist_core.output.pictures import save_png
    from avatarartist_core.running.places import check_free

    check_free(output, overwrite=overwrite)
    names = [name.strip() for name in domains.split(",")] if domains else None
    found = ShardSet(folder, names)
    if start >= len(found):
        raise UsageError(
            f"--start {start}: there are only {len(found)} records",
            f"Name one below {len(found)}.",
        )
    save_png(sheet(found[start : start + count], plain=plain), output)
    result(output)
