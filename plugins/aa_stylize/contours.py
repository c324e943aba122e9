"""The face's contours by landmark number, and soft masks drawn from them."""

import cv2
import numpy as np

from avatarartist_core.data import Floats, Picture

OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152,
    148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
RIGHT_EYE = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
"""Outer corner, upper lid, inner corner, lower lid of the person's right eye."""
LEFT_EYE = (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249)
EYES = (RIGHT_EYE, LEFT_EYE)
IRISES = ((468, 469, 470, 471, 472), (473, 474, 475, 476, 477))
"""Centre, then the rim: the person's right eye, the left one."""
BROWS = (
    (70, 63, 105, 66, 107, 55, 65, 52, 53, 46),
    (300, 293, 334, 296, 336, 285, 295, 282, 283, 276),
)
"""Upper edge from the outer end inwards, then the lower edge back."""
OUTER_LIPS = (
    61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146,
)  # fmt: skip
INNER_LIPS = (
    78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95,
)  # fmt: skip
NOSE_BRIDGE = (168, 6, 197, 195, 5, 4)
NOSE_WINGS = (129, 98, 97, 2, 326, 327, 358)
"""Under the nose from wing to wing."""

_SHIFT = 4  # bits below a pixel in cv2's drawing


def fill(points: Floats, side: int, feather: float = 0.0) -> Floats:
    """Fill a polygon of (N, 2) pixel positions; returns (side, side) in [0, 1], edges smooth.

    Args:
        points: corners in order.
        side: of the mask in pixels.
        feather: sigma of the softened edge in pixels.
    """
    mask = np.zeros((side, side), np.uint8)
    corners = np.rint(points * (1 << _SHIFT)).astype(np.int32)
    cv2.fillPoly(mask, [corners], 255, cv2.LINE_AA, _SHIFT)
    return _soft(mask, feather)


def stroke(points: Floats, side: int, width: float, feather: float = 0.0) -> Floats:
    """Draw a polyline through (N, 2) pixel positions, ``width`` pixels wide, below 1 fainter."""
    mask = np.zeros((side, side), np.uint8)
    corners = np.rint(points * (1 << _SHIFT)).astype(np.int32)
    cv2.polylines(mask, [corners], False, 255, max(1, round(width)), cv2.LINE_AA, _SHIFT)
    return _soft(mask, feather) * np.float32(min(1.0, width))


def disc(centre: Floats, radius: float, side: int) -> Floats:
    """Fill a circle; its edge is one pixel soft."""
    y, x = np.mgrid[:side, :side].astype(np.float32)
    away = np.hypot(x - centre[0], y - centre[1])
    return np.asarray(np.clip(radius + 0.5 - away, 0, 1), np.float32)


def curve(points: Floats, steps: int = 6) -> Floats:
    """Run a smooth curve (Catmull-Rom) through (N, 2) points."""
    ends = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    t = np.linspace(0, 1, steps, endpoint=False, dtype=np.float32)[:, None, None]
    a, b, c, d = ends[:-3], ends[1:-2], ends[2:-1], ends[3:]
    along = b + t / 2 * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
    run = along.transpose(1, 0, 2).reshape(-1, 2)
    return np.asarray(np.concatenate([run, points[-1:]]), np.float32)


def _soft(mask: Picture, feather: float) -> Floats:
    share = mask.astype(np.float32) / np.float32(255)
    if feather < 0.3:
        return share
    return np.asarray(cv2.GaussianBlur(share, (0, 0), feather), np.float32)
