"""``aa data stats``: what a data set holds, in numbers and as a picture of plots."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from avatarartist_core.cli import options as given
from avatarartist_core.cli.console import result, result_json, say, terminal

if TYPE_CHECKING:
    from avatarartist_core.datasets.statistics import Statistics

_FEW = 8
"""Rows of a table that is long."""


def stats(
    folder: Annotated[Path, typer.Argument(help="The data set.", show_default=False)],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Draw plots into NAME.png.", dir_okay=False, show_default=False
        ),
    ] = None,
    overwrite: given.Overwrite = False,
    json: given.Json = False,
) -> None:
    """Count records by style, sum up poses and expressions, and say what was rejected and why."""
    from avatarartist_core.datasets.pairs.reading import is_pairs

    if is_pairs(folder):
        from avatarartist_core.cli.data.pair_stats import tell_pairs

        tell_pairs(folder, json=json)
        return
    from avatarartist_core.cli.progress import drawing
    from avatarartist_core.datasets.statistics import statistics_of
    from avatarartist_core.running.events import finish
    from avatarartist_core.running.places import check_free

    if output:
        check_free(output, overwrite=overwrite)
    with drawing(quiet=not sys.stderr.isatty()) as draw:
        found = finish(statistics_of(folder), draw)
    if output:
        from avatarartist_core.datasets.plots import plots
        from avatarartist_core.output.pictures import save_png

        save_png(plots(found), output)
    if json:
        result_json(found.as_json())
        return
    _tell(found)
    if output:
        result(output)


def _tell(found: Statistics) -> None:
    from avatarartist_core.cli.tables import table

    out = terminal()
    bytes_each = found.size / max(found.records, 1)
    head: list[tuple[str, Any]] = [
        ("records", found.records),
        ("shards", found.shards),
        ("size", f"{found.size / 1e6:.1f} MB, {bytes_each / 1e3:.0f} kB a record"),
        ("pictures", ", ".join(f"{side} x {side}" for side in found.sides)),
        ("rejected", sum(found.rejected.values())),
    ]
    shown = table("", "", bold=0, header=False)
    for name, value in head:
        shown.add_row(name, str(value))
    out.print(shown)
    styles = table("domain", "records", bold=0)
    for domain, count in found.domains.items():
        styles.add_row(domain, str(count))
    out.print(styles)
    poses = table("degrees", "mean", "spread", "least", "most", bold=0)
    for name, row in found.angles().items():
        poses.add_row(name, *(f"{value:.1f}" for value in row))
    out.print(poses)
    moves = table("expression", "mean", "spread", "most", bold=0)
    for name, row in found.expressions()[:_FEW]:
        moves.add_row(name, *(f"{value:.2f}" for value in row))
    out.print(moves)
    if found.rejected:
        refused = table("rejected", "because", bold=0)
        for reason, count in list(found.rejected.items())[:_FEW]:
            refused.add_row(str(count), reason)
        out.print(refused)
        if len(found.rejected) > _FEW:
            say(f"{len(found.rejected) - _FEW} more reasons: --json")
