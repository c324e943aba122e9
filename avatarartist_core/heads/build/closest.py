"""Lays points onto the nearest spot of a triangle mesh."""

import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Floats
from avatarartist_core.heads.build.makehuman import Doubles, Indices


def closest_on_triangles(
    points: Doubles, vertices: Floats, faces: NDArray[np.int32], allowed: NDArray[np.bool_]
) -> tuple[Indices, Doubles]:
    """Find the triangle nearest to each point and the barycentric weights of the spot in it.

    Args:
        points: (L, 3)
        vertices: (V, 3)
        faces: (F, 3)
        allowed: (F,) triangles that may be chosen.

    Returns:
        (L,) triangles and (L, 3) weights, none below 0, summing to 1.
    """
    numbers = np.flatnonzero(allowed)
    corners = vertices[faces[numbers]].astype(np.float64)
    chosen, weights = [], []
    for point in points:
        share = nearest_weights(point, corners)
        distance = np.linalg.norm(np.einsum("fij,fi->fj", corners, share) - point, axis=1)
        best = int(distance.argmin())
        chosen.append(numbers[best])
        weights.append(share[best])
    return np.array(chosen), np.array(weights)


def nearest_weights(point: Doubles, corners: Doubles) -> Doubles:
    """Return (F, 3) weights of the spot nearest to a (3,) point in each of (F, 3, 3) triangles."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    u, v = b - a, c - a
    uu, uv, vv = (u * u).sum(1), (u * v).sum(1), (v * v).sum(1)
    pu, pv = ((point - a) * u).sum(1), ((point - a) * v).sum(1)
    area = np.maximum(uu * vv - uv * uv, 1e-18)
    second, third = (vv * pu - uv * pv) / area, (uu * pv - uv * pu) / area
    inside = np.stack([1 - second - third, second, third], 1)
    options = [inside]
    for start in range(3):
        end = (start + 1) % 3
        edge = corners[:, end] - corners[:, start]
        along = ((point - corners[:, start]) * edge).sum(1) / np.maximum((edge**2).sum(1), 1e-18)
        share = np.zeros_like(inside)
        share[:, end] = np.clip(along, 0, 1)
        share[:, start] = 1 - share[:, end]
        options.append(share)
    stacked = np.stack(options)
    spots = np.einsum("ofi,fij->ofj", stacked, corners)
    distance = np.linalg.norm(spots - point, axis=2)
    distance[0, (inside < 0).any(1)] = np.inf
    return stacked[distance.argmin(0), np.arange(len(corners))]
