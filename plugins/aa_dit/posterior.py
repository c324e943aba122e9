"""The distribution of latents that the VAE's encoder answers with."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

LOWEST_LOGVAR, HIGHEST_LOGVAR = -30.0, 20.0


@dataclass(frozen=True, eq=False)
class Posterior:
    """A normal distribution with a mean and a variance for every number of a latent.

    Attributes:
        mean: (B, Z, P, h, w).
        logvar: (B, Z, P, h, w) natural logarithm of the variance, in [-30, 20].
    """

    mean: Tensor
    logvar: Tensor

    @classmethod
    def of(cls, moments: Tensor) -> Posterior:
        """Split (B, 2 Z, P, h, w) into mean and logarithm of the variance."""
        mean, logvar = moments.chunk(2, dim=1)
        return cls(mean, logvar.clamp(LOWEST_LOGVAR, HIGHEST_LOGVAR))

    def sample(self, generator: torch.Generator | None = None) -> Tensor:
        """Draw a latent (B, Z, P, h, w); the same generator state draws the same one."""
        drawn_on = self.mean.device if generator is None else generator.device
        noise = torch.randn(
            self.mean.shape, generator=generator, device=drawn_on, dtype=torch.float32
        )
        return self.mean + (0.5 * self.logvar).exp() * noise.to(self.mean)

    def mode(self) -> Tensor:
        """Return the most likely latent (B, Z, P, h, w)."""
        return self.mean

    def kl(self) -> Tensor:
        """Return (B,) divergence from the standard normal, in nats, summed over the latent."""
        mean, logvar = self.mean.float(), self.logvar.float()
        return 0.5 * (mean.square() + logvar.exp() - 1.0 - logvar).flatten(1).sum(1)
