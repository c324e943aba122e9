"""Where the pixel noise of a synthesis network comes from; never from a hidden global state."""

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor

Noise = Literal["none", "fixed"] | Sequence[Tensor] | torch.Generator
"""``"none"``: no noise. ``"fixed"``: each layer's own stored map, the same for every picture.
A sequence: (B or 1, 1, S, S) arrays in call order (first block's only convolution, then two a
block). A generator: standard normal numbers drawn from it for every picture."""


class NoiseFeed:
    """Hands each layer its noise in call order."""

    def __init__(self, noise: Noise) -> None:
        self.noise = noise
        self.used = 0

    def take(self, fixed: Tensor, batch: int) -> Tensor | None:
        """Return the next map, (batch or 1, 1, S, S), or None when there is no noise.

        Args:
            fixed: (S, S) the layer's stored map; gives side, type and device too.
            batch: pictures made at once.
        """
        place, self.used = self.used, self.used + 1
        if isinstance(self.noise, torch.Generator):
            shape = (batch, 1, *fixed.shape)
            drawn = torch.randn(shape, generator=self.noise, device=self.noise.device)
            return drawn.to(fixed)
        if isinstance(self.noise, str):
            return fixed[None, None] if self.noise == "fixed" else None
        if place >= len(self.noise):
            raise ValueError(f"{len(self.noise)} noise maps were given, more are needed")
        given = self.noise[place]
        if given.shape[-2:] != fixed.shape:
            raise ValueError(f"noise {place} is {tuple(given.shape)}, needs {tuple(fixed.shape)}")
        return given.to(fixed)
