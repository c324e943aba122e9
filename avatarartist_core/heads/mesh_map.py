"""Head meshes to mesh maps: where in the texture plane each pixel of the face box looks.

One orthographic view from the front of identity and expression without head pose. Maps lie as
planes do: the column grows with x, the ROW GROWS WITH Y, so they are upside down as pictures.
"""

from collections.abc import Iterable

import numpy as np

from avatarartist_core.data import Floats
from avatarartist_core.heads.raster import FAR, blend_corners, draw_triangles
from avatarartist_core.heads.window import BOX_COLUMNS, BOX_ROWS, PLANE_SIDE, FaceWindow
from avatarartist_core.interfaces import HeadModel

SIDE = 256
"""Side of a map in pixels: the face box at twice the resolution of a 256-texel plane."""

_FULL = 512  # side of the picture of the whole plane of which a map is a part
_OPAQUE = 0.5


def mesh_maps(
    head: HeadModel, identity: Floats, expression: Floats, gaze: Floats | None = None
) -> Floats:
    """Draw one map for each frame of a motion.

    Args:
        head: the head model; it must have a ``window``.
        identity: (K,) scores of the avatar.
        expression: (T, E) absolute coefficients.
        gaze: (T, 2) yaw and pitch of the eyes in radians, or None: straight ahead, or part of the
            expression.

    Returns:
        (T, 256, 256, 3) float32: u and v in [-1, 1], and 1 on the face, 0 elsewhere.
    """
    looks = np.zeros((len(expression), 2), np.float32) if gaze is None else gaze
    meshes = (
        head.looking(head.vertices(identity, coefficients), look)
        for coefficients, look in zip(expression, looks, strict=True)
    )
    return maps_of(head.window, meshes, len(expression))


def maps_of(window: FaceWindow, meshes: Iterable[Floats], count: int) -> Floats:
    """Draw one map for each of ``count`` (V, 3) meshes in head units.

    The mask is interpolated like u and v, everything is multiplied by it, and then its square is
    held against 0.5 (facts of the released renderer).
    """
    maps = np.zeros((count, SIDE, SIDE, 3), np.float32)
    values = np.concatenate([window.uv, window.mask[:, None]], 1).astype(np.float32)
    depth = np.empty((SIDE, SIDE), np.float32)
    face = np.empty((SIDE, SIDE), np.int32)
    weights = np.empty((SIDE, SIDE, 2), np.float32)
    for drawn, vertices in zip(maps, meshes, strict=True):
        depth[:], face[:] = FAR, -1
        draw_triangles(pixels(window, vertices), window.faces, False, depth, face, weights)
        blend_corners(face, weights, window.faces_uv, values, drawn)
        drawn *= drawn[..., 2:].copy()
        drawn[..., 2] = drawn[..., 2] > _OPAQUE
    return maps


def pixels(window: FaceWindow, vertices: Floats) -> Floats:
    """Return the (V, 3) column, row and depth of (V, 3) head points in a map."""
    points = window.plane(vertices)
    points[:, :2] = (points[:, :2] + 1) * (_FULL / 2) - 0.5
    points[:, 0] -= BOX_COLUMNS[0] * _FULL // PLANE_SIDE
    points[:, 1] -= BOX_ROWS[0] * _FULL // PLANE_SIDE
    return np.ascontiguousarray(points, np.float32)
