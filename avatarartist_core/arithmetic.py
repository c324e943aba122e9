"""Lets a kernel that torch cannot look into say how much it computes, when somebody counts.

    with stated(2 * 27 * inputs * outputs * pixels):
        run_the_kernel()

State the arithmetic of the plain method, two floating-point operations a multiply-add, even where
a kernel saves some of it: then its speed can be told in the same unit as that of any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol


class Counter(Protocol):
    """Adds up arithmetic."""

    def flops(self) -> float:
        """Return the floating-point operations so far."""

    def state(self, flops: float, since: float) -> None:
        """Take ``flops`` for what was done since ``flops()`` was ``since``."""


COUNTER: ContextVar[Counter | None] = ContextVar("COUNTER", default=None)
"""Who counts now; nobody outside of a benchmark."""


@contextmanager
def stated(flops: float) -> Iterator[None]:
    """Count ``flops`` for the ``with`` block, whatever torch counts inside it."""
    counter = COUNTER.get()
    since = 0.0 if counter is None else counter.flops()
    yield
    if counter is not None:
        counter.state(flops, since)
