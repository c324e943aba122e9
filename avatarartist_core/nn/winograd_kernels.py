"""Compiled parts of fast 3 x 3 correlation: pictures to the points of tiles and back.

Winograd's F(4 x 4, 3 x 3) at the points 0, +-1/sqrt(2), +-sqrt(2) and infinity, whose rounding
errors are a quarter of those of the usual 0, +-1, +-2. Channels come last, so that every loop
runs over neighbours in memory, and a loop writes to one place only, so that it is vectorised.

Letters: C channels, P planes, M products along the planes, R rows of S tiles in a band.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

TILE = 4
POINTS = 6

A, B = 0.5**0.5, 2.0**0.5

FILTER = np.array(
    [
        [1, 0, 0],
        [-2 / 3, -2 / 3 * A, -1 / 3],
        [-2 / 3, 2 / 3 * A, -1 / 3],
        [1 / 6, B / 6, 1 / 3],
        [1 / 6, -B / 6, 1 / 3],
        [0, 0, 1],
    ],
    np.float32,
)
"""(6, 3) taps to their values at the points."""

Floats = NDArray[np.float32]

BLOCK = 2048  # floats that stay in the nearest cache while they are worked on

_A, _B = np.float32(A), np.float32(B)
_AA, _BB, _SUM = np.float32(0.5), np.float32(2.0), np.float32(2.5)
_AAA, _BBB = np.float32(A**3), np.float32(B**3)


@njit(cache=True, nogil=True, fastmath=True)  # type: ignore[untyped-decorator]
def filter_points(
    taps: Floats, along: Floats, table: Floats, out: Floats, begin: int, end: int
) -> None:
    """Evaluate filters at the points, for one product of planes.

    Args:
        taps: (K, 3, 3, N) filters, K taps along the planes.
        along: (K,) factors of those taps.
        table: ``FILTER``.
        out: (36, N), written.
        begin: first of the N to do.
        end: after the last to do.
    """
    flat = np.empty((9, BLOCK), np.float32)
    half = np.empty((18, BLOCK), np.float32)
    for start in range(begin, end, BLOCK):
        size = min(BLOCK, end - start)
        for n in range(9):
            _scale(along[0], taps[0, n // 3, n % 3, start : start + size], flat[n, :size])
            for k in range(1, taps.shape[0]):
                source = taps[k, n // 3, n % 3, start : start + size]
                _add(along[k], source, flat[n, :size])
        for i in range(POINTS):
            for j in range(3):
                _sum_three(table[i], flat[j], flat[3 + j], flat[6 + j], half[3 * i + j])
        for i in range(POINTS):
            for j in range(POINTS):
                one, two, three = half[3 * i], half[3 * i + 1], half[3 * i + 2]
                target = out[POINTS * i + j, start : start + size]
                _sum_three(table[j], one[:size], two[:size], three[:size], target)


@njit(cache=True, nogil=True, fastmath=True)  # type: ignore[untyped-decorator]
def mix_planes(
    x: Floats, read: Floats, start: int, first: int, out: Floats, begin: int, end: int
) -> None:
    """Sum planes up, with the border that the tiles of a band read.

    Args:
        x: (P, H, W, C); what lies beyond its border is replicated.
        read: (P,) factors of the planes.
        start: rows and columns between those of ``x`` and of ``out``: -1 or 0.
        first: row of ``x`` that the first row of tiles lies on.
        out: (4 R + 2, 4 S + 2, C), written.
        begin: first row of ``out`` to do.
        end: row after the last to do.
    """
    planes, height, width, channels = x.shape
    across = out.shape[1]
    inside = min(width, across + start)
    for h in range(begin, end):
        i = min(max(first + h + start, 0), height - 1)
        row = out[h].reshape(-1)
        part = row[-start * channels : (inside - start) * channels]
        _scale(read[0], x[0, i].reshape(-1)[: inside * channels], part)
        for p in range(1, planes):
            _add(read[p], x[p, i].reshape(-1)[: inside * channels], part)
        if start < 0:
            out[h, 0] = out[h, 1]
        for w in range(inside - start, across):
            out[h, w] = out[h, inside - start - 1]


@njit(cache=True, nogil=True, fastmath=True)  # type: ignore[untyped-decorator]
def to_points(mixed: Floats, tiles: int, points: Floats, begin: int, end: int) -> None:
    """Evaluate tiles at the points.

    Args:
        mixed: (4 R + 2, 4 S + 2, C).
        tiles: S, tiles of a row.
        points: (36, R * S, C), written.
        begin: first row of tiles to do.
        end: row after the last to do.
    """
    channels = mixed.shape[2]
    half = np.empty((POINTS, POINTS * channels), np.float32)
    for r in range(begin, end):
        for t in range(tiles):
            h, w, at = TILE * r, TILE * t, r * tiles + t
            _evaluate(
                mixed[h, w : w + POINTS].reshape(-1), mixed[h + 1, w : w + POINTS].reshape(-1),
                mixed[h + 2, w : w + POINTS].reshape(-1), mixed[h + 3, w : w + POINTS].reshape(-1),
                mixed[h + 4, w : w + POINTS].reshape(-1), mixed[h + 5, w : w + POINTS].reshape(-1),
                half[0], half[1], half[2], half[3], half[4], half[5],
            )  # fmt: skip
            for k in range(POINTS):
                d, n, c = half[k], POINTS * k, channels
                _evaluate(
                    d[:c], d[c : 2 * c], d[2 * c : 3 * c], d[3 * c : 4 * c], d[4 * c : 5 * c],
                    d[5 * c :], points[n, at], points[n + 1, at], points[n + 2, at],
                    points[n + 3, at], points[n + 4, at], points[n + 5, at],
                )  # fmt: skip


@njit(cache=True, nogil=True, fastmath=True)  # type: ignore[untyped-decorator]
def from_points(points: Floats, tiles: int, product: Floats, begin: int, end: int) -> None:
    """Interpolate tiles from their values at the points.

    Args:
        points: (36, R * S, C).
        tiles: S, tiles of a row.
        product: (4 R, 4 S, C), written.
        begin: first row of tiles to do.
        end: row after the last to do.
    """
    channels = points.shape[2]
    half = np.empty((TILE, POINTS, channels), np.float32)
    for r in range(begin, end):
        for t in range(tiles):
            h, w, at = TILE * r, TILE * t, r * tiles + t
            for k in range(POINTS):
                _interpolate(
                    points[k, at], points[k + 6, at], points[k + 12, at], points[k + 18, at],
                    points[k + 24, at], points[k + 30, at],
                    half[0, k], half[1, k], half[2, k], half[3, k],
                )  # fmt: skip
            for k in range(TILE):
                _interpolate(
                    half[k, 0], half[k, 1], half[k, 2], half[k, 3], half[k, 4], half[k, 5],
                    product[h + k, w], product[h + k, w + 1],
                    product[h + k, w + 2], product[h + k, w + 3],
                )  # fmt: skip


@njit(cache=True, nogil=True, fastmath=True)  # type: ignore[untyped-decorator]
def to_planes(
    products: Floats, write: Floats, bias: Floats, first: int, out: Floats, begin: int, end: int
) -> None:
    """Add products up to planes.

    Args:
        products: (M, 4 R, 4 S, C).
        write: (P, M) factors of the products.
        bias: (C,) added everywhere.
        first: row of ``out`` that is the first of ``products``.
        out: (P, H, W, C), written.
        begin: first row of ``products`` to do.
        end: row after the last to do.
    """
    planes, height, width, _ = out.shape
    for h in range(begin, min(end, height - first)):
        for p in range(planes):
            row = out[p, first + h]
            for w in range(width):
                row[w] = bias
            flat = row.reshape(-1)
            for start in range(0, flat.size, BLOCK):
                part = flat[start : start + BLOCK]
                for m in range(products.shape[0]):
                    if write[p, m] != 0:
                        source = products[m, h].reshape(-1)[start : start + part.size]
                        _add(write[p, m], source, part)


@njit(cache=True, nogil=True, fastmath=True)
def _evaluate(d0, d1, d2, d3, d4, d5, o0, o1, o2, o3, o4, o5):  # type: ignore[no-untyped-def]
    """Six neighbours to six points, elementwise."""
    size = o0.size
    for n in range(size):
        o0[n] = d0[n] - _SUM * d2[n] + d4[n]
    for n in range(size):
        o1[n] = (d4[n] - _BB * d2[n]) + _A * (d3[n] - _BB * d1[n])
    for n in range(size):
        o2[n] = (d4[n] - _BB * d2[n]) - _A * (d3[n] - _BB * d1[n])
    for n in range(size):
        o3[n] = (d4[n] - _AA * d2[n]) + _B * (d3[n] - _AA * d1[n])
    for n in range(size):
        o4[n] = (d4[n] - _AA * d2[n]) - _B * (d3[n] - _AA * d1[n])
    for n in range(size):
        o5[n] = d1[n] - _SUM * d3[n] + d5[n]


@njit(cache=True, nogil=True, fastmath=True)
def _interpolate(m0, m1, m2, m3, m4, m5, y0, y1, y2, y3):  # type: ignore[no-untyped-def]
    """Six points to four neighbours, elementwise."""
    size = y0.size
    for n in range(size):
        y0[n] = m0[n] + m1[n] + m2[n] + m3[n] + m4[n]
    for n in range(size):
        y1[n] = _A * (m1[n] - m2[n]) + _B * (m3[n] - m4[n])
    for n in range(size):
        y2[n] = _AA * (m1[n] + m2[n]) + _BB * (m3[n] + m4[n])
    for n in range(size):
        y3[n] = _AAA * (m1[n] - m2[n]) + _BBB * (m3[n] - m4[n]) + m5[n]


@njit(cache=True, nogil=True, fastmath=True)
def _scale(factor, x, out):  # type: ignore[no-untyped-def]
    for n in range(out.size):
        out[n] = factor * x[n]


@njit(cache=True, nogil=True, fastmath=True)
def _add(factor, x, out):  # type: ignore[no-untyped-def]
    for n in range(out.size):
        out[n] += factor * x[n]


@njit(cache=True, nogil=True, fastmath=True)
def _sum_three(factors, x, y, z, out):  # type: ignore[no-untyped-def]
    f, g, h = factors[0], factors[1], factors[2]
    for n in range(out.size):
        out[n] = f * x[n] + g * y[n] + h * z[n]
