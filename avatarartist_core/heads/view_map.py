"""The head as a camera sees it: what each pixel shows, where in the texture, and how near.

What ``mesh_map`` is for the front plane, this is for the picture itself.
"""

from __future__ import annotations

import numpy as np

from avatarartist_core.data import Floats
from avatarartist_core.heads.raster import interpolate, rasterize
from avatarartist_core.heads.window import KINDS, FaceWindow

CHANNELS = 5


def view_map(
    window: FaceWindow,
    vertices: Floats,
    camera: Floats,
    side: int,
    torso_camera: Floats | None = None,
) -> Floats:
    """Draw the head.

    Args:
        window: the face window of the head; it must have a ``solid``.
        vertices: (V, 3) head units, at rest in the triplane's world.
        camera: (25,) label.
        side: of the picture in pixels.
        torso_camera: (25,) label under which the torso is drawn, which stays when the head turns;
            None: it turns too.

    Returns:
        (side, side, 5) float32: u and v in [-1, 1] (0 where there are no texels), 1 where there
        are, the index into ``window.KINDS`` (0: no head), and 1 / distance along the camera's axis.
    """
    solid = window.solid
    if solid is None:
        raise ValueError(f"the face window of {window.topology!r} does not know its whole head")
    world = window.world(vertices)
    if torso_camera is not None:
        world = _bent(world, window.head_share(vertices), camera, torso_camera)
    raster = rasterize(projected(world, camera, side), solid.faces, side, side)
    drawn = np.zeros((side, side, CHANNELS), np.float32)
    hit = raster.face >= 0
    kind = np.where(hit, solid.kind[raster.face], 0)
    values = np.concatenate([window.uv, window.mask[:, None]], 1).astype(np.float32)
    texels = interpolate(raster, solid.faces_uv, values)
    textured = (kind == KINDS.index("face")) | (kind == KINDS.index("eye"))
    drawn[..., :2] = texels[..., :2] * textured[..., None]
    drawn[..., 2] = textured
    drawn[..., 3] = kind
    drawn[..., 4] = np.where(hit, raster.depth, 0)
    return drawn


def projected(world: Floats, camera: Floats, side: int) -> Floats:
    """Project (..., 3) world points; returns (..., 3) column, row and 1 / distance.

    What lies behind the camera is put far away.
    """
    cam2world, intrinsics = camera[:16].reshape(4, 4), camera[16:].reshape(3, 3)
    local = (world - cam2world[:3, 3]) @ cam2world[:3, :3]
    away = np.maximum(local[..., 2:], 1e-3)
    pixels = ((local / away) @ intrinsics.T)[..., :2] * side - 0.5
    return np.concatenate([pixels, 1 / away], -1).astype(np.float32)


def _bent(world: Floats, share: Floats, camera: Floats, torso_camera: Floats) -> Floats:
    """Leave the torso where its own camera sees it, told in the world of the head."""
    head, torso = (label[:16].reshape(4, 4) for label in (camera, torso_camera))
    stay = head @ np.linalg.inv(torso)
    stayed = world @ stay[:3, :3].T + stay[:3, 3]
    mixed = stayed + share[:, None] * (world - stayed)
    return np.asarray(mixed, np.float32)
