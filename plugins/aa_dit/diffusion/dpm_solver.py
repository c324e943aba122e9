"""DPM-Solver++ (2M) in continuous time, as the released code runs it (spec 4).

Lu et al., "DPM-Solver++: fast solver for guided sampling of diffusion probabilistic models", 2022,
algorithm 2. Time t in (0, 1] is (step + 1) / 1000.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from aa_dit.diffusion.denoiser import Denoiser, noise_of
from aa_dit.diffusion.schedule import Schedule
from avatarartist_core.interfaces import Progress, silent

FEW_STEPS = 10
"""Below this many steps the last one is of first order, for stability."""


@dataclass(frozen=True)
class Level:
    """The noise at one time.

    Attributes:
        time: t in (0, 1].
        alpha: factor of the data.
        sigma: factor of the noise.
    """

    time: float
    alpha: float
    sigma: float

    @property
    def log_ratio(self) -> float:
        """Lambda: log of alpha over sigma."""
        return math.log(self.alpha) - math.log(self.sigma)


def levels(schedule: Schedule, steps: int) -> list[Level]:
    """Return the ``steps`` + 1 levels from pure noise to t = 0.001, evenly spaced in time."""
    trained = len(schedule.betas)
    log_alphas = 0.5 * np.log(schedule.alphas_cumprod)
    known = np.arange(1, trained + 1) / trained
    times = np.linspace(1, 1 / trained, steps + 1)
    return [
        Level(time, math.exp(log_alpha), math.sqrt(-math.expm1(2 * log_alpha)))
        for time, log_alpha in zip(times, np.interp(times, known, log_alphas), strict=True)
    ]


def dpm_solver(
    denoise: Denoiser,
    noise: Tensor,
    steps: int,
    *,
    schedule: Schedule | None = None,
    progress: Progress = silent,
) -> Tensor:
    """Sample by the deterministic second-order multistep solver.

    Args:
        denoise: the guided network; its variance is not used.
        noise: (N, C, H, W) unit normal.
        steps: evaluations of the network, 1 or more.
        schedule: the chain that the network was trained on.
        progress: told after every step.

    Returns:
        (N, C, H, W) latents at t = 0.001.
    """
    schedule = schedule or Schedule.linear()
    passed = levels(schedule, steps)
    x, earlier = noise, None
    for index, (here, there) in enumerate(pairwise(passed)):
        timestep = (here.time - 1 / len(schedule.betas)) * len(schedule.betas)
        predicted = noise_of(denoise(x, torch.full((len(x),), timestep, device=x.device)))
        data = (x - here.sigma * predicted) / here.alpha
        step = there.log_ratio - here.log_ratio
        aim = data
        is_last_of_few = steps < FEW_STEPS and index == steps - 1
        if earlier is not None and not is_last_of_few:
            before, data_before = earlier
            ratio = (here.log_ratio - before.log_ratio) / step
            aim = data + (data - data_before) / (2 * ratio)
        x = there.sigma / here.sigma * x - there.alpha * math.expm1(-step) * aim
        earlier = here, data
        progress(index + 1, steps)
    return x
