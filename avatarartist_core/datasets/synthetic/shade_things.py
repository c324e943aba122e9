"""Colours every pixel that sees a thing that people have on."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from avatarartist_core.data import Floats
from avatarartist_core.datasets.synthetic.shading import gleam, shown, sky_at
from avatarartist_core.datasets.synthetic.shadow import reached


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")  # type: ignore[untyped-decorator]
def shade_things(
    face: NDArray[np.int32],
    weights: Floats,
    faces: NDArray[np.int32],
    first: int,
    points: Floats,
    normals: Floats,
    colours: Floats,
    sky: Floats,
    lamps: Floats,
    viewer: Floats,
    dark: Floats,
    axes: Floats,
    picture: Floats,
) -> None:
    """Write display colours; arrays are those of ``Things`` and of ``shade_hair``."""
    at, n, eye, colour = np.empty(3), np.empty(3), np.empty(3), np.empty(4)
    key = lamps[0]
    for row in range(face.shape[0]):
        for column in range(face.shape[1]):
            t = face[row, column] - first
            if t < 0 or t >= faces.shape[0]:
                continue
            u, v = weights[row, column, 0], weights[row, column, 1]
            w = np.float32(1.0) - u - v
            a, b, c = faces[t, 0], faces[t, 1], faces[t, 2]
            far, long, facing, lit = 0.0, 0.0, 0.0, 0.0
            for k in range(3):
                at[k] = w * points[a, k] + u * points[b, k] + v * points[c, k]
                n[k] = w * normals[a, k] + u * normals[b, k] + v * normals[c, k]
                eye[k] = viewer[k] - at[k]
                far += eye[k] * eye[k]
                long += n[k] * n[k]
            far, long = np.sqrt(far), np.sqrt(long) + 1e-6
            for k in range(3):
                eye[k] /= far
                n[k] /= long
                facing += eye[k] * n[k]
            if facing < 0:
                for k in range(3):
                    n[k] = -n[k]
            for k in range(3):
                lit += n[k] * key[k]
            for k in range(4):
                colour[k] = w * colours[a, k] + u * colours[b, k] + v * colours[c, k]
            seen = reached(
                at[0] + 0.08 * n[0], at[1] + 0.08 * n[1], at[2] + 0.08 * n[2], dark, axes
            )
            direct = max((lit + 0.15) / 1.15, 0.0) * seen
            shine = colour[3] * (0.8 * gleam(n[0], n[1], n[2], key, eye, 5) * seen + 0.02)
            for k in range(3):
                light = 0.9 * sky_at(sky, k, n[0], n[1], n[2]) + direct * lamps[1, k]
                picture[row, column, k] = shown(colour[k] * light + shine * lamps[1, k])
