"""Reads features of points from three planes."""

# B batch, P planes, C channels, N points

import torch
from torch import Tensor
from torch.nn.functional import grid_sample

from avatarartist_core.nn.texels import mean_texels
from avatarartist_core.nn.volume.config import AUTHORS_AXES, parse_axes


def sample_planes(
    planes: Tensor, points: Tensor, axes: str = AUTHORS_AXES, extent: float = 0.5
) -> Tensor:
    """Read each plane bilinearly at the points; zeros outside.

    Args:
        planes: (B, P, C, H, W), the borders of the outer texels at -extent and extent.
        points: (B, N, 3) in world units.
        axes: what each plane's columns and rows are; ``parse_axes``.
        extent: half side of the cube the planes cover.

    Returns:
        (B, P, N, C).
    """
    seen = _places(planes, points, axes, extent)
    # Half precision has too few steps for the coordinates of 256 texels.
    read = grid_sample(
        planes.flatten(0, 1).float(), seen.flatten(0, 1)[:, None].float(), align_corners=False
    )
    return read[:, :, 0].mT.reshape(*seen.shape[:3], -1)


def mean_of_planes(
    planes: Tensor, points: Tensor, axes: str = AUTHORS_AXES, extent: float = 0.5
) -> Tensor:
    """Average over the planes what ``sample_planes`` reads: (B, N, C)."""
    return mean_texels(planes, _places(planes, points, axes, extent))


def _places(planes: Tensor, points: Tensor, axes: str, extent: float) -> Tensor:
    """Return (B, P, N, 2): where each plane is read, in [-1, 1]."""
    pairs = parse_axes(axes)
    if planes.shape[1] != len(pairs):
        raise ValueError(f"{planes.shape[1]} planes were given, axes {axes!r} name {len(pairs)}")
    return torch.stack([points[..., pair] for pair in pairs], dim=1) / extent
