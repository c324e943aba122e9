"""Things that grow on a head: horns, tusks and ears, placed in head units, drawn and lit."""

from dataclasses import dataclass

import cv2
import numpy as np

from aa_stylize import contours
from aa_stylize.scene import Scene
from avatarartist_core.data import Floats

_STEPS = 48  # points along a rib


@dataclass(frozen=True, eq=False)
class Growth:
    """A drawn attachment, each (P, P) float32.

    Attributes:
        cover: in [0, 1], where it is.
        across: from -1 at its one edge to 1 at the other.
        along: from 0 at its root to 1 at its tip.
        normals: (P, P, 3) as of a round tube; x right, y up, z to the viewer.
    """

    cover: Floats
    across: Floats
    along: Floats
    normals: Floats


def grow(scene: Scene, points: Floats, widths: Floats) -> Growth:
    """Draw a bent tube.

    Args:
        scene: whose head it grows on.
        points: (N, 3) places along its middle in head units, from the root to the tip.
        widths: (N,) half widths there in head units.
    """
    drawn = scene.portrait.fit.project(np.asarray(points, np.float32))[:, :2]
    middle = contours.curve(drawn, _STEPS // max(len(points) - 1, 1))
    at = np.linspace(0, 1, len(middle), dtype=np.float32)
    half = np.interp(at, np.linspace(0, 1, len(widths)), widths).astype(np.float32) * scene.unit
    side = scene.side
    nearest = np.full((side, side), np.float32(1e9))
    along, across, radius = (np.zeros((side, side), np.float32) for _ in range(3))
    lean = np.zeros((side, side, 2), np.float32)
    reach = float(half.max()) + 3
    left, top = np.floor(np.clip(middle.min(0) - reach, 0, side - 1)).astype(int)
    right, bottom = np.ceil(np.clip(middle.max(0) + reach, 1, side)).astype(int)
    window = (slice(top, bottom), slice(left, right))
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    for k in range(len(middle) - 1):
        step = middle[k + 1] - middle[k]
        length = max(float(np.linalg.norm(step)), 1e-6)
        ahead = step / length
        dx, dy = x - middle[k, 0], y - middle[k, 1]
        run = np.clip((dx * ahead[0] + dy * ahead[1]) / length, 0, 1)
        off_x, off_y = dx - run * step[0], dy - run * step[1]
        width = half[k] + run * (half[k + 1] - half[k])
        relative = np.hypot(off_x, off_y) - width
        closer = relative < nearest[window]
        sign = np.sign(dx * ahead[1] - dy * ahead[0])
        for into, value in (
            (nearest, relative),
            (along, at[k] + run * (at[k + 1] - at[k])),
            (across, sign * np.hypot(off_x, off_y) / np.maximum(width, 0.5)),
            (radius, width),
            (lean[..., 0], off_x / np.maximum(width, 0.5)),
            (lean[..., 1], off_y / np.maximum(width, 0.5)),
        ):
            into[window][closer] = value[closer]
    lean = np.clip(lean, -1, 1)
    z = np.sqrt(np.clip(1 - (lean**2).sum(-1), 0.02, 1))
    return Growth(
        cover=np.asarray(np.clip(0.5 - nearest, 0, 1), np.float32),
        across=np.clip(across, -1, 1),
        along=along,
        normals=np.stack([lean[..., 0], -lean[..., 1], z], -1).astype(np.float32),
    )


def root(scene: Scene, place: tuple[float, float, float]) -> Floats:
    """Return the (3,) vertex of this very head that is nearest to a place on the mean head."""
    away = scene.overlay.mean - np.asarray(place, np.float32)
    return np.asarray(scene.overlay.head[int((away**2).sum(1).argmin())], np.float32)


def shadow_of(scene: Scene, growth: Growth, reach: float = 0.05) -> Floats:
    """Return the (P, P) soft shadow that an attachment casts down to the right."""
    by = reach * scene.unit
    shift = np.array([[1, 0, 0.5 * by], [0, 1, by]], np.float32)
    moved = cv2.warpAffine(growth.cover, shift, growth.cover.shape[::-1])
    return np.asarray(cv2.GaussianBlur(moved, (0, 0), max(0.6 * by, 0.8)), np.float32)
