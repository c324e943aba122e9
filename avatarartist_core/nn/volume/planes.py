"""Reads features of points from three planes."""

# B batch, P planes, C channels, N points

import torch
from torch import Tensor
from torch.nn.functional import grid_sample

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
    pairs = parse_axes(axes)
    if planes.shape[1] != len(pairs):
        raise ValueError(f"{planes.shape[1]} planes were given, axes {axes!r} name {len(pairs)}")
    seen = torch.stack([points[..., pair] for pair in pairs], dim=1) / extent
    # Half precision has too few steps for the coordinates of 256 texels.
    read = grid_sample(
        planes.flatten(0, 1).float(), seen.flatten(0, 1)[:, None].float(), align_corners=False
    )
    return read[:, :, 0].mT.reshape(*seen.shape[:3], -1)
