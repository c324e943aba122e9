"""How far a training run is, and how fast it goes."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

RECENT = 50
"""Steps that the pace is taken of."""


@dataclass(frozen=True)
class Told:
    """A report of a run.

    Attributes:
        step: steps done.
        total: steps of the run.
        images: samples seen.
        rate: samples a second, lately; 0 where it is not known yet.
        seconds_left: to the last step at that pace, or None.
        scalars: the losses of the last step.
        note: something to say beside, or empty.
    """

    step: int
    total: int
    images: int
    rate: float
    seconds_left: float | None
    scalars: Mapping[str, float]
    note: str = ""

    @property
    def left(self) -> str:
        """The time left in words: ``2:05:09``."""
        if self.seconds_left is None:
            return "?"
        minutes, seconds = divmod(round(self.seconds_left), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


class Pace:
    """Measures steps, without the pictures and measures between them.

    Args:
        batch: samples of a step.
        total: steps of the run.
    """

    def __init__(self, batch: int, total: int) -> None:
        self._batch, self._total = batch, total
        self._before = time.monotonic()
        self._seconds: list[float] = []

    def begin(self) -> None:
        """Begin to measure a step."""
        self._before = time.monotonic()

    def end(self) -> None:
        """Count the step."""
        self._seconds = [*self._seconds[1 - RECENT :], time.monotonic() - self._before]

    def told(self, step: int, scalars: Mapping[str, float], note: str = "") -> Told:
        """Report."""
        spent = sum(self._seconds)
        pace = len(self._seconds) / spent if spent else 0.0
        left = (self._total - step) / pace if pace else None
        images = step * self._batch
        return Told(step, self._total, images, pace * self._batch, left, scalars, note)
