"""The progress of a build on stderr: a bar with rate and time left, or a line now and then."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

from avatarartist_core.cli.console import say, terminal
from avatarartist_core.cli.progress import Drawing, Silence

if TYPE_CHECKING:
    from rich.progress import Progress, Task, TaskID

    from avatarartist_core.data import Event

_EVERY = 20.0
"""Seconds between two lines in a pipe."""


def building(*, quiet: bool = False) -> Drawing:
    """Choose how to draw a build: nothing when quiet, a bar on a terminal, else lines."""
    if quiet:
        return Silence()
    return Bar() if sys.stderr.isatty() else Lines()


class Lines(Silence):
    """A line every 20 seconds, for logs and pipes."""

    def __init__(self) -> None:
        self._began = self._said = time.monotonic()
        self._first: int | None = None

    def __call__(self, event: Event) -> None:
        """Say where the build stands when it is time."""
        if event.note:
            say(event.note, style="yellow")
        if self._first is None:
            self._first = event.done
            return
        now = time.monotonic()
        if now - self._said < _EVERY or event.total is None:
            return
        self._said = now
        rate = (event.done - self._first) / (now - self._began)
        left = (event.total - event.done) / rate if rate else 0
        say(f"{event.done}/{event.total}, {rate:.2f} a second, {left:.0f} s left")


class Bar(Silence):
    """A bar on a terminal; what an earlier build made counts as done, not as fast."""

    def __init__(self) -> None:
        self._progress = _progress()
        self._task: TaskID | None = None

    def __call__(self, event: Event) -> None:
        """Move the bar."""
        from rich.text import Text

        if event.note:
            self._progress.console.print(Text(event.note, "yellow"))
        if self._task is None:
            self._task = self._progress.add_task(
                "build", total=event.total, completed=event.done, first=event.done
            )
        self._progress.update(self._task, completed=event.done)

    def __enter__(self) -> Bar:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()


def _progress() -> Progress:
    """Build the columns: bar, count, rate over the whole run, time spent and left."""
    from rich import progress as rich

    class Rate(rich.ProgressColumn):
        """Records a second and seconds left, over the whole of this run."""

        def render(self, task: Task) -> str:
            made = task.completed - task.fields["first"]
            if not made or not task.elapsed or task.total is None:
                return ""
            rate = made / task.elapsed
            return f"{rate:.2f} /s, {(task.total - task.completed) / rate:.0f} s left"

    return rich.Progress(
        rich.TextColumn("{task.description}"),
        rich.BarColumn(bar_width=40),
        rich.MofNCompleteColumn(),
        Rate(),
        rich.TimeElapsedColumn(),
        console=terminal(stderr=True),
    )
