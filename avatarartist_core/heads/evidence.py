"""What one or several pictures tell of a head, as arrays that networks complete to planes.

Letters: R side of a plane.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from avatarartist_core.data import Floats
from avatarartist_core.heads.raster import rasterize
from avatarartist_core.heads.unprojection import Unprojected
from avatarartist_core.heads.window import FaceWindow
from avatarartist_core.prepare.fill import push_pull

TEXTURE, FRONT, PROFILE = 6, 9, 2
"""Channels of the arrays below."""

_MIRRORED = 0.2  # how much the other half of the face says where this one is hidden
_OWN = 0.5  # share of the person from which a texel's colour is the person's


@dataclass(frozen=True, eq=False)
class Evidence:
    """Arrays in [0, 1] unless said otherwise, planes upside down as always.

    Attributes:
        texture: (R, R, 6) filled colour, how well seen, the same mirrored, person.
        front: (R, R, 9) filled colour, how well seen, person, the same two mirrored, whether the
            head lies there, z of the sheet in [-1, 1].
        above: (R, R, 2) whether the head lies there and y of its top in [-1, 1], by x and z.
        beside: (R, R, 2) whether the head lies there and x of its left in [-1, 1], by z and y.
    """

    texture: Floats
    front: Floats
    above: Floats
    beside: Floats


def gather(seen: Unprojected, vertices: Floats, window: FaceWindow) -> Evidence:
    """Fill the gaps of an unprojection and add the head's own outlines.

    Args:
        seen: of one picture, or merged of several.
        vertices: (V, 3) of the head, head units.
        window: its face window.
    """
    side = len(seen.texture)
    texture, front = seen.texture, seen.front
    colour, known, person = texture[..., :3], texture[..., 3], texture[..., 4]
    trusted = known * _own(person)
    filled = _filled(colour, trusted)
    first = np.dstack([filled, trusted, trusted[:, ::-1], person])

    colour, known, person = front[..., :3], front[..., 3], front[..., 4]
    trusted = known * _own(person)
    filled = _filled(colour, trusted)
    sure = known * person
    second = np.dstack(
        [filled, known, sure, known[:, ::-1], sure[:, ::-1], front[..., 5], front[..., 6]]
    )
    plane = window.plane(vertices)
    above = _outline(plane, (0, 2, 1), window, side)
    beside = _outline(plane, (2, 1, 0), window, side)
    return Evidence(first.astype(np.float32), second.astype(np.float32), above, beside)


def outlines(vertices: Floats, window: FaceWindow, side: int) -> Floats:
    """Draw where a (V, 3) head is: (3, R, R) of 0 and 1, for the planes XY, XZ and ZY."""
    plane = window.plane(vertices)
    seen = (_outline(plane, axes, window, side) for axes in ((0, 1, 2), (0, 2, 1), (2, 1, 0)))
    return np.stack([drawn[..., 0] for drawn in seen])


def _own(person: Floats) -> Floats:
    """Trust colours well inside the person only: at its edge they are mixed with what is behind."""
    inner = cv2.erode(np.ascontiguousarray(person), np.ones((3, 3), np.uint8))
    return np.clip((inner - _OWN) / (1 - _OWN), 0, 1)


def _filled(colour: Floats, trusted: Floats) -> Floats:
    other = trusted[:, ::-1] * _MIRRORED * (1 - trusted)
    weight = trusted + other
    mixed = colour * trusted[..., None] + colour[:, ::-1] * other[..., None]
    mean = mixed / np.maximum(weight, 1e-6)[..., None]
    return push_pull(mean.astype(np.float32), np.clip(weight, 0, 1).astype(np.float32))


def _outline(plane: Floats, axes: tuple[int, int, int], window: FaceWindow, side: int) -> Floats:
    """Draw the head along one axis: (R, R, 2) whether it is there, and its place on that axis."""
    points = plane[:, axes].astype(np.float32)
    points[:, :2] = (points[:, :2] + 1) * (side / 2) - 0.5
    raster = rasterize(points, window.whole, side, side)
    hit = (raster.face >= 0).astype(np.float32)
    return np.dstack([hit, np.where(hit > 0, raster.depth, 0)]).astype(np.float32)
