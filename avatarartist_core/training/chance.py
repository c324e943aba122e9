"""Where the chance of a step comes from: the run's seed and the step's number, nothing else."""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray


def seed_of(*numbers: int | str) -> int:
    """Return a seed in [0, 2^63) that differs wherever a number differs."""
    text = "/".join(str(number) for number in numbers)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def generator_of(*numbers: int | str) -> torch.Generator:
    """Make a generator on the CPU from numbers and words."""
    return torch.Generator().manual_seed(seed_of(*numbers))


def batch_indices(
    seed: int, step: int, batch: int, count: int, *, rank: int = 0, processes: int = 1
) -> NDArray[np.int64]:
    """Return the samples that a process learns from in a step.

    Samples come in a new order each epoch, every one once an epoch; a batch may reach into the
    next. Nothing is remembered: a run that was killed goes on with the samples it had not seen.

    Args:
        seed: of the run.
        step: steps done before.
        batch: samples of a step, over all processes.
        count: samples there are.
        rank: number of this process.
        processes: how many there are; ``batch`` is a multiple of it.

    Returns:
        (batch / processes,)
    """
    own = batch // processes
    places = step * batch + rank * own + np.arange(own)
    return np.array([_order(seed, p // count, count)[p % count] for p in places.tolist()], np.int64)


@lru_cache(maxsize=4)
def _order(seed: int, epoch: int, count: int) -> NDArray[np.int64]:
    return np.random.default_rng([seed, epoch, count]).permutation(count)
