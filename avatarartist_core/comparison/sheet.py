"""The frame of a comparison: labelled squares in a row."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from avatarartist_core.data import Picture

GROUND, INK = (24, 24, 24), (235, 235, 235)


class Sheet:
    """Lays pictures side by side under one strip of labels, which is drawn once.

    Args:
        labels: one a column; what does not fit its column is cut.
        side: of each square picture in pixels.
    """

    def __init__(self, labels: Sequence[str], side: int) -> None:
        self._side = side
        self._strip = np.concatenate([_label(label, side) for label in labels], axis=1)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of a frame in pixels, both even."""
        height, width = self._strip.shape[:2]
        return width, height + self._side

    def lay(self, pictures: Sequence[Picture]) -> Picture:
        """Lay one (side, side, 3) picture under each label."""
        return np.concatenate([self._strip, np.concatenate(pictures, axis=1)], axis=0)


def squared(picture: Picture, side: int) -> Picture:
    """Fit a (H, W, 3) picture into a square of ``side`` pixels, bars where it is not square."""
    height, width = picture.shape[:2]
    if (height, width) == (side, side):
        return picture
    scale = side / max(height, width)
    small = (max(1, round(width * scale)), max(1, round(height * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = cv2.resize(picture, small, interpolation=way)
    square = np.full((side, side, 3), GROUND, np.uint8)
    left, top = (side - small[0]) // 2, (side - small[1]) // 2
    square[top : top + small[1], left : left + small[0]] = scaled
    return square


def _label(text: str, side: int) -> Picture:
    """Draw one label, centred over its column; returns (strip, side, 3)."""
    height = max(16, side // 16 // 2 * 2)
    font = ImageFont.load_default(round(height * 0.6))
    while font.getlength(text) > side - 8 and len(text) > 1:
        text = text.rstrip("…")[:-1] + "…"
    image = Image.new("RGB", (side, height), GROUND)
    ImageDraw.Draw(image).text((side / 2, height / 2), text, INK, font, anchor="mm")
    return np.asarray(image)
