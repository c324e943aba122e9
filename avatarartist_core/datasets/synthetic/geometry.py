"""Normals of meshes, places on the painted surface, and what a camera sees of points."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from avatarartist_core.data import Floats

INSIDE = (0.0, -0.35, -0.9)
"""Head units; where the angles of the painted surface are seen from."""


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")  # type: ignore[untyped-decorator]
def angle_of(y: float, x: float) -> float:
    """Return the angle of (x, y) in radians, within 3e-4: a polynomial, several times as fast."""
    wide, tall = abs(x), abs(y)
    share = min(wide, tall) / (max(wide, tall) + 1e-9)
    square = share * share
    angle = ((-0.0464964749 * square + 0.15931422) * square - 0.327622764) * square * share + share
    if tall > wide:
        angle = 1.57079633 - angle
    if x < 0:
        angle = 3.14159265 - angle
    return -angle if y < 0 else angle


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")  # type: ignore[untyped-decorator]
def place(x: float, y: float, z: float) -> tuple[float, float]:
    """Return the place in the painting, each in [0, 1], of a point of the laid open head.

    Columns grow with the angle round the vertical axis, rows with the one downwards; both are
    stretched so that the face has most of the painting. ``places`` is its exact twin.
    """
    dx, dy, dz = x, y + 0.35, z + 0.9  # from ``INSIDE``
    around = angle_of(dx, dz) * 0.318309886
    rise = angle_of(dy, np.sqrt(dx * dx + dz * dz)) * 0.636619772
    u = 0.5 + 1.5 * around / (1.0 + 2.0 * abs(around))
    v = 0.5 - rise / (1.0 + abs(rise))
    return u, v


def places(points: Floats) -> Floats:
    """Return the (N, 2) places in the painting of (N, 3) points of the laid open head."""
    x, y, z = (points - np.array(INSIDE, np.float32)).T
    around = np.arctan2(x, z) / np.pi
    rise = np.arctan2(y, np.hypot(x, z)) / (0.5 * np.pi)
    u = 0.5 + 0.5 * around * 3 / (1 + 2 * np.abs(around))
    v = 0.5 - 0.5 * rise * 2 / (1 + np.abs(rise))
    return np.stack([u, v], 1).astype(np.float32)


def vertex_normals(vertices: Floats, faces: NDArray[np.int32]) -> Floats:
    """Return (V, 3) unit normals: the sum of the triangles' around each vertex."""
    normals = np.zeros_like(vertices, np.float32)
    _sum_normals(np.ascontiguousarray(vertices, np.float32), faces, normals)
    return normals


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _sum_normals(vertices: Floats, faces: NDArray[np.int32], normals: Floats) -> None:
    for t in range(faces.shape[0]):
        a, b, c = faces[t, 0], faces[t, 1], faces[t, 2]
        ux, uy, uz = (
            vertices[b, 0] - vertices[a, 0],
            vertices[b, 1] - vertices[a, 1],
            vertices[b, 2] - vertices[a, 2],
        )
        vx, vy, vz = (
            vertices[c, 0] - vertices[a, 0],
            vertices[c, 1] - vertices[a, 1],
            vertices[c, 2] - vertices[a, 2],
        )
        x, y, z = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        for corner in (a, b, c):
            normals[corner, 0] += x
            normals[corner, 1] += y
            normals[corner, 2] += z
    for i in range(normals.shape[0]):
        x, y, z = normals[i, 0], normals[i, 1], normals[i, 2]
        length = np.sqrt(x * x + y * y + z * z) + 1e-12
        normals[i, 0] = x / length
        normals[i, 1] = y / length
        normals[i, 2] = z / length


def seen_by(camera: Floats, points: Floats) -> Floats:
    """Return (N, 3): place in the picture, each in [0, 1], and depth in world units.

    Args:
        camera: (25,) EG3D label.
        points: (N, 3) in the world of the label.
    """
    cam2world, intrinsics = camera[:16].reshape(4, 4), camera[16:].reshape(3, 3)
    local = (points - cam2world[:3, 3]) @ cam2world[:3, :3]
    flat = local @ intrinsics.T
    return np.concatenate([flat[:, :2] / flat[:, 2:], local[:, 2:]], 1).astype(np.float32)
