"""Where words go: the result to stdout, everything else to stderr."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from avatarartist_core.errors import AvatarArtistError

PIPE_WIDTH = 200
"""Columns of a table that no terminal shows, wide enough that no cell is cut."""


def terminal(*, stderr: bool = False) -> Console:
    """Make a console; rich itself respects NO_COLOR and plain pipes."""
    from rich.console import Console

    class Terminal(Console):
        """Leaves a closed pipe to ``Answering``; rich itself would count it as a failure."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    stream = sys.stderr if stderr else sys.stdout
    wide = None if stream.isatty() or "COLUMNS" in os.environ else PIPE_WIDTH
    return Terminal(stderr=stderr, highlight=False, width=wide)


def say(words: str, *, style: str = "") -> None:
    """Write one line to stderr, taken literally."""
    from rich.text import Text

    sys.stdout.flush()
    terminal(stderr=True).print(Text(words, style), soft_wrap=True)


def complain(error: AvatarArtistError) -> None:
    """Write an error and, on the next line, what to do about it."""
    from rich.text import Text

    console = terminal(stderr=True)
    console.print(Text.assemble(("error: ", "bold red"), str(error)), soft_wrap=True)
    if error.hint:
        console.print(Text(error.hint), soft_wrap=True)


def counted(number: int, thing: str) -> str:
    """Write ``1 frame``, ``2 frames``."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def result(value: object) -> None:
    """Write the result, one line, to stdout."""
    sys.stdout.write(f"{value}\n")
    sys.stdout.flush()


def result_json(value: Any) -> None:
    """Write the result as JSON to stdout."""
    result(json.dumps(value, indent=2, ensure_ascii=False, default=str))
