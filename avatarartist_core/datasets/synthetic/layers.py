"""Lays colours over paintings."""

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
    _lay(
        painting,
        np.ascontiguousarray(mask, np.float32),
        np.asarray(colour, np.float32),
        np.float32(strength),
    )


@njit(cache=True, nogil=True, fastmath=True)  # type: ignore[untyped-decorator]
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
