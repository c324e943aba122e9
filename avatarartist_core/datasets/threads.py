"""One thread a worker: workers share the cores, and the same code then adds in the same order."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep OpenCV, and torch when it is there, to one thread while in the ``with`` block."""
    import cv2

    os.environ.setdefault("OMP_NUM_THREADS", "1")  # for a torch that is imported later
    torch = sys.modules.get("torch")
    before, torch_before = cv2.getNumThreads(), torch.get_num_threads() if torch else 0
    cv2.setNumThreads(1)
    if torch:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)
        if torch:
            torch.set_num_threads(torch_before)
