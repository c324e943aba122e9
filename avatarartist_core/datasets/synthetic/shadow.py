"""Which places the key light reaches."""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from avatarartist_core.data import Floats
from avatarartist_core.heads.raster import rasterize

_SIDE = 144
_REACH = 2.5  # head units from the middle to the edge of the light's picture
_MIDDLE = (0.0, -0.4, -0.7)
_SLACK = 0.07  # head units that a place may lie behind what the light sees


@dataclass(frozen=True, eq=False)
class Shadow:
    """What the key light sees.

    Attributes:
        depth: (S, S) towards the light, larger is nearer to it.
        axes: (4, 3) right, up and towards the light in head axes, and the middle.
    """

    depth: Floats
    axes: Floats


def cast(points: Floats, faces: NDArray[np.int32], key: Floats) -> Shadow:
    """Draw (N, 3) points joined by (F, 3) triangles as the light of direction ``key`` sees them."""
    across = np.cross([0.0, 1.0, 0.0] if abs(key[1]) < 0.95 else [1.0, 0.0, 0.0], key)
    across /= np.linalg.norm(across)
    axes = np.stack([across, np.cross(key, across), key, _MIDDLE]).astype(np.float32)
    seen = (points - axes[3]) @ axes[:3].T
    seen[:, 0] = (seen[:, 0] / _REACH + 1) * (_SIDE / 2) - 0.5
    seen[:, 1] = (1 - seen[:, 1] / _REACH) * (_SIDE / 2) - 0.5
    return Shadow(rasterize(seen, faces, _SIDE, _SIDE).depth, axes)


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")  # type: ignore[untyped-decorator]
def reached(x: float, y: float, z: float, depth: Floats, axes: Floats) -> float:
    """Return the share of light, in [0, 1], that comes to a place: the mean of 2 x 2 tests."""
    side = depth.shape[0]
    dx, dy, dz = x - axes[3, 0], y - axes[3, 1], z - axes[3, 2]
    right = dx * axes[0, 0] + dy * axes[0, 1] + dz * axes[0, 2]
    up = dx * axes[1, 0] + dy * axes[1, 1] + dz * axes[1, 2]
    near = dx * axes[2, 0] + dy * axes[2, 1] + dz * axes[2, 2] + _SLACK
    column = (right / _REACH + 1) * (side / 2) - 0.5
    row = (1 - up / _REACH) * (side / 2) - 0.5
    if column < 1 or row < 1 or column >= side - 2 or row >= side - 2:
        return 1.0
    left, top = int(column), int(row)
    across, below = np.float32(column - left), np.float32(row - top)
    one, total = np.float32(1.0), np.float32(0.0)
    for i in range(-1, 2):
        # Tests of 3 x 3 texels, the outer ones by how far the place reaches into them.
        down = one - below if i == -1 else below if i == 1 else one
        if near > depth[top + i, left - 1]:
            total += down * (one - across)
        if near > depth[top + i, left]:
            total += down
        if near > depth[top + i, left + 1]:
            total += down * across
    return float(total * np.float32(0.25))
