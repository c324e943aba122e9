"""What the triplane VAE is trained for: equal planes, equal pictures of them, a calm latent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor

from aa_dit.posterior import Posterior

VariationAxes = Literal["released", "picture"]

AXES: dict[VariationAxes, tuple[int, int]] = {"released": (2, 3), "picture": (3, 4)}
"""Axes of (B, Z, P, h, w) that total variation runs along: the released code covers the planes
and the rows, never the columns; ``picture`` is the rows and columns one would expect."""


@dataclass(frozen=True)
class VAELossWeights:
    """Factors of the terms; the defaults are those of the released code."""

    reconstruction: float = 1.0
    perceptual: float = 1.0
    variation: float = 2e-3
    divergence: float = 1e-5


@dataclass(frozen=True, eq=False)
class VAELoss:
    """The weighted sum to descend, and each term as it is before its weight (all scalars).

    Every term is summed over all elements and divided by the batch.
    """

    total: Tensor
    reconstruction: Tensor
    perceptual: Tensor
    variation: Tensor
    divergence: Tensor


@dataclass(frozen=True, eq=False)
class RenderedDistance:
    """How different the pictures rendered from two stacks of planes look.

    Attributes:
        render: a frozen network from planes (B, C, P, H, W), no longer standardised, to pictures
            (B, 3, h, w).
        distance: perceptual distance of two batches of pictures, for example LPIPS: any shape
            with B first.
        mean: mean of the planes, or a tensor that broadcasts.
        deviation: standard deviation of the planes, likewise.
    """

    render: Callable[[Tensor], Tensor]
    distance: Callable[[Tensor, Tensor], Tensor]
    mean: Tensor | float = 0.0
    deviation: Tensor | float = 1.0

    def __call__(self, decoded: Tensor, planes: Tensor) -> Tensor:
        """Compare standardised planes, each (B, C, P, H, W); the second gets no gradient."""
        with torch.no_grad():
            wanted = self.render(planes * self.deviation + self.mean)
        return self.distance(self.render(decoded * self.deviation + self.mean), wanted)


@dataclass(frozen=True)
class VAEObjective:
    """The training loss of the triplane VAE.

    Attributes:
        weights: factors of the terms.
        axes: what total variation runs along.
        perceptual: distance of decoded planes and the planes they should be, as they look when
            rendered; None leaves the term out.
    """

    weights: VAELossWeights = field(default_factory=VAELossWeights)
    axes: VariationAxes = "released"
    perceptual: Callable[[Tensor, Tensor], Tensor] | None = None

    def __call__(self, planes: Tensor, decoded: Tensor, posterior: Posterior) -> VAELoss:
        """Compare ``decoded`` with ``planes``, both standardised and (B, C, P, H, W)."""
        batch, weights = planes.shape[0], self.weights
        reconstruction = (decoded - planes).abs().sum() / batch
        looks = decoded.new_zeros(())
        if self.perceptual is not None:
            looks = self.perceptual(decoded, planes).sum() / batch
        variation = total_variation(posterior.mean, self.axes).sum() / batch
        divergence = posterior.kl().sum() / batch
        total = (
            weights.reconstruction * reconstruction
            + weights.perceptual * looks
            + weights.variation * variation
            + weights.divergence * divergence
        )
        return VAELoss(total, reconstruction, looks, variation, divergence)


def total_variation(latent: Tensor, axes: VariationAxes = "released") -> Tensor:
    """Return (B,) absolute differences of neighbours of (B, Z, P, h, w), summed over both axes."""
    first, second = (latent.diff(dim=axis).abs().flatten(1).sum(1) for axis in AXES[axes])
    return first + second
