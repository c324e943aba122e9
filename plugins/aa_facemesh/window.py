"""Square windows on a picture, turned and scaled, and their pixels without aliasing."""

from dataclasses import dataclass

import cv2
import numpy as np

from avatarartist_core.data import Floats, Picture

_BORDER = 127


@dataclass(frozen=True)
class Window:
    """A square laid over a picture.

    Attributes:
        x, y: its centre in pixels of the picture.
        side: pixels of the picture.
        angle: radians, positive turns it clockwise as drawn.
    """

    x: float
    y: float
    side: float
    angle: float = 0.0

    def to_picture(self, pixels: int) -> Floats:
        """Return the (2, 3) map from a (pixels, pixels) copy of the window to the picture."""
        step = self.side / pixels
        c, s = step * np.cos(self.angle), step * np.sin(self.angle)
        half = (pixels - 1) / 2
        return np.array(
            [[c, -s, self.x - half * (c - s)], [s, c, self.y - half * (s + c)]], np.float32
        )

    def copy(self, picture: Picture, pixels: int) -> Picture:
        """Draw the window as (pixels, pixels, 3); grey where it leaves the picture."""
        to_picture = self.to_picture(pixels)
        shrink = int(self.side / pixels)
        if shrink >= 2:
            picture, to_picture = self._shrunk(picture, to_picture, shrink)
        return cv2.warpAffine(
            picture,
            to_picture,
            (pixels, pixels),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(_BORDER, _BORDER, _BORDER),
        )

    def _shrunk(self, picture: Picture, to_picture: Floats, shrink: int) -> tuple[Picture, Floats]:
        """Average blocks of ``shrink`` pixels around the window before it is sampled."""
        reach = self.side * (abs(np.cos(self.angle)) + abs(np.sin(self.angle))) / 2 + 2 * shrink
        height, width = picture.shape[:2]
        left, top = int(max(self.x - reach, 0)), int(max(self.y - reach, 0))
        right, bottom = min(int(self.x + reach) + 1, width), min(int(self.y + reach) + 1, height)
        columns, rows = max((right - left) // shrink, 1), max((bottom - top) // shrink, 1)
        part = picture[top : top + rows * shrink, left : left + columns * shrink]
        part = cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA)
        moved = to_picture.copy()
        moved[:, 2] -= (left, top)
        moved[:, 2] -= (shrink - 1) / 2
        return part, moved / np.float32(shrink)


def apply(affine: Floats, points: Floats) -> Floats:
    """Carry (..., 2) points through a (2, 3) map."""
    return points @ affine[:, :2].T + affine[:, 2]
