"""Seeded random fields over the painting."""

import cv2
import numpy as np

from avatarartist_core.data import Floats


def smooth(rng: np.random.Generator, side: int, cells: int, channels: int = 1) -> Floats:
    """Return (side, side, channels) cubic noise of ``cells`` cells, about unit variance."""
    coarse = rng.standard_normal((cells, cells, channels), dtype=np.float32)
    if cells < side:
        coarse = cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)
    return np.asarray(coarse, np.float32).reshape(side, side, channels)


def rough(rng: np.random.Generator, side: int, cells: int, octaves: int = 4) -> Floats:
    """Return (side, side) noise with detail at ever smaller sizes, about unit variance."""
    total = np.zeros((side, side), np.float32)
    weight = 1.0
    for octave in range(octaves):
        count = min(cells << octave, side)
        total += np.float32(weight) * smooth(rng, side, count)[..., 0]
        weight *= 0.55
    return total / np.float32(1.2)
