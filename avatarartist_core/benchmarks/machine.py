"""The most arithmetic that this machine does in a second, measured beside what is benchmarked."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn import functional as F

REPEATS = 5  # of each operation, after one that does not count
PATIENCE = 0.5  # seconds after which fewer will do
SIDE = 1024  # of the matrices on a CPU
GPU_SIDE = 8192
CHANNELS, PIXELS = 256, 64  # of the convolution on a CPU: (1, 256, 64, 64), 3 x 3 kernels
GPU_CHANNELS, GPU_PIXELS = 512, 256


@dataclass(frozen=True)
class Peak:
    """What was measured.

    Attributes:
        rates: GFLOP/s of each operation, ``"matmul float32"`` and so on; the best of some runs.
    """

    rates: dict[str, float]

    @property
    def best(self) -> float:
        """GFLOP/s that shares refer to."""
        return max(self.rates.values())

    def or_more(self, other: Peak) -> Peak:
        """Keep the larger of two measurements of each operation: other programs slow both."""
        return Peak({name: max(rate, other.rates[name]) for name, rate in self.rates.items()})


def measure_peak(device: str) -> Peak:
    """Multiply matrices and convolve pictures of a size that suits the device.

    On a CPU in float32 on the threads that torch is set to; on a GPU in float32 and bfloat16.
    """
    on_cpu = torch.device(device).type == "cpu"
    kinds = (torch.float32,) if on_cpu else (torch.float32, torch.bfloat16)
    rates = {}
    for kind in kinds:
        name = str(kind).removeprefix("torch.")
        rates[f"matmul {name}"] = _matmul(device, kind, SIDE if on_cpu else GPU_SIDE)
        rates[f"conv2d {name}"] = _convolution(device, kind, on_cpu=on_cpu)
    return Peak({name: round(rate, 1) for name, rate in rates.items()})


def machine_facts(device: str) -> dict[str, object]:
    """Name the processor, the threads and the libraries: what has to agree between two results."""
    facts: dict[str, object] = {
        "processor": _processor(),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "device": device,
    }
    if torch.device(device).type == "cuda":
        facts["gpu"] = torch.cuda.get_device_name(device)
    return facts


def synchronise(device: str) -> None:
    """Wait until a GPU has done what it was asked; a CPU has."""
    if torch.device(device).type == "cuda":
        torch.cuda.synchronize(device)


def _matmul(device: str, kind: torch.dtype, side: int) -> float:
    first, second = (torch.randn(side, side, device=device, dtype=kind) for _ in range(2))
    return _best(lambda: first @ second, 2 * side**3, device)


def _convolution(device: str, kind: torch.dtype, *, on_cpu: bool) -> float:
    channels, pixels = (CHANNELS, PIXELS) if on_cpu else (GPU_CHANNELS, GPU_PIXELS)
    x = torch.randn(1, channels, pixels, pixels, device=device, dtype=kind)
    weight = torch.randn(channels, channels, 3, 3, device=device, dtype=kind)
    x, weight = (t.to(memory_format=torch.channels_last) for t in (x, weight))
    return _best(lambda: F.conv2d(x, weight, padding=1), 2 * 9 * (channels * pixels) ** 2, device)


@torch.inference_mode()
def _best(work: Callable[[], object], flops: int, device: str) -> float:
    """Return GFLOP/s of the fastest of some runs, the first one not counted."""
    work()
    synchronise(device)
    fastest, spent = float("inf"), 0.0
    for _ in range(REPEATS):
        began = time.perf_counter()
        work()
        synchronise(device)
        taken = time.perf_counter() - began
        fastest, spent = min(fastest, taken), spent + taken
        if spent > PATIENCE:
            break
    return flops / fastest / 1e9


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
