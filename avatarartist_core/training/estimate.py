"""What a training run would cost, before it begins: parameters, memory, time on this machine."""

from __future__ import annotations

import resource
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from avatarartist_core.training.config import StageConfig
from avatarartist_core.training.stage import TrainingStage
from avatarartist_core.training.trainer import Trainer

BYTES = 4  # of a weight
OPTIMISER = 3  # copies of what learns: its gradient and both moments
_MEBI = 1 << 20


@dataclass(frozen=True)
class Estimate:
    """The cost of a run.

    Attributes:
        parameters: of each network.
        learning: of them, in all.
        steps: of the run.
        batch: samples of a step.
        kept_bytes: weights, averages, gradients and moments: as long as the run lasts.
        measured: samples of the measured step; 0: nothing was measured.
        seconds: that step took.
        step_bytes: that step needed beside what is kept.
    """

    parameters: dict[str, int]
    learning: int
    steps: int
    batch: int
    kept_bytes: int
    measured: int = 0
    seconds: float = 0.0
    step_bytes: int = 0

    @property
    def step_seconds(self) -> float:
        """Seconds of a whole step, if its time grows with its samples."""
        return self.seconds * self.batch / self.measured if self.measured else 0.0

    @property
    def total_seconds(self) -> float:
        """Seconds of all steps, pictures and measures not counted."""
        return self.steps * self.step_seconds

    @property
    def peak_bytes(self) -> int:
        """Bytes that one process needs at least, if a step's need grows with its samples."""
        grown = self.step_bytes * self.batch // self.measured if self.measured else 0
        return self.kept_bytes + grown


def count(stage: TrainingStage) -> Estimate:
    """Count parameters and what they need, without any memory for them."""
    config: StageConfig = stage.config
    with torch.device("meta"):
        networks = stage.networks()
    sizes = {name: _size(network) for name, network in networks.items()}
    learnt = sum(
        _size(networks[name]) for each in stage.optimisers().values() for name in each.networks
    )
    averaged = sum(sizes[name] for name in stage.averaged)
    kept = (sum(sizes.values()) + averaged + OPTIMISER * learnt) * BYTES
    return Estimate(
        {name: size for name, size in sizes.items() if size},
        learnt,
        config.total,
        config.batch,
        kept,
    )


def measure(stage: TrainingStage, samples: int) -> Estimate:
    """Do a step of so many made-up samples, after another one where that is not too slow.

    Args:
        stage: what would be taught; its data are not read.
        samples: of a step, at most the run's own batch.
    """
    counted = count(stage)
    trainer = Trainer(stage, None)
    moments = [trainer.moment(step, samples, "estimate") for step in (0, 1)]
    examples = [stage.example(moment) for moment in moments]
    if samples == counted.batch:  # the first step is slower, but a large network's takes minutes
        trainer.descend(examples[0], moments[0])
    _wait(trainer.device)
    with _peak(trainer.device) as peak:
        began = time.perf_counter()
        trainer.descend(examples[1], moments[1])
        _wait(trainer.device)
        seconds = time.perf_counter() - began
    return Estimate(
        counted.parameters,
        counted.learning,
        counted.steps,
        counted.batch,
        counted.kept_bytes,
        samples,
        seconds,
        peak[0],
    )


def _size(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


@contextmanager
def _peak(device: torch.device) -> Iterator[list[int]]:
    """Find how many bytes more than before were in use, inside."""
    found = [0]
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
        before = torch.cuda.memory_allocated(device)
        yield found
        found[0] = torch.cuda.max_memory_allocated(device) - before
        return
    ended, before = threading.Event(), _resident()

    def watch() -> None:
        while not ended.wait(0.01):
            found[0] = max(found[0], _resident() - before)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield found
    finally:
        ended.set()
        watcher.join()


def _resident() -> int:
    """Return the bytes this process has in memory; the most it ever had where that is not told."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
            return int(file.read().split()[1]) * resource.getpagesize()
    except OSError:
        most: Any = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return int(most) * (1 if sys.platform == "darwin" else 1024)
