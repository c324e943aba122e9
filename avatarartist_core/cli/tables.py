"""How tables look: plain columns, dim headings, names in bold."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table


def table(*columns: str, bold: int = 1, header: bool = True) -> Table:
    """Make an empty table; column ``bold`` holds the names, those up to it are never wrapped."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    made = Table(box=SIMPLE_HEAD if header else None, show_header=header, pad_edge=False)
    for number, column in enumerate(columns):
        made.add_column(
            column,
            style="bold" if number == bold else "",
            no_wrap=number <= bold,
            header_style="dim",
        )
    return made
