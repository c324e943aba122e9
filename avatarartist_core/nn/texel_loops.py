"""Compiled loops that read planes between texels, and carry gradients back.

All channels of a texel lie side by side, so that a corner is one run of memory. torch's own
``grid_sample`` walks channel by channel and takes five times as long for sixteen of them.
"""

# P planes, H and W their sides, C channels (a multiple of 16), N places

import math

import numpy as np
from numba import njit

from avatarartist_core.data import Floats
from avatarartist_core.nn.volume.lanes import LANES, fill, load, multiply_add, store, total

_ZERO, _HALF, _ONE = np.float32(0), np.float32(0.5), np.float32(1)

_part = njit(nogil=True, error_model="numpy", forceinline=True, no_cpython_wrapper=True)


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def read(
    texels: Floats, places: Floats, is_held: bool, share: np.float32, out: Floats,
    begin: int, end: int,
) -> None:  # fmt: skip
    """Add up what planes hold at places.

    Args:
        texels: (P, H, W, C).
        places: (P, N, 2) column and row in [-1, 1].
        is_held: places outside are moved to the border; else nothing is there.
        share: what the sum is multiplied with.
        out: (N, C), written.
        begin: first place to do.
        end: place after the last to do.
    """
    planes, height, width, channels = texels.shape
    for n in range(begin, end):
        for c in range(0, channels, LANES):
            store(out, n * channels + c, fill(_ZERO))
        for p in range(planes):
            x, _ = _texel(places[p, n, 0], width, is_held)
            y, _ = _texel(places[p, n, 1], height, is_held)
            if not (x > -1 and x < width and y > -1 and y < height):
                continue
            left, top = math.floor(x), math.floor(y)
            across, down = np.float32(x - left), np.float32(y - top)
            for corner in range(4):
                i, j = int(top) + corner // 2, int(left) + corner % 2
                if i < 0 or j < 0 or i >= height or j >= width:
                    continue
                weight = share * _along(across, corner % 2) * _along(down, corner // 2)
                start = ((p * height + i) * width + j) * channels
                for c in range(0, channels, LANES):
                    at = n * channels + c
                    kept = multiply_add(fill(weight), load(texels, start + c), load(out, at))
                    store(out, at, kept)


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def spread(
    texels: Floats, places: Floats, is_held: bool, share: np.float32, given: Floats,
    to_texels: Floats, to_places: Floats, begin: int, end: int,
) -> None:  # fmt: skip
    """Carry gradients of ``read`` back, of whole planes.

    Args:
        texels: as ``read`` had them.
        places: the same.
        is_held: the same.
        share: the same.
        given: (N, C) gradient of its result.
        to_texels: (P, H, W, C), added to.
        to_places: (P, N, 2), written; or (P, 0, 2): not asked for.
        begin: first plane to do.
        end: plane after the last to do.
    """
    _, height, width, channels = texels.shape
    wants_places = to_places.shape[1] > 0
    for p in range(begin, end):
        for n in range(places.shape[1]):
            x, is_free_x = _texel(places[p, n, 0], width, is_held)
            y, is_free_y = _texel(places[p, n, 1], height, is_held)
            slope_x, slope_y = _ZERO, _ZERO
            if x > -1 and x < width and y > -1 and y < height:
                left, top = math.floor(x), math.floor(y)
                across, down = np.float32(x - left), np.float32(y - top)
                for corner in range(4):
                    i, j = int(top) + corner // 2, int(left) + corner % 2
                    if i < 0 or j < 0 or i >= height or j >= width:
                        continue
                    by_x, by_y = _along(across, corner % 2), _along(down, corner // 2)
                    weight = fill(share * by_x * by_y)
                    start = ((p * height + i) * width + j) * channels
                    told = fill(_ZERO)
                    for c in range(0, channels, LANES):
                        got = load(given, n * channels + c)
                        at = start + c
                        store(to_texels, at, multiply_add(weight, got, load(to_texels, at)))
                        if wants_places:
                            told = multiply_add(got, load(texels, at), told)
                    if wants_places:
                        change = share * total(told)
                        slope_x += change * by_y * (_ONE if corner % 2 else -_ONE)
                        slope_y += change * by_x * (_ONE if corner // 2 else -_ONE)
            if wants_places:
                to_places[p, n, 0] = slope_x * _HALF * width if is_free_x else _ZERO
                to_places[p, n, 1] = slope_y * _HALF * height if is_free_y else _ZERO


@_part  # type: ignore[untyped-decorator]
def _along(part: np.float32, is_far: int) -> np.float32:
    return part if is_far else _ONE - part


@_part  # type: ignore[untyped-decorator]
def _texel(place: np.float32, size: int, is_held: bool) -> tuple[np.float32, bool]:
    """Return where a place in [-1, 1] lies among texels, and whether moving it moves that."""
    x = np.float32((place + _ONE) * np.float32(size) * _HALF - _HALF)
    if is_held:
        most = np.float32(size - 1)
        if x <= _ZERO:
            return _ZERO, False
        if x >= most:
            return most, False
    return x, True
