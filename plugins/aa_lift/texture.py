"""Reads textures between their pixels."""

import numpy as np
from numba import njit

from avatarartist_core.data import Picture


@njit(cache=True, nogil=True, fastmath=True)  # type: ignore[untyped-decorator]
def bilinear(texture: Picture, x: float, y: float, k: int) -> np.float32:
    """Read channel ``k`` of an (H, W, C) texture at pixel coordinates, held at the border."""
    column = min(max(np.float32(x), np.float32(0)), np.float32(texture.shape[1] - 1.001))
    row = min(max(np.float32(y), np.float32(0)), np.float32(texture.shape[0] - 1.001))
    i, j = np.uintp(column), np.uintp(row)
    u, v = column - np.float32(i), row - np.float32(j)
    one = np.uintp(1)
    near, right = np.float32(texture[j, i, k]), np.float32(texture[j, i + one, k])
    below, corner = np.float32(texture[j + one, i, k]), np.float32(texture[j + one, i + one, k])
    top = near + u * (right - near)
    blend: np.float32 = top + v * (below + u * (corner - below) - top)
    return blend
