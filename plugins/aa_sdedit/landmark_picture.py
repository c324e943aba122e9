"""The picture that the landmark ControlNet reads: coloured lines on black."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Floats, Picture

THICKNESS = 2
"""Of the lines, pixels."""
HALF_PUPIL = 2
"""Half the side of the square that marks a pupil, pixels."""


@dataclass(frozen=True)
class Line:
    """A run of landmarks joined in order.

    Attributes:
        colour: RGB.
        points: numbers of the landmarks.
        closed: whether the last is joined to the first.
    """

    colour: tuple[int, int, int]
    points: tuple[int, ...]
    closed: bool = True

    def pairs(self) -> list[tuple[int, int]]:
        """List the connections."""
        ends = self.points[1:] + self.points[:1] if self.closed else self.points[1:]
        return list(zip(self.points, ends, strict=False))


OVAL, LIPS = (10, 200, 10), (10, 180, 10)
RIGHT_EYE, RIGHT_BROW, RIGHT_PUPIL = (180, 200, 10), (180, 220, 10), (250, 200, 10)
LEFT_EYE, LEFT_BROW, LEFT_PUPIL = (10, 200, 180), (10, 220, 180), (10, 200, 250)

# Connections of MediaPipe's face mesh (Apache-2.0), as runs; left and right are the person's own.
LINES = (
    Line(OVAL, (10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288,
                397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136,
                172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109)),
    Line(LIPS, (61, 146, 91, 181, 84, 17, 314, 405, 321, 375,
                291, 409, 270, 269, 267, 0, 37, 39, 40, 185)),
    Line(LIPS, (78, 95, 88, 178, 87, 14, 317, 402, 318, 324,
                308, 415, 310, 311, 312, 13, 82, 81, 80, 191)),
    Line(LEFT_EYE, (263, 249, 390, 373, 374, 380, 381, 382,
                    362, 398, 384, 385, 386, 387, 388, 466)),
    Line(LEFT_BROW, (276, 283, 282, 295, 285), closed=False),
    Line(LEFT_BROW, (300, 293, 334, 296, 336), closed=False),
    Line(RIGHT_EYE, (33, 7, 163, 144, 145, 153, 154, 155,
                     133, 173, 157, 158, 159, 160, 161, 246)),
    Line(RIGHT_BROW, (46, 53, 52, 65, 55), closed=False),
    Line(RIGHT_BROW, (70, 63, 105, 66, 107), closed=False),
)  # fmt: skip
PUPILS = ((468, RIGHT_PUPIL), (473, LEFT_PUPIL))


def landmark_picture(landmarks: Floats, side: int, drawn: int) -> Picture:
    """Draw face oval, lips, eyes, brows and pupils as the ControlNet was trained on them.

    A connection with an end outside the picture is left out, and so is a pupil outside.

    Args:
        landmarks: (478, 2 or 3) in pixels of a square picture.
        side: side of that picture.
        drawn: side of the picture to draw.

    Returns:
        (drawn, drawn, 3) uint8 RGB.
    """
    pixels = _pixels(landmarks, side, drawn)
    inside = np.all((pixels >= 0) & (pixels < drawn), axis=1)
    canvas = np.zeros((drawn, drawn, 3), np.uint8)
    for line in LINES:
        for start, end in line.pairs():
            if inside[start] and inside[end]:
                ends = (_point(pixels[start]), _point(pixels[end]))
                cv2.line(canvas, *ends, line.colour, THICKNESS)
    for number, colour in PUPILS:
        if inside[number]:
            x, y = _point(pixels[number])
            rows = slice(max(y - HALF_PUPIL, 0), y + HALF_PUPIL)
            columns = slice(max(x - HALF_PUPIL, 0), x + HALF_PUPIL)
            canvas[rows, columns] = colour
    return canvas


def _pixels(landmarks: Floats, side: int, drawn: int) -> NDArray[np.int64]:
    """Return the (478, 2) pixels that the landmarks fall into."""
    places = (landmarks[:, :2].astype(np.float64) + 0.5) * (drawn / side)
    return np.floor(places).astype(np.int64)


def _point(pixel: NDArray[np.int64]) -> tuple[int, int]:
    return int(pixel[0]), int(pixel[1])
