"""``aa doctor``: what is installed, what is missing, and the command that mends it."""

from __future__ import annotations

from typing import Annotated

import typer

from avatarartist_core.cli.console import result_json, say, terminal
from avatarartist_core.cli.options import Json

_MARKS = {"ok": ("✓", "green"), "note": ("!", "yellow"), "fault": ("✗", "bold red")}


def doctor(
    json: Json = False,
    gpu: Annotated[
        bool, typer.Option("--gpu", help="Start torch too and ask it for devices (seconds).")
    ] = False,
) -> None:
    """Look at the machine, the installed parts, shipped files and their hashes, and licences.

    Exit code 1 when something that a run needs is missing or broken.
    """
    from dataclasses import asdict

    from avatarartist_core.diagnosis import findings
    from avatarartist_core.plugins import installed

    found = list(findings(installed(), gpu=gpu))
    faults = [finding for finding in found if finding.state == "fault"]
    if json:
        result_json([asdict(finding) for finding in found])
        raise typer.Exit(1 if faults else 0)

    from rich.table import Table
    from rich.text import Text

    out = terminal()
    for group in dict.fromkeys(finding.group for finding in found):
        out.print(Text(group, "bold"))
        shown = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1))
        shown.add_column(width=1)
        shown.add_column(no_wrap=True, min_width=22)
        shown.add_column(overflow="fold")
        for finding in (each for each in found if each.group == group):
            shown.add_row(Text(*_MARKS[finding.state]), finding.name, Text(finding.value))
            if finding.mend:
                shown.add_row("", "", Text(f"→ {finding.mend}", "yellow"))
        out.print(shown)
        out.print()
    count = len(faults)
    if count:
        say(f"{count} fault{'s' if count > 1 else ''}; the arrows say what mends them", style="red")
    else:
        say("all is well", style="green")
    raise typer.Exit(1 if faults else 0)
