"""Turns camera labels into rays, one a pixel of the raw picture."""

# B batch, N rays, R rays along a side

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Rays:
    """Where rays start and where they go, in world units.

    Attributes:
        origins: (B, N, 3).
        directions: (B, N, 3) of length 1.
    """

    origins: Tensor
    directions: Tensor


def rays_from_labels(
    labels: Tensor, resolution: int, pixels: Literal["corners", "centres"] = "corners"
) -> Rays:
    """Lay a ray through every pixel, row by row.

    Args:
        labels: (B, 25) row-major 4x4 cam2world with OpenCV axes (x right, y down, z forward), then
            row-major 3x3 intrinsics in picture widths. A scaled rotation does no harm.
        resolution: rays along a side.
        pixels: ``"corners"``: pixel (row j, column i) is seen at (i, j), as the authors' sampler
            has it; ``"centres"``: at (i + 0.5, j + 0.5), as EG3D's.
    """
    labels = labels.float()
    cam2world = labels[:, :16].reshape(-1, 4, 4)
    intrinsics = labels[:, 16:25].reshape(-1, 3, 3, 1)
    shift = 0.5 if pixels == "centres" else 0.0
    steps = (
        torch.arange(resolution, device=labels.device, dtype=torch.float32) + shift
    ) / resolution
    v, u = torch.meshgrid(steps, steps, indexing="ij")
    y = (v.flatten() - intrinsics[:, 1, 2]) / intrinsics[:, 1, 1]
    x = (u.flatten() - intrinsics[:, 0, 2] - intrinsics[:, 0, 1] * y) / intrinsics[:, 0, 0]
    seen = torch.stack([x, y, torch.ones_like(x)], dim=-1)
    directions = torch.nn.functional.normalize(seen @ cam2world[:, :3, :3].mT, dim=-1)
    origins = cam2world[:, None, :3, 3].expand_as(directions)
    return Rays(origins, directions)
