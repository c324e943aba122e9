"""Compiled parts of fast picture convolutions; channels come last, rows of work may be shared.

Letters: H rows, W columns, C channels in, D channels out, R rows of S tiles in a band.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from avatarartist_core.nn.winograd_kernels import POINTS, TILE, _evaluate, _interpolate

Floats = NDArray[np.float32]

# Rows (or columns) i - 1, i, i + 1 of a map, three taps each, to the even and the odd row 2 i and
# 2 i + 1 of the doubled and smoothed map (spec 4.4: stride 2, then [1, 3, 3, 1] / 4).
_NEAR, _FAR = np.float32(0.75), np.float32(0.25)


@njit(cache=True, nogil=True, fastmath=True)  # type: ignore[untyped-decorator]
def picture_to_points(
    x: Floats, first: int, tiles: int, place: int, points: Floats, begin: int, end: int
) -> None:
    """Evaluate the tiles of a band at Winograd's points; zeros lie beyond the border.

    Args:
        x: (H, W, C).
        first: row of ``x`` that the first row of tiles makes.
        tiles: S.
        place: first channel of the points that is written.
        points: (36, R * S, at least place + C), written.
        begin: first row of tiles to do.
        end: row after the last to do.
    """
    height, width, channels = x.shape
    upto = place + channels
    half = np.empty((POINTS, POINTS * channels), np.float32)
    edge = np.zeros((POINTS, POINTS, channels), np.float32)
    for r in range(begin, end):
        top = first + TILE * r - 1
        for t in range(tiles):
            left, at = TILE * t - 1, r * tiles + t
            if top >= 0 and left >= 0 and top + POINTS <= height and left + POINTS <= width:
                right = left + POINTS
                _evaluate(
                    x[top, left:right].reshape(-1), x[top + 1, left:right].reshape(-1),
                    x[top + 2, left:right].reshape(-1), x[top + 3, left:right].reshape(-1),
                    x[top + 4, left:right].reshape(-1), x[top + 5, left:right].reshape(-1),
                    half[0], half[1], half[2], half[3], half[4], half[5],
                )  # fmt: skip
            else:
                edge[:] = 0
                for i in range(max(0, -top), min(POINTS, height - top)):
                    for j in range(max(0, -left), min(POINTS, width - left)):
                        edge[i, j] = x[top + i, left + j]
                _evaluate(
                    edge[0].reshape(-1), edge[1].reshape(-1), edge[2].reshape(-1),
                    edge[3].reshape(-1), edge[4].reshape(-1), edge[5].reshape(-1),
                    half[0], half[1], half[2], half[3], half[4], half[5],
                )  # fmt: skip
            for k in range(POINTS):
                d, n, c = half[k], POINTS * k, channels
                _evaluate(
                    d[:c], d[c : 2 * c], d[2 * c : 3 * c],
                    d[3 * c : 4 * c], d[4 * c : 5 * c], d[5 * c :],
                    points[n, at, place:upto], points[n + 1, at, place:upto],
                    points[n + 2, at, place:upto], points[n + 3, at, place:upto],
                    points[n + 4, at, place:upto], points[n + 5, at, place:upto],
                )  # fmt: skip


@njit(cache=True, nogil=True, fastmath=True)  # type: ignore[untyped-decorator]
def points_to_picture(
    points: Floats,
    tiles: int,
    bias: Floats,
    noise: Floats,
    bend: tuple[float, float, float],
    first: int,
    out: Floats,
    begin: int,
    end: int,
) -> None:
    """Interpolate the tiles of a band and finish them: noise, bias, leaky ReLU, gain, clamp.

    Args:
        points: (36, R * S, D).
        tiles: S.
        bias: (D,).
        noise: (H, W) added to all channels, or (0, 0).
        bend: gain above zero, gain below zero, largest magnitude.
        first: row of ``out`` that the first row of tiles makes.
        out: (H, W, D), written.
        begin: first row of tiles to do.
        end: row after the last to do.
    """
    height, width, channels = out.shape
    half = np.empty((TILE, POINTS, channels), np.float32)
    made = np.empty((TILE, channels), np.float32)
    for r in range(begin, end):
        for t in range(tiles):
            h, w, at = first + TILE * r, TILE * t, r * tiles + t
            for k in range(POINTS):
                _interpolate(
                    points[k, at], points[k + 6, at], points[k + 12, at], points[k + 18, at],
                    points[k + 24, at], points[k + 30, at],
                    half[0, k], half[1, k], half[2, k], half[3, k],
                )  # fmt: skip
            for k in range(min(TILE, height - h)):
                _interpolate(
                    half[k, 0], half[k, 1], half[k, 2], half[k, 3], half[k, 4], half[k, 5],
                    made[0], made[1], made[2], made[3],
                )  # fmt: skip
                for j in range(min(TILE, width - w)):
                    level = noise[h + k, w + j] if noise.size else np.float32(0)
                    _finish(made[j], bias, level, bend, out[h + k, w + j])


@njit(cache=True, nogil=True, fastmath=True)  # type: ignore[untyped-decorator]
def products_to_double(
    products: Floats,
    bias: Floats,
    noise: Floats,
    bend: tuple[float, float, float],
    first: int,
    out: Floats,
    begin: int,
    end: int,
) -> None:
    """Add the nine products of every sample up to the doubled, smoothed picture and finish it.

    Args:
        products: (R + 2, W, 3, 3, D): every sample times the nine taps; row 0 is ``first - 1``.
        bias: (D,).
        noise: (2 H, 2 W) added to all channels, or (0, 0).
        bend: gain above zero, gain below zero, largest magnitude.
        first: sample row that ``begin`` 0 stands for.
        out: (2 H, 2 W, D), written.
        begin: first sample row to do.
        end: row after the last to do.
    """
    width, channels = products.shape[1], products.shape[4]
    size = 3 * channels
    tall = np.zeros((2, 3, 3, channels), np.float32)  # both rows, a ring of three columns
    made = np.empty(channels, np.float32)
    for r in range(begin, end):
        tall[:, 2] = 0
        for j in range(width + 1):
            new = j % 3
            if j < width:
                above, here, below = products[r, j], products[r + 1, j], products[r + 2, j]
                _even(above, here, below, tall[0, new].reshape(-1), size)
                _odd(above, here, below, tall[1, new].reshape(-1), size)
            else:
                tall[:, new] = 0
            if j == 0:
                continue
            for odd in range(2):
                row, column = 2 * (first + r) + odd, 2 * (j - 1)
                left, middle, right = tall[odd, (j - 2) % 3], tall[odd, (j - 1) % 3], tall[odd, new]
                level = noise[row, column] if noise.size else np.float32(0)
                _even(left, middle, right, made, channels)
                _finish(made, bias, level, bend, out[row, column])
                level = noise[row, column + 1] if noise.size else np.float32(0)
                _odd(left, middle, right, made, channels)
                _finish(made, bias, level, bend, out[row, column + 1])


@njit(cache=True, nogil=True, fastmath=True)  # type: ignore[untyped-decorator]
def smooth_padded(x: Floats, out: Floats, begin: int, end: int) -> None:
    """Filter with [1, 3, 3, 1] / 8 along both axes after padding by two zeros.

    Args:
        x: (H, W, C).
        out: (H + 1, W + 1, C), written.
        begin: first row of ``out`` to do.
        end: row after the last to do.
    """
    height, width, channels = x.shape
    tall = np.zeros((width + 4, channels), np.float32)
    inner = tall[2 : width + 2].reshape(-1)
    for h in range(begin, end):
        inner[:] = 0
        for k in range(4):
            row = h + k - 2
            if 0 <= row < height:
                factor = np.float32(0.375) if k in (1, 2) else np.float32(0.125)
                source = x[row].reshape(-1)
                for n in range(inner.size):
                    inner[n] += factor * source[n]
        for w in range(width + 1):
            a, b, c, d, to = tall[w], tall[w + 1], tall[w + 2], tall[w + 3], out[h, w]
            for n in range(channels):
                to[n] = np.float32(0.125) * (a[n] + d[n]) + np.float32(0.375) * (b[n] + c[n])


@njit(nogil=True, fastmath=True, inline="always")
def _even(above, here, below, out, size):  # type: ignore[no-untyped-def]
    a1, a2 = above[1].reshape(-1), above[2].reshape(-1)
    h0, h1, h2 = here[0].reshape(-1), here[1].reshape(-1), here[2].reshape(-1)
    b0 = below[0].reshape(-1)
    for n in range(size):
        out[n] = _NEAR * (a2[n] + h0[n] + h1[n]) + _FAR * (a1[n] + h2[n] + b0[n])


@njit(nogil=True, fastmath=True, inline="always")
def _odd(above, here, below, out, size):  # type: ignore[no-untyped-def]
    a2 = above[2].reshape(-1)
    h0, h1, h2 = here[0].reshape(-1), here[1].reshape(-1), here[2].reshape(-1)
    b0, b1 = below[0].reshape(-1), below[1].reshape(-1)
    for n in range(size):
        out[n] = _NEAR * (h1[n] + h2[n] + b0[n]) + _FAR * (a2[n] + h0[n] + b1[n])


@njit(nogil=True, fastmath=True, inline="always")
def _finish(made, bias, level, bend, out):  # type: ignore[no-untyped-def]
    above, below, largest = np.float32(bend[0]), np.float32(bend[1]), np.float32(bend[2])
    for n in range(out.size):
        value = made[n] + bias[n] + level
        value = max(value * above, value * below)
        out[n] = min(max(value, -largest), largest)
