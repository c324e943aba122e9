"""The square around a face, cut from the file's own pixels."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from avatarartist_core.config import PrepareConfig
from avatarartist_core.data import Floats, HeadFit

_BELOW = 0.12
"""The crop's centre lies this far below the eyes, in head units."""

_ROOM = 1.12
"""A picture too small for the margin is left only so far that the landmarks keep this room."""


@dataclass(frozen=True)
class Crop:
    """A square of whole pixels, scaled down to at most ``pixels``.

    Attributes:
        left, top: its first pixel in the picture; may lie outside when the face fills it.
        side: pixels of the picture.
        pixels: side of the result, never more than ``side``.
    """

    left: int
    top: int
    side: int
    pixels: int

    def to_picture(self) -> Floats:
        """Return the (2, 3) map from pixels of the crop to pixels of the picture."""
        step = self.side / self.pixels
        shift = (step - 1) / 2
        return np.array([[step, 0, self.left + shift], [0, step, self.top + shift]], np.float32)

    def landmarks(self, landmarks: Floats) -> Floats:
        """Carry (478, 3) landmarks of the picture into the crop."""
        step = self.side / self.pixels
        moved = landmarks / np.float32(step)
        moved[:, :2] -= self.to_picture()[:, 2] / np.float32(step)
        return moved

    def cut(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Cut it from an (H, W) or (H, W, 3) picture; edges repeat where it reaches outside."""
        height, width = picture.shape[:2]
        right, bottom = self.left + self.side, self.top + self.side
        part = picture[max(self.top, 0) : bottom, max(self.left, 0) : right]
        above, below = max(-self.top, 0), max(bottom - height, 0)
        before, after = max(-self.left, 0), max(right - width, 0)
        if above or below or before or after:
            repeat = cv2.BORDER_REPLICATE
            wider = cv2.copyMakeBorder(part, above, below, before, after, repeat)
            part = np.asarray(wider, np.uint8)
        if self.pixels < self.side:
            size = (self.pixels, self.pixels)
            part = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
        return np.ascontiguousarray(part)


def crop_around(
    fit: HeadFit, landmarks: Floats, width: int, height: int, config: PrepareConfig
) -> Crop:
    """Frame a face: inside the picture when at all possible.

    Args:
        fit: the head over the picture.
        landmarks: (478, 3) in pixels of the picture.
        width: of the picture in pixels.
        height: of the picture in pixels.
        config: margin and resolution.
    """
    points = landmarks[:, :2]
    needed = np.ptp(points, axis=0).max() / 2 * _ROOM
    half = max(min(config.margin * fit.scale, min(width, height) / 2), needed)
    side = max(round(2 * half), 2)
    x, y = fit.translation[0], fit.translation[1] + _BELOW * fit.scale
    if side > min(width, height):  # the face alone is wider: it must be whole
        x, y = (points.min(0) + points.max(0)) / 2
    left, top = _placed(x, side, width), _placed(y, side, height)
    return Crop(left, top, side, min(side, config.resolution))


def _placed(center: float, side: int, length: int) -> int:
    """Start a run of ``side`` pixels about ``center``, inside ``length`` if it fits."""
    start = round(float(center) + 0.5 - side / 2)
    if side > length:
        return min(max(start, length - side), 0)
    return min(max(start, 0), length - side)
