"""Pictures turned the way the camera said they should be shown."""

import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Picture

UPRIGHT: tuple[int, int, int, int] = (1, 0, 0, 1)


def turn_of_matrix(matrix: bytes) -> tuple[int, int, int, int]:
    """Reduce a container's display matrix to a quarter turn, mirrored or not.

    Args:
        matrix: 9 native-endian int32; the first two columns map stored x, y to shown x, y.

    Returns:
        (a, b, c, d), each -1, 0 or 1: shown x is ``a x + c y``, shown y is ``b x + d y``.
    """
    values: NDArray[np.int32] = np.frombuffer(matrix, np.int32)
    a, b, c, d = (int(values[place]) for place in (0, 1, 3, 4))
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return (-1 if a < 0 else 1, 0, 0, -1 if d < 0 else 1)
    return (0, -1 if b < 0 else 1, -1 if c < 0 else 1, 0)


def turned(picture: Picture, turn: tuple[int, int, int, int]) -> Picture:
    """Turn an (H, W, 3) picture by what ``turn_of_matrix`` gave."""
    if turn == UPRIGHT:
        return picture
    a, b, c, d = turn
    if not a:
        picture, a, d = picture.transpose(1, 0, 2), c, b
    return np.ascontiguousarray(picture[:: d or 1, :: a or 1])
