"""Chooses how far along each ray to sample: evenly first, then where matter was found."""

# B batch, N rays, S coarse samples, I fine samples

import torch
from torch import Tensor
from torch.nn.functional import avg_pool1d, max_pool1d

from avatarartist_core.nn.volume.config import VolumeConfig
from avatarartist_core.nn.volume.rays import Rays


def draw_jitter(
    rays: Rays, config: VolumeConfig, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Draw the authors' random numbers in [0, 1): (B, N, S) for coarse, then (B, N, I) for fine."""
    count = rays.origins.shape[:2]
    device = generator.device
    coarse = torch.rand((*count, config.coarse), generator=generator, device=device)
    fine = torch.rand((*count, config.fine), generator=generator, device=device)
    return coarse.to(rays.origins.device), fine.to(rays.origins.device)


def coarse_depths(rays: Rays, config: VolumeConfig, jitter: Tensor | None = None) -> Tensor:
    """Space samples evenly, each moved forward by a share of a step.

    The space begins ``before`` the distance of the origin from the world's centre and ends
    ``behind`` it; the last sample may lie up to a step further.

    Args:
        rays: of B cameras.
        config: bounds and number of samples.
        jitter: (B, N, S) shares in [0, 1); None: a half.

    Returns:
        (B, N, S), increasing.
    """
    norms = rays.origins.norm(dim=-1)
    if config.shared_bounds:  # in the order of the released code, to the last bit
        middle = norms.mean().item()
        near, far = middle - config.before, middle + config.behind
        even = torch.linspace(near, far, config.coarse, device=norms.device)
    else:
        even = torch.linspace(-config.before, config.behind, config.coarse, device=norms.device)
        even = norms[:, :1, None] + even
    step = (config.before + config.behind) / (config.coarse - 1)
    shares = 0.5 if jitter is None else jitter.reshape(*norms.shape, config.coarse)
    return (even + shares * step).expand(*norms.shape, config.coarse)


def fine_depths(
    depths: Tensor, weights: Tensor, count: int, shares: Tensor | None = None
) -> Tensor:
    """Draw samples where the weights are large, by inverting their cumulative sum.

    The weights are widened to their neighbours and floored at 0.01 first. As in the authors' code
    the last bin is never drawn from.

    Args:
        depths: (B, N, S) of the coarse samples.
        weights: (B, N, S - 1) of the stretches between them.
        count: samples to draw, I.
        shares: (B, N, I) of the cumulative sum in [0, 1]; None: evenly from 0 to 1.

    Returns:
        (B, N, I), in the order of the shares, without gradient.
    """
    with torch.no_grad():
        middles = ((depths[..., :-1] + depths[..., 1:]) / 2).flatten(0, 1)
        wide = avg_pool1d(max_pool1d(weights.flatten(0, 1), 2, 1, padding=1), 2, 1) + 0.01
        chance = wide[:, 1:-1] + 1e-5
        summed = (chance / chance.sum(-1, keepdim=True)).cumsum(-1)
        summed = torch.nn.functional.pad(summed, (1, 0))
        last = summed.shape[1] - 1
        if shares is None:
            shares = torch.linspace(0, 1, count, device=depths.device).expand(len(summed), count)
        shares = shares.reshape(len(summed), count).contiguous()
        found = torch.searchsorted(summed, shares, right=True)
        below, above = (found - 1).clamp(min=0), found.clamp(max=last)
        low, high = summed.gather(1, below), summed.gather(1, above)
        start, end = middles.gather(1, below), middles.gather(1, above)
        rise = torch.where(high - low < 1e-5, 1.0, high - low)
        drawn = start + (shares - low) / rise * (end - start)
    return drawn.reshape(*depths.shape[:2], count)
