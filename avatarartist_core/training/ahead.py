"""Batches read ahead by threads; which ones is told by the step alone, so nothing is remembered."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self


class Ahead:
    """Reads the batches of the next steps while a step is done.

    Args:
        read: batch of a step; called by several threads.
        count: batches that are read ahead; 0: each when it is asked for.
        total: steps of the run.
    """

    def __init__(self, read: Callable[[int], Any], count: int, total: int) -> None:
        self._read, self._count, self._total = read, count, total
        self._pool = ThreadPoolExecutor(count, "batches") if count else None
        self._coming: dict[int, Future[Any]] = {}

    def take(self, step: int) -> Any:
        """Return the batch of a step, and begin to read those that follow."""
        if self._pool is None:
            return self._read(step)
        for number in range(step, min(step + self._count + 1, self._total)):
            if number not in self._coming:
                self._coming[number] = self._pool.submit(self._read, number)
        return self._coming.pop(step).result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)
