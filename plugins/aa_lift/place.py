"""Lays the face over the sheet's map: which pixel of the portrait each pixel shows.

Where one sample a pixel is enough the map is all that is needed; the other pixels (lids, eyes,
mouth, edges) are flagged for ``shade``.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from avatarartist_core.data import Floats

ATTRIBUTES = 9
"""Per vertex: x, y in the portrait; cover; lid share, x, y in ``lids``; hidden share, x, y."""
EYE, MOUTH = 1, 2
"""What a hole of the face shows."""
SPREAD = 1.3  # texels between a pixel's samples above which one sample would alias


@njit(cache=True, nogil=True, fastmath=True)  # type: ignore[untyped-decorator]
def place(
    source: Floats,
    flags: NDArray[np.uint8],
    left: int,
    top: int,
    samples: int,
    face: NDArray[np.int32],
    weights: Floats,
    faces: NDArray[np.int32],
    values: Floats,
    inside: NDArray[np.uint8],
) -> None:
    """Lay the face over the sheet's map.

    Args:
        source: (H, W, 2) map to change: x, y in the portrait of each pixel.
        flags: (h, w) set to 1 where ``shade`` has to draw.
        left: column of the window in the frame.
        top: row of the window in the frame.
        samples: samples along a pixel's side.
        face: (h * samples, w * samples) triangle of each sample, -1: none.
        weights: (h * samples, w * samples, 2) of it.
        faces: (F, 3) triangles.
        values: (V, 9) per-vertex ``ATTRIBUTES``.
        inside: (h * samples, w * samples) what shows through holes: 0 nothing, ``EYE``, ``MOUTH``.
    """
    height, width = flags.shape
    count = samples * samples
    for y in range(height):
        for x in range(width):
            first = face[y * samples, x * samples]
            hits = holes = alike = 0
            p_sum = q_sum = 0.0
            for s in range(count):
                row, column = y * samples + s // samples, x * samples + s % samples
                t = face[row, column]
                if t >= 0:
                    hits += 1
                    if t == first:
                        alike += 1
                        p_sum += weights[row, column, 0]
                        q_sum += weights[row, column, 1]
                elif inside[row, column] > 0:
                    holes += 1
            if hits == 0 and holes == 0:
                continue
            u = v = cover = special = 0.0
            wide = False
            if alike == count:
                u = _at(faces, values, first, p_sum / count, q_sum / count, 0)
                v = _at(faces, values, first, p_sum / count, q_sum / count, 1)
                cover = values[faces[first, 0], 2]
                if cover < 1:
                    cover = _at(faces, values, first, p_sum / count, q_sum / count, 2)
                for k in range(3):
                    special += values[faces[first, k], 3] + values[faces[first, k], 6]
            else:
                u_low = v_low = 1e9
                u_high = v_high = -1e9
                for s in range(count):
                    row, column = y * samples + s // samples, x * samples + s % samples
                    t = face[row, column]
                    if t < 0:
                        continue
                    p, q = weights[row, column, 0], weights[row, column, 1]
                    u_here, v_here = _at(faces, values, t, p, q, 0), _at(faces, values, t, p, q, 1)
                    u += u_here / count
                    v += v_here / count
                    u_low, u_high = min(u_low, u_here), max(u_high, u_here)
                    v_low, v_high = min(v_low, v_here), max(v_high, v_here)
                    cover += _at(faces, values, t, p, q, 2) / count
                    special += values[faces[t, 0], 3] + values[faces[t, 0], 6]
                wide = u_high - u_low > SPREAD or v_high - v_low > SPREAD
            if hits == count and not wide and special < 0.02:
                source[top + y, left + x, 0] += cover * (u - source[top + y, left + x, 0])
                source[top + y, left + x, 1] += cover * (v - source[top + y, left + x, 1])
            elif holes > 0 or cover > 0.01:
                flags[y, x] = 1


@njit(cache=True, nogil=True, fastmath=True, inline="always")  # type: ignore[untyped-decorator]
def _at(faces: NDArray[np.int32], values: Floats, t: int, p: float, q: float, k: int) -> float:
    near = values[faces[t, 0], k]
    return near + p * (values[faces[t, 1], k] - near) + q * (values[faces[t, 2], k] - near)
