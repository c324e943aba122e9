"""The skull as seen from its middle: a grid of directions and where they leave the head."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from avatarartist_core.data import Floats
from avatarartist_core.datasets.synthetic.surface import surface

MIDDLE = np.array([0, 0.2, -0.72], np.float32)
"""Of the skull, head units; directions start here."""

COLUMNS = 72
"""Directions round the head; column 0 and a further last one are at its back."""

ROWS = 28
"""Directions from the top downwards."""

_EARS = 0.07  # head units that something must stick out to be no part of the skull

LOWEST = 2.55
"""Angle of the last row from the top, radians."""


HAIRLINE = (
    (0.0, 1.08), (0.42, 1.1), (0.7, 1.19), (0.9, 1.4), (1.05, 1.8), (1.2, 1.72), (1.38, 1.46),
    (1.75, 1.5), (1.95, 1.9), (2.3, 2.2), (3.15, 2.42),
)  # fmt: skip
"""The natural hairline: angle round the head from the front, angle from the top."""


@dataclass(frozen=True, eq=False)
class Grid:
    """Directions from the middle of the skull (R rows, C columns with the first one repeated).

    Attributes:
        around: (C,) angle round the head, radians: 0 at the front, positive to the picture's right.
        down: (R,) angle from the top.
        directions: (R, C, 3) unit vectors.
        face: (R, C) triangle of the head that each leaves through.
        weights: (R, C, 3) where in it.
        faces: (F, 3) triangles that join the grid's points, facing outwards.
    """

    around: Floats
    down: Floats
    directions: Floats
    face: NDArray[np.int32]
    weights: Floats
    faces: NDArray[np.int32]

    def radii(self, vertices: Floats) -> Floats:
        """Return the (R, C) distances of a head's surface from ``MIDDLE``, ears smoothed away."""
        corners = vertices[surface().mesh.faces[self.face]]
        points = np.einsum("rcij,rci->rcj", corners, self.weights)
        far = np.linalg.norm(points - MIDDLE, axis=-1).astype(np.float32)
        around = np.concatenate([far[:, -9:-1], far, far[:, 1:9]], 1)
        smooth = cv2.morphologyEx(around, cv2.MORPH_OPEN, np.ones((5, 7), np.uint8))
        skull = np.where(around - smooth > _EARS, smooth, around)
        return np.asarray(cv2.GaussianBlur(skull, (0, 0), 0.7)[:, 8:-8], np.float32)


@cache
def grid() -> Grid:
    """Trace the grid through the shipped head."""
    body = surface()
    around = np.linspace(-np.pi, np.pi, COLUMNS + 1)
    down = np.linspace(0.0, LOWEST, ROWS)
    flat, up = np.sin(down)[:, None], np.cos(down)[:, None] * np.ones_like(around)
    directions = np.stack([flat * np.sin(around), up, flat * np.cos(around)], -1).astype(np.float32)
    skin = np.flatnonzero(body.mesh.faces_of("skin")).astype(np.int32)
    triangles = body.mesh.vertices[body.mesh.faces[skin]] - MIDDLE
    face = np.zeros(directions.shape[:2], np.int32)
    weights = np.zeros((*directions.shape[:2], 3), np.float32)
    _trace(directions, np.ascontiguousarray(triangles), face, weights)
    return Grid(
        around=around.astype(np.float32),
        down=down.astype(np.float32),
        directions=directions,
        face=skin[face],
        weights=weights,
        faces=grid_faces(ROWS, COLUMNS + 1),
    )


def grid_faces(rows: int, columns: int) -> NDArray[np.int32]:
    """Return the triangles that join a grid of points, rows downwards, columns to the right."""
    first = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
    upper = np.stack([first, first + columns, first + 1], 1)
    lower = np.stack([first + 1, first + columns, first + columns + 1], 1)
    return np.concatenate([upper, lower]).astype(np.int32)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _trace(directions: Floats, triangles: Floats, face: NDArray[np.int32], weights: Floats) -> None:
    """Find the last triangle that each ray from the origin crosses (Möller and Trumbore)."""
    for row in range(directions.shape[0]):
        for column in range(directions.shape[1]):
            dx, dy, dz = directions[row, column]
            best = 0.0
            for t in range(triangles.shape[0]):
                ax, ay, az = triangles[t, 0]
                e1, e2 = triangles[t, 1] - triangles[t, 0], triangles[t, 2] - triangles[t, 0]
                px, py, pz = (
                    dy * e2[2] - dz * e2[1],
                    dz * e2[0] - dx * e2[2],
                    dx * e2[1] - dy * e2[0],
                )
                area = e1[0] * px + e1[1] * py + e1[2] * pz
                if abs(area) < 1e-12:
                    continue
                u = -(ax * px + ay * py + az * pz) / area
                if u < 0 or u > 1:
                    continue
                qx, qy, qz = (
                    az * e1[1] - ay * e1[2],
                    ax * e1[2] - az * e1[0],
                    ay * e1[0] - ax * e1[1],
                )
                v = (dx * qx + dy * qy + dz * qz) / area
                if v < 0 or u + v > 1:
                    continue
                far = (e2[0] * qx + e2[1] * qy + e2[2] * qz) / area
                if far > best:
                    best = far
                    face[row, column] = t
                    weights[row, column] = np.array([1 - u - v, u, v], np.float32)
