"""Finds a pixel's place in the texture plane by where the volume put it, without the mesh.

A mesh map says what each place of the front plane's face box shows of the texture. A pixel whose
depth was marched lies at one such place, so the map can be asked for it. A view map, drawn of the
mesh itself, is exact; this is as good as the depth. Letters: B batch, O side of the picture.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from avatarartist_core.heads.window import KINDS
from avatarartist_core.nn.face_box import FaceBox

_SOME = 0.5  # of a map's pixel that must be mesh


def deferred_view(mesh: Tensor, places: Tensor, box: FaceBox) -> Tensor:
    """Make a view map.

    Args:
        mesh: (B, H, W, 3) mesh maps.
        places: (B, O, O, 2) x and y of what the pixels show, plane coordinates.
        box: window of the front plane that the maps cover.

    Returns:
        (B, O, O, 5) as ``heads.view_map``, of the face alone; its distances are 0, not known.
    """
    left, top, right, bottom = (2 * share - 1 for share in box.shares)
    low = places.new_tensor([left, top])
    size = places.new_tensor([right - left, bottom - top])
    grid = (places - low) / size * 2 - 1
    there = mesh[..., 2:]
    values = torch.cat([mesh[..., :2] * there, there], -1).permute(0, 3, 1, 2)
    read = F.grid_sample(values, grid, align_corners=False).permute(0, 2, 3, 1)
    share = read[..., 2:]
    textured = (share > _SOME).to(read)
    texels = read[..., :2] / share.clamp_min(_SOME) * textured
    kind = textured * KINDS.index("face")
    return torch.cat([texels, textured, kind, torch.zeros_like(share)], -1)
