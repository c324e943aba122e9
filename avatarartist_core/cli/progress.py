"""The pipeline's events drawn on stderr: bars on a terminal, a line a stage in a pipe."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from avatarartist_core.cli.console import counted, say, terminal

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from avatarartist_core.data import Event


COUNTED = ("track", "render")
"""Stages whose units are frames; ``render layers`` is one of the kind ``render``."""


class Drawing(Protocol):
    """Takes events while it is entered."""

    def __call__(self, event: Event) -> None:
        """Show one event."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


def drawing(*, quiet: bool = False) -> Drawing:
    """Choose how to draw: nothing when quiet, bars on a terminal, else plain lines."""
    if quiet:
        return Silence()
    return Bars() if sys.stderr.isatty() else Lines()


class Silence:
    """Draws nothing."""

    def __call__(self, event: Event) -> None:
        """Show nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None


class Lines(Silence):
    """One line when a stage ends, for logs and pipes."""

    def __init__(self) -> None:
        self._began: dict[str, float] = {}
        self._ended: set[str] = set()

    def __call__(self, event: Event) -> None:
        """Say a note at once, and a stage when it is done."""
        began = self._began.setdefault(event.stage, time.monotonic())
        if event.note:
            say(event.note)
        if event.done == event.total and event.stage not in self._ended:
            self._ended.add(event.stage)
            frames = f", {counted(event.done, 'frame')}" if _is_counted(event.stage) else ""
            say(f"{event.stage}: {time.monotonic() - began:.1f} s{frames}")


class Bars(Silence):
    """One bar a stage on a terminal."""

    def __init__(self) -> None:
        self._progress = _progress()
        self._bars: dict[str, TaskID] = {}

    def __call__(self, event: Event) -> None:
        """Move the bar of the stage; print a note above the bars."""
        from rich.text import Text

        if event.note:
            self._progress.console.print(Text(event.note, "yellow"))
        known = self._bars.get(event.stage)
        if known is None:
            known = self._bars[event.stage] = self._progress.add_task(event.stage, total=None)
        self._progress.update(known, completed=event.done, total=event.total)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()


def _is_counted(stage: str) -> bool:
    return stage.partition(" ")[0] in COUNTED


def _progress() -> Progress:
    """Build the columns: stage, bar, count, rate, time."""
    from rich import progress as rich

    class Rate(rich.ProgressColumn):
        """Frames a second."""

        def render(self, task: rich.Task) -> str:
            speed = task.finished_speed or task.speed
            return f"{speed:5.1f} /s" if speed and _is_counted(task.description) else ""

    class Count(rich.ProgressColumn):
        """Frames done of all."""

        def render(self, task: rich.Task) -> str:
            if not _is_counted(task.description) or not task.completed:
                return ""
            total = "" if task.total is None else f"/{task.total:.0f}"
            return f"{task.completed:.0f}{total}"

    return rich.Progress(
        rich.TextColumn("{task.description:<8}"),
        rich.BarColumn(bar_width=40),
        Count(),
        Rate(),
        rich.TimeElapsedColumn(),
        console=terminal(stderr=True),
    )
