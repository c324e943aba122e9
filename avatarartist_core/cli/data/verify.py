"""``aa data verify``: whether a data set is whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from avatarartist_core.cli import options as given
from avatarartist_core.cli.console import counted, result, result_json, say


def verify(
    folder: Annotated[Path, typer.Argument(help="The data set.", show_default=False)],
    json: given.Json = False,
    quiet: given.Quiet = False,
) -> None:
    """Hash every shard, read every record, count them, look for duplicates.

    Names each fault on stdout. Exit code: 0 all is well, 1 there are faults.
    """
    from avatarartist_core.cli.progress import drawing
    from avatarartist_core.datasets.verifying import verify_set
    from avatarartist_core.running.events import finish

    with drawing(quiet=quiet) as draw:
        report = finish(verify_set(folder), draw)
    for note in report.notes if not quiet else ():
        say(note, style="yellow")
    if json:
        result_json({"records": report.records, "shards": report.shards, "faults": report.faults})
    else:
        for fault in report.faults:
            result(fault)
    if not quiet:
        good = f"{counted(report.records, 'record')} in {counted(report.shards, 'shard')}"
        if report.faults:
            say(f"{counted(len(report.faults), 'fault')}; {good} are sound", style="red")
            say(f"Remove the shards they are in, then: {_way_on(folder)}")
        else:
            say(f"all is well: {good}", style="green")
    raise typer.Exit(1 if report.faults else 0)


def _way_on(folder: Path) -> str:
    from avatarartist_core.datasets.pairs.reading import is_pairs

    if is_pairs(folder):
        return "the aa data pairs command that drew them"
    return f"aa data build --resume --out {folder}"
