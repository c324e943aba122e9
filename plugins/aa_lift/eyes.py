"""Paints what the lids hide of the eyeballs, so that they can turn and the lids can open wider."""

import cv2
import numpy as np
from numpy.typing import NDArray

from aa_lift.regions import LEFT_EYE, LEFT_IRIS, RIGHT_EYE, RIGHT_IRIS
from avatarartist_core.data import Floats, Picture
from avatarartist_core.prepare.fill import push_pull

_RINGS = 12  # of the iris, whose mean colours complete what the lids cover


def paint_eyes(picture: Picture, landmarks: Floats) -> Picture:
    """Return the (P, P, 3) picture with both eyeballs continued under the lids."""
    painted = picture.copy()
    for contour, iris in ((RIGHT_EYE, RIGHT_IRIS), (LEFT_EYE, LEFT_IRIS)):
        _paint_eye(painted, landmarks[list(contour), :2], landmarks[list(iris), :2])
    return painted


def eye_mask(shape: tuple[int, int], contour: Floats) -> NDArray[np.bool_]:
    """Mark the inside of a closed (N, 2) contour."""
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round(contour * 16).astype(np.int32)], 1, shift=4)
    return mask > 0


def _paint_eye(painted: Picture, contour: Floats, iris: Floats) -> None:
    """Repaint the neighbourhood of one eye in place."""
    side = painted.shape[0]
    width = float(np.linalg.norm(contour[0] - contour[8]))
    centre, rim = iris[0], iris[1:]
    radius = max(float(np.linalg.norm(rim - centre, axis=1).mean()) * 1.04, 1.0)
    middle = contour.mean(0)
    left, top = np.maximum(np.floor(middle - width).astype(int), 0)
    right, bottom = np.minimum(np.ceil(middle + width).astype(int), side)
    if right - left < 4 or bottom - top < 4:
        return
    part = painted[top:bottom, left:right].astype(np.float32)
    offset = np.array([left, top], np.float32)
    open_eye = eye_mask(part.shape[:2], contour - offset)
    inside = cv2.erode(open_eye.astype(np.uint8), np.ones((3, 3))) > 0
    if not inside.any():
        return
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    away = np.hypot(x - centre[0], y - centre[1])
    white = _sclera(part, inside, away > 1.12 * radius, away < radius)
    ball = _with_iris(white, part, inside, away, (centre - offset), radius)
    away = cv2.distanceTransform((~open_eye).astype(np.uint8), cv2.DIST_L2, 5)
    keep = np.clip(1.5 - away * 512 / max(side, 512), 0, 1)[..., None]
    mixed = part * keep + ball * (1 - keep)
    painted[top:bottom, left:right] = np.clip(mixed + 0.5, 0, 255).astype(np.uint8)


def _sclera(
    part: Floats,
    inside: NDArray[np.bool_],
    outside_iris: NDArray[np.bool_],
    in_iris: NDArray[np.bool_],
) -> Floats:
    """Continue the white of the eye, drawn towards its brighter half."""
    white = inside & outside_iris
    if white.sum() < 6:
        white = inside & ~in_iris
    if white.sum() < 6:
        white = inside
    spread = push_pull(part, white.astype(np.float32))
    colours = part[white]
    brightness = colours.mean(1)
    bright = np.median(colours[brightness >= np.percentile(brightness, 75)], 0)
    plain = bright.mean() + 0.6 * (bright - bright.mean())  # lids tint what little white is seen
    return spread * 0.35 + plain * 0.65


def _with_iris(
    white: Floats,
    part: Floats,
    inside: NDArray[np.bool_],
    away: Floats,
    centre: Floats,
    radius: float,
) -> Floats:
    """Lay a whole iris over the white: seen pixels, mirrored ones, then the rings' colours."""
    seen = inside & (away < radius)
    if seen.sum() < 8:
        return white
    ring = np.clip(away / radius * _RINGS, 0, _RINGS).astype(int)
    colours = np.zeros((_RINGS + 1, 3), np.float32)
    last = part[seen].mean(0)
    for k in range(_RINGS + 1):
        here = seen & (ring == k)
        if here.sum() > 1:
            last = np.median(part[here], 0)
        colours[k] = last
    iris = colours[ring]
    rows = np.arange(part.shape[0])
    mirrored = np.clip(np.round(2 * centre[1] - rows).astype(int), 0, part.shape[0] - 1)
    iris = np.where(seen[mirrored][..., None], part[mirrored], iris)
    iris = np.where(seen[..., None], part, iris)
    edge = np.clip((radius - away) / 1.5 + 0.5, 0, 1)[..., None]
    return np.asarray(iris * edge + white * (1 - edge), np.float32)
