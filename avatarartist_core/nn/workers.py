"""Threads for compiled loops, which let go of the interpreter."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import torch


class Workers(ThreadPoolExecutor):
    """As many threads as torch works with, which share ranges."""

    def __init__(self) -> None:
        self._count = torch.get_num_threads()
        super().__init__(self._count)

    def share(self, size: int, kernel: Callable[..., None], *given: Any) -> None:
        """Call ``kernel(*given, begin, end)`` for parts of ``range(size)``."""
        edges = [size * part // self._count for part in range(self._count + 1)]
        parts = [(begin, end) for begin, end in pairwise(edges) if begin < end]
        for done in [self.submit(kernel, *given, *part) for part in parts]:
            done.result()
