"""Adds up what lies along each ray."""

# B batch, N rays, S samples, F features

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import softplus


@dataclass(frozen=True, eq=False)
class Marched:
    """What the rays saw.

    Attributes:
        features: (B, N, F) in [-1, 1]; -1 where nothing was hit. The first three are RGB.
        depth: (B, N, 1) mean distance from the origin, in world units.
        opacity: (B, N, 1) in [0, 1].
    """

    features: Tensor
    depth: Tensor
    opacity: Tensor


def middle(values: Tensor) -> Tensor:
    """Average neighbours: (B, N, S, X) to (B, N, S - 1, X)."""
    return (values[:, :, :-1] + values[:, :, 1:]) / 2


def stretch_weights(depths: Tensor, densities: Tensor) -> Tensor:
    """Tell how much each stretch between neighbouring samples adds to what a ray sees.

    Args:
        depths: (B, N, S, 1), increasing.
        densities: (B, N, S, 1) raw.

    Returns:
        (B, N, S - 1, 1).
    """
    absorbed = softplus(middle(densities) - 1) * depths.diff(dim=2)
    alpha = 1 - torch.exp(-absorbed)
    left = torch.cumprod(1 - alpha + 1e-10, dim=2)
    return alpha * torch.cat([torch.ones_like(left[:, :, :1]), left[:, :, :-1]], dim=2)


def composite(
    depths: Tensor, densities: Tensor, colours: Tensor, *, shared_bounds: bool = False
) -> Marched:
    """Add up the samples of each ray (EG3D's midpoint rule, no background).

    Args:
        depths: (B, N, S, 1), increasing.
        densities: (B, N, S, 1) raw.
        colours: (B, N, S, F) in [0, 1].
        shared_bounds: limit the depth to what the whole batch sampled, not to each sample's own.
    """
    weights = stretch_weights(depths, densities)
    opacity = weights.sum(2)
    seen = (weights * middle(colours)).sum(2)
    hit = opacity > 0
    depth = (weights * middle(depths)).sum(2) / torch.where(hit, opacity, 1.0)
    depth = torch.where(hit, depth, float("inf"))
    return Marched(2 * seen - 1, limit_depth(depth, depths, shared_bounds), opacity)


def limit_depth(depth: Tensor, sampled: Tensor, shared_bounds: bool) -> Tensor:
    """Keep (B, N, 1) depths within those that were sampled; rays that hit nothing get the last."""
    if shared_bounds:
        return depth.clamp(sampled.min(), sampled.max())
    own = sampled.flatten(1)
    return depth.clamp(own.amin(1)[:, None, None], own.amax(1)[:, None, None])
