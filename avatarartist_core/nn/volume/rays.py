"""Turns camera labels into rays, one a pixel of the raw picture."""

# B batch, N rays, R rays along a side

from __future__ import annotations

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
        torso: the same rays as a torso sees them that stays when the head turns; None: the world is
            one rigid head.
        neck: (4,) factors of a world point's x, y, z and 1 that give the head's share in it.
    """

    origins: Tensor
    directions: Tensor
    torso: Rays | None = None
    neck: Tensor | None = None

    def points(self, depths: Tensor) -> Tensor:
        """Return the (B, N, S, 3) places at (B, N, S, 1) depths, in the planes' world."""
        points = self.origins[:, :, None] + depths * self.directions[:, :, None]
        if self.torso is None or self.neck is None:
            return points
        stayed = self.torso.points(depths)
        share = ((stayed * self.neck[:3]).sum(-1, keepdim=True) + self.neck[3]).clamp(0, 1)
        return torch.lerp(stayed, points, share)

    def bent(self, torso: Rays, neck: Tensor) -> Rays:
        """Let the torso stay."""
        return Rays(self.origins, self.directions, torso, neck)


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
    scale = torch.tensor([[resolution], [resolution], [1]], device=labels.device)
    camera = torch.linalg.inv(labels[:, 16:25].reshape(-1, 3, 3) * scale)
    shift = 0.5 if pixels == "centres" else 0.0
    steps = torch.arange(resolution, device=labels.device, dtype=torch.float32) + shift
    j, i = torch.meshgrid(steps, steps, indexing="ij")
    seen = torch.stack([i.flatten(), j.flatten(), torch.ones_like(i).flatten()], dim=-1)
    # Products and sums in the order of the released code: dense planes magnify the last bit.
    turned = (cam2world[:, None, :3, :3] * (seen @ camera.mT)[:, :, None]).sum(-1)
    directions = torch.nn.functional.normalize(turned, dim=-1)
    origins = cam2world[:, None, :3, 3].expand_as(directions)
    return Rays(origins, directions)


def rays_of(
    labels: Tensor,
    resolution: int,
    pixels: Literal["corners", "centres"],
    torso: Tensor | None,
    neck: Tensor | None,
) -> Rays:
    """Lay rays as ``rays_from_labels`` does, and bend them where a torso stays."""
    rays = rays_from_labels(labels, resolution, pixels)
    if torso is None or neck is None:
        return rays
    return rays.bent(rays_from_labels(torso, resolution, pixels), neck)
