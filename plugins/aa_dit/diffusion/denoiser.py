"""What samplers and losses ask of a network, and nothing more."""

from collections.abc import Callable

from torch import Tensor

Denoiser = Callable[[Tensor, Tensor], Tensor]
"""Takes (N, C, H, W) noisy latents and (N,) timesteps in [0, 999], fractions too; returns
(N, 2C, H, W): the noise, then where its log variance lies in [-1, 1]."""


def noise_of(prediction: Tensor) -> Tensor:
    """Return the (N, C, H, W) noise of an (N, 2C, H, W) prediction."""
    return prediction.chunk(2, dim=1)[0]
