"""A training run drawn on stderr: a bar with the pace and the time left, or a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from avatarartist_core.cli.console import say, terminal

if TYPE_CHECKING:
    from avatarartist_core.training.progress import Told

SECONDS = 30.0
"""Between the lines of a run that no terminal shows."""


@contextmanager
def drawing_training(*, quiet: bool) -> Iterator[Callable[[Told], None]]:
    """Choose how to show a run: nothing when quiet, a bar on a terminal, else plain lines."""
    if quiet:
        yield lambda told: None
    elif sys.stderr.isatty():
        with _bar() as tell:
            yield tell
    else:
        yield _lines()


def words(told: Told) -> str:
    """Put a report into one line."""
    losses = ", ".join(
        f"{name} {value:.3g}" for name, value in told.scalars.items() if name.endswith(".loss")
    )
    said = f"step {told.step}/{told.total}, {told.rate:.1f} images/s, {told.left} left"
    return f"{said}, {losses}" if losses else said


def _lines() -> Callable[[Told], None]:
    last = [0.0]

    def tell(told: Told) -> None:
        if told.note:
            say(told.note)
        elif told.step == told.total or time.monotonic() - last[0] > SECONDS:
            last[0] = time.monotonic()
            say(words(told))

    return tell


@contextmanager
def _bar() -> Iterator[Callable[[Told], None]]:
    from rich import progress as rich
    from rich.text import Text

    with rich.Progress(
        rich.TextColumn("train"),
        rich.BarColumn(bar_width=30),
        rich.MofNCompleteColumn(),
        rich.TextColumn("{task.fields[said]}"),
        rich.TimeElapsedColumn(),
        console=terminal(stderr=True),
    ) as shown:
        task = shown.add_task("train", total=None, said="")

        def tell(told: Told) -> None:
            if told.note:
                shown.console.print(Text(told.note))
                return
            said = f"{told.rate:.1f} images/s, {told.left} left"
            shown.update(task, completed=told.step, total=told.total, said=said)

        yield tell
