"""Marches rays in plain torch: every step differentiable, on any device."""

# B batch, N rays, S samples, F features

from collections.abc import Callable

import torch
from torch import Tensor

from avatarartist_core.nn.volume.composite import Marched, composite, stretch_weights
from avatarartist_core.nn.volume.config import VolumeConfig
from avatarartist_core.nn.volume.depths import coarse_depths, fine_depths
from avatarartist_core.nn.volume.planes import mean_of_planes
from avatarartist_core.nn.volume.rays import Rays

Decoder = Callable[[Tensor], tuple[Tensor, Tensor]]
"""Features (..., C) to raw density (..., 1) and colours (..., F)."""
Look = Callable[[Tensor], tuple[Tensor, Tensor]]
"""Depths (B, N, S, 1) along the rays to raw density (B, N, S, 1) and colours (B, N, S, F)."""


def march_plain(
    planes: Tensor,
    rays: Rays,
    decoder: Decoder,
    config: VolumeConfig,
    u_coarse: Tensor | None = None,
    u_fine: Tensor | None = None,
) -> Marched:
    """Sample each ray evenly, then where matter was found, and add up all samples.

    Arguments are those of ``march``.
    """

    def look(depths: Tensor) -> tuple[Tensor, Tensor]:
        return decode_along(planes, rays, depths, decoder, config)

    return march_with(look, rays, config, u_coarse, u_fine)


def march_with(
    look: Look,
    rays: Rays,
    config: VolumeConfig,
    u_coarse: Tensor | None = None,
    u_fine: Tensor | None = None,
) -> Marched:
    """March rays by whatever tells what lies at a depth."""
    depths = coarse_depths(rays, config, u_coarse)[..., None]
    densities, colours = look(depths)
    if config.fine:
        weights = stretch_weights(depths, densities)
        found = fine_depths(depths[..., 0], weights[..., 0], config.fine, u_fine)[..., None]
        more_densities, more_colours = look(found)
        depths, order = torch.cat([depths, found], dim=2).sort(dim=2)
        densities = torch.cat([densities, more_densities], dim=2).gather(2, order)
        colours = torch.cat([colours, more_colours], dim=2)
        colours = colours.gather(2, order.expand(-1, -1, -1, colours.shape[-1]))
    return composite(depths, densities, colours, shared_bounds=config.shared_bounds)


def decode_along(
    planes: Tensor, rays: Rays, depths: Tensor, decoder: Decoder, config: VolumeConfig
) -> tuple[Tensor, Tensor]:
    """Decode the points at (B, N, S, 1) depths.

    Returns:
        (B, N, S, 1) raw densities and (B, N, S, F) colours.
    """
    points = rays.points(depths)
    read = mean_of_planes(planes, points.flatten(1, 2), config.axes, config.extent)
    densities, colours = decoder(read)
    shape = depths.shape[:3]
    return densities.reshape(*shape, 1), colours.reshape(*shape, -1)
