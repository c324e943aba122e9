"""Reads textures between their pixels."""

from numba import njit

from avatarartist_core.data import Picture


@njit(cache=True, nogil=True, fastmath=True)  # type: ignore[untyped-decorator]
def bilinear(texture: Picture, x: float, y: float, k: int) -> float:
    """Read channel ``k`` of an (H, W, C) texture at pixel coordinates, held at the border."""
    x = min(max(x, 0.0), texture.shape[1] - 1.001)
    y = min(max(y, 0.0), texture.shape[0] - 1.001)
    i, j = int(x), int(y)
    u, v = x - i, y - j
    above = texture[j, i, k] * (1 - u) + texture[j, i + 1, k] * u
    below = texture[j + 1, i, k] * (1 - u) + texture[j + 1, i + 1, k] * u
    return above * (1 - v) + below * v
