"""Parts of the frame that are drawn with several samples a pixel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Floats
from avatarartist_core.heads.raster import Raster, rasterize


@dataclass(frozen=True)
class Window:
    """A rectangle of the frame, drawn with several samples along a pixel's side."""

    left: int
    top: int
    width: int
    height: int
    samples: int

    def raster(self, points: Floats, faces: NDArray[np.int32], *, cull: bool = False) -> Raster:
        """Draw triangles given in frame pixels."""
        offset = np.array([self.left, self.top, 0], np.float32)
        factor = np.array([self.samples, self.samples, 1], np.float32)
        shift = np.array([1, 1, 0], np.float32) * ((self.samples - 1) / 2)
        inside = ((points - offset) * factor + shift).astype(np.float32)
        size = (self.height * self.samples, self.width * self.samples)
        return rasterize(inside, faces, *size, cull=cull)

    def within(self, other: Window) -> Window | None:
        """Cut to another window; None when nothing is left."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        right = min(self.left + self.width, other.left + other.width)
        bottom = min(self.top + self.height, other.top + other.height)
        if right <= left or bottom <= top:
            return None
        return Window(left, top, right - left, bottom - top, self.samples)

    def samples_from(self, other: Window) -> tuple[int, int]:
        """Return this window's column and row among the samples of a window around it."""
        return (self.left - other.left) * self.samples, (self.top - other.top) * self.samples


def window_over(points: Floats, size: int, samples: int, margin: int = 2) -> Window | None:
    """Return the part of the frame that (N, 2 or 3) points span, None when outside."""
    left, top = np.maximum(np.floor(points[:, :2].min(0)).astype(int) - margin, 0)
    right, bottom = np.minimum(np.ceil(points[:, :2].max(0)).astype(int) + margin + 1, size)
    if right - left < 1 or bottom - top < 1:
        return None
    return Window(int(left), int(top), int(right - left), int(bottom - top), samples)
