"""Filters over time, all symmetric: they look ahead as far as back, so their lag is 0 frames."""

import cv2
import numpy as np

from avatarartist_core.data import Floats

_STILL = 0.004
"""Growth and shrinkage of the head that is taken for noise: 0.4 %."""


_FAR = 5.0
"""Width of the filter at rest over that in motion."""

_TREMBLE = 0.007
"""Turn that is taken for noise: 0.3 degrees, as a distance between rotation matrices."""


def gaussian(values: Floats, frames: float) -> Floats:
    """Smooth (T, ...) values with a Gaussian of ``frames`` standard deviation.

    Beyond its ends a clip goes on as its mirror image through the end point, so that what moves
    there is not held back and the first and last values stay.
    """
    if frames < 0.1 or len(values) < 2:
        return values
    radius = int(np.ceil(3 * frames))
    at = np.arange(-radius, radius + 1)
    kernel = np.exp(-0.5 * (at / frames) ** 2)
    kernel /= kernel.sum()
    flat = np.asarray(values, np.float32).reshape(len(values), -1)
    around = np.pad(flat, ((radius, radius), (0, 0)), mode="reflect", reflect_type="odd")
    smooth = cv2.sepFilter2D(around, -1, np.ones(1), kernel)[radius : radius + len(values)]
    return np.asarray(smooth, np.float32).reshape(values.shape)


def calm(values: Floats, frames: float, noise: float) -> Floats:
    """Smooth (T, N, C) values a little where they move and much where they only tremble.

    Args:
        values: N things of C coordinates that move together.
        frames: standard deviation of the filter where they move.
        noise: length of a tremble, in the unit of the values.
    """
    near, far = gaussian(values, frames), gaussian(values, frames * _FAR)
    leaving = np.linalg.norm(near - far, axis=2, keepdims=True) / noise - 1
    moving = gaussian(np.clip(leaving, 0, 1).astype(np.float32), 2 * frames)
    return far + moving * (near - far)


def rotations(values: Floats, frames: float) -> Floats:
    """Smooth (T, 3, 3) rotations: average the matrices, then take the nearest rotation."""
    mean = calm(values.reshape(-1, 1, 9), frames, _TREMBLE).reshape(-1, 3, 3)
    u, _, v = np.linalg.svd(mean.astype(np.float64))
    return (u @ v).astype(np.float32)


def mean_rotation(values: Floats) -> Floats:
    """Return the (3, 3) rotation nearest to all of (T, 3, 3)."""
    u, _, v = np.linalg.svd(values.astype(np.float64).mean(0))
    return (u @ v).astype(np.float32)


def steady(sizes: Floats, fps: float) -> Floats:
    """Take the noise off (T,) sizes of a head: a still head keeps its size to the last digit.

    Medians drop outliers, play of 0.4 % swallows noise, a Gaussian rounds what is left.
    """
    logs: Floats = np.log(sizes).astype(np.float32)
    logs = gaussian(_medians(logs, round(fps * 0.2)), fps * 0.2)
    lagging = _play(logs)
    leading = _play(logs[::-1])[::-1]
    return np.exp(gaussian((lagging + leading) * np.float32(0.5), fps * 0.12)).astype(np.float32)


def _medians(values: Floats, radius: int) -> Floats:
    padded = np.pad(values, radius, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * radius + 1)
    return np.asarray(np.median(windows, axis=1), np.float32)


def _play(values: Floats) -> Floats:
    """Follow only what leaves the dead band around the last output."""
    out = np.empty_like(values)
    last = float(np.median(values[: max(len(values) // 8, 1)]))
    for i, value in enumerate(values):
        last = min(max(last, float(value) - _STILL), float(value) + _STILL)
        out[i] = last
    return out
