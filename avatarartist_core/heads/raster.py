"""Draws triangles into a z-buffer: which triangle each pixel sees, how deep, and where in it."""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from avatarartist_core.data import Floats

FAR = np.float32(-1e30)
"""Depth of a pixel that no triangle covers."""

_EDGE = 1e-6  # weights this far below 0 still count, so that neighbours leave no crack


@dataclass(frozen=True, eq=False)
class Raster:
    """What each pixel of a (H, W) picture sees.

    Attributes:
        depth: (H, W) float32, larger is nearer, ``FAR`` where empty.
        face: (H, W) int32 triangle, -1 where empty.
        weights: (H, W, 2) float32 barycentric weights of the triangle's corners 1 and 2; corner 0
            has the rest of 1. Not set where empty.
    """

    depth: Floats
    face: NDArray[np.int32]
    weights: Floats


def rasterize(
    points: Floats, faces: NDArray[np.int32], height: int, width: int, *, cull: bool = False
) -> Raster:
    """Draw triangles into a new picture.

    Args:
        points: (N, 3) float32 pixel x, pixel y (the first pixel's centre is (0, 0), y down) and
            depth (larger is nearer); every value finite.
        faces: (F, 3) int32.
        height: rows of the picture.
        width: columns of the picture.
        cull: leave out triangles that face away: those not counter-clockwise with y up.
    """
    depth = np.full((height, width), FAR, np.float32)
    face = np.full((height, width), -1, np.int32)
    weights = np.zeros((height, width, 2), np.float32)
    draw_triangles(
        np.ascontiguousarray(points, np.float32),
        np.ascontiguousarray(faces, np.int32),
        cull,
        depth,
        face,
        weights,
    )
    return Raster(depth, face, weights)


def interpolate(raster: Raster, faces: NDArray[np.int32], values: Floats) -> Floats:
    """Blend (N, C) values of the points over the picture; returns (H, W, C), 0 where empty."""
    picture = np.zeros((*raster.face.shape, values.shape[1]), np.float32)
    blend_corners(
        raster.face,
        raster.weights,
        np.ascontiguousarray(faces, np.int32),
        np.ascontiguousarray(values, np.float32),
        picture,
    )
    return picture


@njit(cache=True, nogil=True, fastmath=True)  # type: ignore[untyped-decorator]
def draw_triangles(
    points: Floats,
    faces: NDArray[np.int32],
    cull: bool,
    depth: Floats,
    face: NDArray[np.int32],
    weights: Floats,
) -> None:
    """Draw into buffers that the caller has cleared (or filled with an earlier drawing).

    Arrays are C-contiguous and of the types and shapes of ``rasterize`` and ``Raster``.
    """
    height, width = face.shape
    for t in range(faces.shape[0]):
        a, b, c = faces[t, 0], faces[t, 1], faces[t, 2]
        ax, ay = np.float64(points[a, 0]), np.float64(points[a, 1])
        bx, by = points[b, 0] - ax, points[b, 1] - ay
        cx, cy = points[c, 0] - ax, points[c, 1] - ay
        area = bx * cy - cx * by
        if abs(area) < 1e-12 or (cull and area > 0):
            continue
        left = int(np.ceil(max(ax + min(0.0, bx, cx) - 1e-4, 0.0)))
        right = int(np.floor(min(ax + max(0.0, bx, cx) + 1e-4, width - 1.0)))
        top = int(np.ceil(max(ay + min(0.0, by, cy) - 1e-4, 0.0)))
        bottom = int(np.floor(min(ay + max(0.0, by, cy) + 1e-4, height - 1.0)))
        if left > right or top > bottom:
            continue
        # Weights of corners 1 and 2 and the depth are planes over the picture: step along them.
        ux, uy = cy / area, -cx / area
        vx, vy = -by / area, bx / area
        az = np.float64(points[a, 2])
        bz, cz = points[b, 2] - az, points[c, 2] - az
        for y in range(top, bottom + 1):
            u = ux * (left - ax) + uy * (y - ay)
            v = vx * (left - ax) + vy * (y - ay)
            for x in range(left, right + 1):
                if u >= -_EDGE and v >= -_EDGE and u + v <= 1.0 + _EDGE:
                    z = np.float32(az + u * bz + v * cz)
                    if z > depth[y, x]:
                        depth[y, x] = z
                        face[y, x] = t
                        weights[y, x, 0] = u
                        weights[y, x, 1] = v
                u += ux
                v += vx


@njit(cache=True, nogil=True, fastmath=True)  # type: ignore[untyped-decorator]
def blend_corners(
    face: NDArray[np.int32],
    weights: Floats,
    faces: NDArray[np.int32],
    values: Floats,
    picture: Floats,
) -> None:
    """Write the blend of the corners' (N, C) values into the covered pixels of (H, W, C)."""
    for y in range(face.shape[0]):
        for x in range(face.shape[1]):
            t = face[y, x]
            if t < 0:
                continue
            u, v = weights[y, x, 0], weights[y, x, 1]
            a, b, c = faces[t, 0], faces[t, 1], faces[t, 2]
            for k in range(values.shape[1]):
                near = values[a, k]
                picture[y, x, k] = near + u * (values[b, k] - near) + v * (values[c, k] - near)
