"""Seconds and arithmetic of the named parts of a network, taken by forward hooks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from avatarartist_core.arithmetic import COUNTER


@dataclass
class Tally:
    """What a part has used up so far.

    Attributes:
        seconds: without the parts inside it.
        flops: floating-point operations without the parts inside it, two a multiply-add.
        calls: how often it ran.
    """

    seconds: float = 0.0
    flops: float = 0.0
    calls: int = 0


@dataclass
class _Open:
    """A part that is running: where it began, and what the parts inside it have taken."""

    name: str
    seconds: float
    flops: float
    inner_seconds: float = 0.0
    inner_flops: float = 0.0


@dataclass
class Meter:
    """Watches parts; parts inside parts are told apart, each counts what is its own.

    Attributes:
        tallies: by the name of the part.
    """

    tallies: dict[str, Tally] = field(default_factory=dict)
    _running: threading.local = field(default_factory=threading.local)
    _stated: float = 0.0
    _counter: FlopCounterMode | None = None

    def open(self, name: str) -> None:
        """Note that a part starts."""
        self._stack().append(_Open(name, time.perf_counter(), self.flops()))

    def close(self, name: str) -> None:
        """Note that a part ends, and charge it with what is its own."""
        stack = self._stack()
        if not stack or stack[-1].name != name:
            return  # it was interrupted by an error
        part = stack.pop()
        seconds = time.perf_counter() - part.seconds
        flops = self.flops() - part.flops
        tally = self.tallies.setdefault(name, Tally())
        tally.seconds += seconds - part.inner_seconds
        tally.flops += flops - part.inner_flops
        tally.calls += 1
        if stack:
            stack[-1].inner_seconds += seconds
            stack[-1].inner_flops += flops

    def _stack(self) -> list[_Open]:
        if not hasattr(self._running, "stack"):
            self._running.stack = []
        stack: list[_Open] = self._running.stack
        return stack

    def flops(self) -> float:
        """Return the arithmetic of everything so far, as counted and as stated."""
        counted = 0 if self._counter is None else self._counter.get_total_flops()
        return counted + self._stated

    def state(self, flops: float, since: float) -> None:
        """Take a module's own word for what was done since ``flops()`` was ``since``."""
        self._stated += flops - (self.flops() - since)


@contextmanager
def watched(
    stages: Mapping[str, nn.Module], settle: Callable[[], None], *, count: bool = False
) -> Iterator[Meter]:
    """Meter the parts inside the ``with`` block.

    Args:
        stages: parts by name; each is measured where it is called as a module.
        settle: waits for the device, so that seconds belong to the part that spent them.
        count: count arithmetic too, which slows everything: leave the seconds alone then. Torch
            counts its matrix products, convolutions and attention; a module that computes
            otherwise states its own: a number ``flops``, or a method of that name that is given
            the arguments of ``forward``. A function does it by ``arithmetic.stated``.
    """
    meter, undo = Meter(), ExitStack()

    def before(name: str) -> Callable[..., None]:
        def hook(*_: Any) -> None:
            settle()
            meter.open(name)

        return hook

    def after(name: str) -> Callable[..., None]:
        def hook(*_: Any) -> None:
            settle()
            meter.close(name)

        return hook

    for name, module in stages.items():
        undo.callback(module.register_forward_pre_hook(before(name)).remove)
        undo.callback(module.register_forward_hook(after(name), always_call=True).remove)
    try:
        if not count:
            yield meter
            return
        with FlopCounterMode(display=False) as counter:
            meter._counter, token = counter, COUNTER.set(meter)
            undo.callback(COUNTER.reset, token)
            for module in {id(m): m for part in stages.values() for m in part.modules()}.values():
                if hasattr(module, "flops"):
                    _let_state(module, meter, undo)
            yield meter
    finally:
        undo.close()


def _let_state(module: nn.Module, meter: Meter, undo: ExitStack) -> None:
    """Let a module state its own arithmetic; what torch counts inside it is left out."""
    begun: list[float] = []

    def before(*_: Any) -> None:
        begun.append(meter.flops())

    def after(module: nn.Module, args: Any, kwargs: Any, _: Any) -> None:
        flops: Any = module.flops
        stated = flops(*args, **kwargs) if callable(flops) else flops
        meter.state(float(stated), begun.pop())

    undo.callback(module.register_forward_pre_hook(before).remove)
    # Before the hook that closes a part: the statement belongs to it.
    stating = module.register_forward_hook(after, with_kwargs=True, prepend=True)
    undo.callback(stating.remove)
