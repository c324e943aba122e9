"""Stages as generators: they yield events while they work and return what they made."""

from collections.abc import Callable, Generator
from contextlib import closing
from typing import TypeVar

from avatarartist_core.data import Event

T = TypeVar("T")

Stage = Generator[Event, None, T]


def finish(stage: Stage[T], draw: Callable[[Event], object] = lambda event: None) -> T:
    """Run a stage to its end, handing each event to ``draw``; return what it made."""
    with closing(stage):
        while True:
            try:
                event = next(stage)
            except StopIteration as end:
                return end.value
            draw(event)
