"""The most memory that this process has held."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

MEBIBYTE = 1 << 20
HOW = "most resident memory of the process after drawing, less what it was before the import"


def peak_memory() -> float | None:
    """Return the high-water mark of resident memory in MiB; None where the system tells none.

    On Linux it is read from ``/proc``, since ``getrusage`` there counts what the parent held when
    it started this process.
    """
    try:
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    try:
        resource = importlib.import_module("resource")
    except ImportError:
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(most) / (MEBIBYTE if sys.platform == "darwin" else 1024)


def growth(before: float | None) -> float | None:
    """Return by how many MiB the high-water mark has risen since it was ``before``."""
    after = peak_memory()
    return None if before is None or after is None else round(after - before, 1)


def device_peak(device: str) -> float | None:
    """Return the most MiB that torch has held on a CUDA device; None on others."""
    torch = sys.modules.get("torch")
    if torch is None or not device.startswith("cuda"):
        return None
    return round(float(torch.cuda.max_memory_allocated(device)) / MEBIBYTE, 1)
