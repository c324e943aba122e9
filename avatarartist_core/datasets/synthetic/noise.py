"""Seeded random fields over paintings and pictures."""

from functools import cache

import cv2
import numpy as np

from avatarartist_core.data import Floats

_SIDE = 512  # of the fields that are made once


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


def grain(rng: np.random.Generator, kind: float) -> Floats:
    """Return (512, 512) fine noise of unit variance: a field made once, shifted and turned.

    Args:
        rng: decides the shift.
        kind: one of 0 (each texel by itself), 0.8 and 1.3 (blurred by so many texels), -32 (skin:
            ``rough`` noise of 32 cells).
    """
    down, right, turns = (int(value) for value in rng.integers(0, (_SIDE, _SIDE, 4)))
    return np.roll(np.rot90(_field(kind), turns), (down, right), (0, 1))


@cache
def _field(kind: float) -> Floats:
    rng = np.random.default_rng([31, int(abs(kind) * 10)])
    if kind < 0:
        field = rough(rng, _SIDE, int(-kind))
    else:
        field = rng.standard_normal((_SIDE, _SIDE), dtype=np.float32)
        if kind:
            field = np.asarray(cv2.GaussianBlur(field, (0, 0), kind), np.float32)
    return np.asarray(field / field.std(), np.float32)
