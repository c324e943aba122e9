"""The mesh of a head as a camera of the triplane's world sees it: texture coordinates a pixel."""

from __future__ import annotations

import numpy as np

from avatarartist_core.data import Floats
from avatarartist_core.heads.raster import interpolate, rasterize
from avatarartist_core.heads.window import FaceWindow

_OPAQUE = 0.5


def mesh_picture(window: FaceWindow, vertices: Floats, label: Floats, side: int) -> Floats:
    """Draw the face's texture coordinates over the picture of a camera.

    Args:
        window: of the head's topology.
        vertices: (V, 3) mesh in head units.
        label: (25,) EG3D label.
        side: of the picture.

    Returns:
        (side, side, 3) float32: u and v in [-1, 1], and 1 on the face, 0 elsewhere.
    """
    points = project(label, window.world(vertices), side)
    values = np.concatenate([window.uv, window.mask[:, None]], 1).astype(np.float32)
    drawn = interpolate(rasterize(points, window.faces, side, side), window.faces_uv, values)
    drawn[..., 2] = drawn[..., 2] > _OPAQUE
    drawn *= drawn[..., 2:].copy()
    return drawn


def project(label: Floats, points: Floats, side: int) -> Floats:
    """Carry (N, 3) world points into a picture.

    Returns:
        (N, 3) column and row, the first pixel's centre at (0, 0), and depth, larger nearer
    """
    cam2world, intrinsics = label[:16].reshape(4, 4), label[16:25].reshape(3, 3)
    seen = (points - cam2world[:3, 3]) @ cam2world[:3, :3]
    flat = seen @ intrinsics.T
    places = flat[:, :2] / flat[:, 2:] * side - 0.5
    return np.concatenate([places, -seen[:, 2:]], 1).astype(np.float32)
