"""Lays colours over paintings, in compiled loops."""

import numpy as np
from numba import njit

from avatarartist_core.data import Floats


def lay(painting: Floats, mask: Floats, colour: Floats, strength: float) -> None:
    """Lay a colour over a painting where a mask is, in place.

    Args:
        painting: (S, S, 3) float32.
        mask: (S, S); counts as 0 below 0 and as 1 above 1.
        colour: (3,)
        strength: share of the colour where the mask is 1.
    """
    mask = np.ascontiguousarray(mask, np.float32)
    rows = np.flatnonzero(mask.max(1) > 0)
    if len(rows):
        part = slice(rows[0], rows[-1] + 1)
        _lay(painting[part], mask[part], np.asarray(colour, np.float32), np.float32(strength))


def toned(light: Floats, tone: Floats) -> Floats:
    """Return the (S, S, 3) product of an (S, S) brightness and a (3,) colour."""
    painting = np.empty((*light.shape, 3), np.float32)
    _tone(np.ascontiguousarray(light, np.float32), np.asarray(tone, np.float32), painting)
    return painting


def finished(painting: Floats, gloss: Floats) -> Floats:
    """Return (S, S, 4): the (S, S, 3) sRGB painting made linear, and the (S, S) gloss."""
    whole = np.empty((*gloss.shape, 4), np.float32)
    _finish(painting, np.ascontiguousarray(gloss, np.float32), whole)
    return whole


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _lay(painting: Floats, mask: Floats, colour: Floats, strength: np.float32) -> None:
    one = np.float32(1.0)
    for row in range(mask.shape[0]):
        for column in range(mask.shape[1]):
            share = mask[row, column]
            if share <= 0:
                continue
            share = min(share, one) * strength
            for k in range(3):
                value = painting[row, column, k]
                painting[row, column, k] = value + (colour[k] - value) * share


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _tone(light: Floats, tone: Floats, painting: Floats) -> None:
    for row in range(light.shape[0]):
        for column in range(light.shape[1]):
            for k in range(3):
                painting[row, column, k] = light[row, column] * tone[k]


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _finish(painting: Floats, gloss: Floats, whole: Floats) -> None:
    low, one = np.float32(0.01), np.float32(1.0)
    for row in range(gloss.shape[0]):
        for column in range(gloss.shape[1]):
            for k in range(3):
                value = min(max(painting[row, column, k], low), one)
                whole[row, column, k] = value * value
            whole[row, column, 3] = min(max(gloss[row, column], np.float32(0.0)), one)
