"""How much noise each step of the diffusion holds.

Letters: K steps, N batch.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Doubles = NDArray[np.float64]

STEPS = 1000
FIRST_BETA, LAST_BETA = 1e-4, 0.02


@dataclass(frozen=True, eq=False)
class Schedule:
    """A Markov chain from data to noise; every array is (K,) float64.

    Attributes:
        betas: variance that each step adds.
        timesteps: what the network is told at each step.
    """

    betas: Doubles
    timesteps: NDArray[np.int64]

    @classmethod
    def linear(cls) -> Self:
        """Make the 1000 steps that the networks are trained on (spec 3)."""
        return cls(np.linspace(FIRST_BETA, LAST_BETA, STEPS), np.arange(STEPS))

    def respaced(self, steps: int) -> Self:
        """Make a chain of fewer ``steps`` that passes through the same noise levels.

        Raises:
            ValueError: the chain has not that many steps.
        """
        if not 1 <= steps <= len(self.betas):
            raise ValueError(f"{steps} steps asked of a chain of {len(self.betas)}")
        stride = (len(self.betas) - 1) / (steps - 1) if steps > 1 else 1.0
        # Summed, not multiplied, as the improved-diffusion spacing does: halves round the same.
        kept = [round(place) for place in np.cumsum([0.0] + [stride] * (steps - 1)).tolist()]
        levels = self.alphas_cumprod[kept]
        return type(self)(1 - levels / np.append(1.0, levels[:-1]), self.timesteps[kept])

    @cached_property
    def alphas_cumprod(self) -> Doubles:
        """Share of the data's variance left after each step."""
        return np.cumprod(1 - self.betas, dtype=np.float64)

    @cached_property
    def _before(self) -> Doubles:
        return np.append(1.0, self.alphas_cumprod[:-1])

    @cached_property
    def posterior_variance(self) -> Doubles:
        """Variance of q(x[t-1] | x[t], x0)."""
        return self.betas * (1 - self._before) / (1 - self.alphas_cumprod)

    @cached_property
    def posterior_log_variance(self) -> Doubles:
        """Its logarithm; the first step, whose variance is 0, takes the second's."""
        return np.log(np.append(self.posterior_variance[1:2], self.posterior_variance[1:]))

    @cached_property
    def posterior_from_data(self) -> Doubles:
        """Factor of x0 in the mean of q(x[t-1] | x[t], x0)."""
        return self.betas * np.sqrt(self._before) / (1 - self.alphas_cumprod)

    @cached_property
    def posterior_from_noisy(self) -> Doubles:
        """Factor of x[t] in the mean of q(x[t-1] | x[t], x0)."""
        return (1 - self._before) * np.sqrt(1 - self.betas) / (1 - self.alphas_cumprod)

    def noised(self, data: Tensor, step: Tensor, noise: Tensor) -> Tensor:
        """Draw x[t] from (N, ...) data: ``step`` is (N,) and the noise unit normal."""
        return (
            at(np.sqrt(self.alphas_cumprod), step, data) * data
            + at(np.sqrt(1 - self.alphas_cumprod), step, data) * noise
        )

    def denoised(self, noisy: Tensor, step: Tensor, noise: Tensor) -> Tensor:
        """Take the (predicted) noise out of (N, ...) x[t]: x0."""
        return (
            at(1 / np.sqrt(self.alphas_cumprod), step, noisy) * noisy
            - at(np.sqrt(1 / self.alphas_cumprod - 1), step, noisy) * noise
        )

    def posterior_mean(self, data: Tensor, noisy: Tensor, step: Tensor) -> Tensor:
        """Mean of q(x[t-1] | x[t], x0) for (N, ...) x0 and x[t]."""
        return (
            at(self.posterior_from_data, step, noisy) * data
            + at(self.posterior_from_noisy, step, noisy) * noisy
        )

    def learned_log_variance(self, values: Tensor, step: Tensor) -> Tensor:
        """Place (N, ...) values between the smallest (-1) and largest (1) log variance."""
        largest = at(np.log(self.betas), step, values)
        smallest = at(self.posterior_log_variance, step, values)
        share = (values + 1) / 2
        return share * largest + (1 - share) * smallest


def at(array: Doubles, step: Tensor, like: Tensor) -> Tensor:
    """Read ``array`` at (N,) steps as float32 (N, 1, ...) on the device of ``like``."""
    values = torch.as_tensor(array, dtype=torch.float32, device=like.device)
    return values[step.to(like.device)].reshape(-1, *[1] * (like.ndim - 1))
