"""How much of the sky each vertex of a mesh sees."""

import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Floats
from avatarartist_core.datasets.synthetic.geometry import vertex_normals
from avatarartist_core.heads.raster import rasterize

_DIRECTIONS = 96
_SIDE = 176  # pixels of the picture drawn from each direction
_REACH = 2.7  # head units from the middle to the edge of that picture
_NEAR = 0.05  # head units a vertex may lie behind what is seen and still count as seen


def ambient_occlusion(vertices: Floats, faces: NDArray[np.int32]) -> Floats:
    """Return (V,) the cosine-weighted share of the half sphere above each vertex that is free.

    The mesh is drawn from directions spread evenly over the sphere; a vertex sees the sky there
    when the drawing's depth is its own.
    """
    normals = vertex_normals(vertices, faces)
    step = np.arange(_DIRECTIONS) + 0.5
    up = 1 - 2 * step / _DIRECTIONS
    turn = step * np.pi * (3 - np.sqrt(5))
    flat = np.sqrt(1 - up**2)
    directions = np.stack([flat * np.cos(turn), up, flat * np.sin(turn)], 1)
    seen, possible = np.zeros(len(vertices)), np.full(len(vertices), 1e-6)
    middle = np.array([0, -0.4, -0.7])
    for towards in directions:
        across = np.cross([0, 1, 0] if abs(towards[1]) < 0.9 else [1, 0, 0], towards)
        across /= np.linalg.norm(across)
        axes = np.stack([across, np.cross(towards, across), towards])
        points = (vertices - middle) @ axes.T
        points[:, :2] = (points[:, :2] / _REACH + 1) * (_SIDE / 2) - 0.5
        points[:, 1] = _SIDE - 1 - points[:, 1]
        drawn = rasterize(points.astype(np.float32), faces, _SIDE, _SIDE)
        at = np.clip(np.round(points[:, :2]).astype(int), 0, _SIDE - 1)
        free = points[:, 2] > drawn.depth[at[:, 1], at[:, 0]] - _NEAR
        weight = np.maximum(normals @ towards, 0)
        seen += free * weight
        possible += weight
    return (seen / possible).astype(np.float32)
