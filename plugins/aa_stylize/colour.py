"""Colours and soft edges: conversions, ramps, blends and edge-keeping blurs."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Floats


def smoothstep(x: Floats, low: float, high: float) -> Floats:
    """Rise from 0 at ``low`` to 1 at ``high`` without kinks; falls when ``low`` is larger."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def colour(text: str) -> Floats:
    """Read ``"#rrggbb"`` as (3,) RGB in [0, 1]."""
    digits = text.removeprefix("#")
    return np.array([int(digits[i : i + 2], 16) for i in (0, 2, 4)], np.float32) / np.float32(255)


def to_lab(rgb: Floats) -> Floats:
    """Convert (..., 3) RGB in [0, 1] to CIE Lab, L in [0, 100]."""
    flat = np.ascontiguousarray(rgb.reshape(1, -1, 3), np.float32)
    return np.asarray(cv2.cvtColor(flat, cv2.COLOR_RGB2Lab).reshape(rgb.shape), np.float32)


def to_rgb(lab: Floats) -> Floats:
    """Convert (..., 3) CIE Lab to RGB in [0, 1]."""
    flat = np.ascontiguousarray(lab.reshape(1, -1, 3), np.float32)
    rgb = cv2.cvtColor(flat, cv2.COLOR_Lab2RGB).reshape(lab.shape)
    return np.asarray(np.clip(rgb, 0, 1), np.float32)


def blend(under: Floats, over: Floats, share: Floats) -> Floats:
    """Lay (P, P, 3) or (3,) colours over others by a (P, P) share."""
    return np.asarray(under + (over - under) * share[..., None], np.float32)


def ramp(values: Floats, stops: tuple[tuple[float, str], ...]) -> Floats:
    """Colour (P, P) values by stops of (value, "#rrggbb") in rising order, mixed in Lab."""
    at = np.array([value for value, _ in stops], np.float32)
    labs = to_lab(np.stack([colour(text) for _, text in stops]))
    mixed = np.stack([np.interp(values, at, labs[:, k]) for k in range(3)], -1)
    return to_rgb(mixed.astype(np.float32))


def blur(values: Floats, sigma: float) -> Floats:
    """Blur (P, P) or (P, P, C) by a Gaussian; wide ones on a coarser grid, to the same eye."""
    if sigma < 0.3:
        return values
    height, width = values.shape[:2]
    step = int(sigma // 4)
    if step < 2:
        return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma), np.float32)
    size = (max(width // step, 8), max(height // step, 8))
    small = cv2.resize(values, size, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma * size[0] / width)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def blur_within(values: Floats, share: Floats, sigma: float) -> Floats:
    """Blur inside a (P, P) mask only: what lies outside does not bleed in."""
    weight = share + np.float32(1e-4)
    spread = weight[..., None] if values.ndim == 3 else weight
    over, under = blur(values * spread, sigma), blur(weight, sigma)
    under = np.maximum(under, np.float32(1e-5))
    return np.asarray(over / (under[..., None] if values.ndim == 3 else under), np.float32)


def keep_edges(values: Floats, guide: Floats, radius: float, softness: float) -> Floats:
    """Smooth (P, P) or (P, P, C) values but not over edges of a (P, P) guide.

    The guided filter of He, Sun and Tang (ECCV 2010); ``softness`` is the contrast of the guide
    below which all is smoothed.
    """
    size = 2 * max(1, round(radius)) + 1

    def mean(x: Floats) -> Floats:
        return np.asarray(cv2.boxFilter(x, -1, (size, size)), np.float32)

    many = values.ndim == 3
    wide = guide[..., None] if many else guide
    centre = mean(guide)
    spread = mean(guide**2) - centre**2 + np.float32(softness**2)
    means = mean(values)
    together = mean(wide * values) - (centre[..., None] if many else centre) * means
    slope = together / (spread[..., None] if many else spread)
    offset = means - slope * (centre[..., None] if many else centre)
    return np.asarray(mean(slope) * wide + mean(offset), np.float32)


def soft_light(under: Floats, over: Floats) -> Floats:
    """Lighten or darken by ``over`` about 0.5, as pictures laid in soft light do."""
    return np.asarray((1 - 2 * over) * under * under + 2 * over * under, np.float32)


def screen(under: Floats, over: NDArray[np.floating[Any]]) -> Floats:
    """Add light without clipping."""
    return np.asarray(1 - (1 - under) * (1 - over), np.float32)
