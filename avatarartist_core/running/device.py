"""Devices that networks run on, asked of torch only when a run wants more than the CPU."""

import importlib
from typing import Any

from avatarartist_core.errors import UsageError

AUTO = "auto"


def best_device() -> str:
    """Return ``cuda`` or ``mps`` when torch has one, else ``cpu``."""
    try:
        torch = importlib.import_module("torch")
    except ImportError:
        return "cpu"
    return next((kind for kind in ("cuda", "mps") if _count(torch, kind)), "cpu")


def check_device(device: str) -> None:
    """Refuse a device that torch does not have; ``cpu`` is always there and costs no import.

    Raises:
        UsageError: it is not there.
    """
    kind, _, index = device.partition(":")
    if kind == "cpu":
        return
    hint = "Leave --device out to run on the CPU. What is there: aa doctor --gpu"
    try:
        torch = importlib.import_module("torch")
    except ImportError:
        raise UsageError(f"device {device!r} needs torch, which is missing", hint) from None
    count = _count(torch, kind)
    if not count:
        raise UsageError(f"torch {torch.__version__} sees no {kind!r} device", hint)
    if index and int(index) >= count:
        raise UsageError(f"there is no device {device!r}: torch sees {count} of that kind", hint)


def _count(torch: Any, kind: str) -> int:
    if kind == "mps":
        return int(torch.backends.mps.is_available())
    backend = getattr(torch, kind, None)
    return int(backend.device_count()) if backend and backend.is_available() else 0
