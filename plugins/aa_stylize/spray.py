"""Drops of paint: splatter, speckle of a spray can, and runs down the wall."""

import cv2
import numpy as np

from aa_stylize.colour import blur
from aa_stylize.textures import noise
from avatarartist_core.data import Floats

_SHIFT = 4  # bits below a pixel in cv2's drawing


def splatter(where: Floats, count: int, size: float, rng: np.random.Generator) -> Floats:
    """Throw drops.

    Args:
        where: (P, P) chance of a drop, any scale.
        count: how many.
        size: radius of a large drop in pixels; most are much smaller.
        rng: their chance.

    Returns:
        (P, P) in [0, 1].
    """
    drops = np.zeros(where.shape, np.uint8)
    chance = np.clip(where, 0, None).ravel().astype(np.float64)
    if chance.sum() == 0:
        return drops.astype(np.float32)
    places = rng.choice(chance.size, count, p=chance / chance.sum())
    radii = size * np.clip(rng.pareto(1.6, count) * 0.12, 0.03, 1)
    for place, radius in zip(places, radii, strict=True):
        y, x = divmod(int(place), where.shape[1])
        centre = (x << _SHIFT, y << _SHIFT)
        cv2.circle(drops, centre, max(8, round(radius * 16)), 255, -1, cv2.LINE_AA, _SHIFT)
    return drops.astype(np.float32) / np.float32(255)


def speckled(share: Floats, spot: float, rng: np.random.Generator) -> Floats:
    """Break the soft rim of a (P, P) share into the dots of a spray can ``spot`` pixels wide."""
    dots = noise(share.shape[0], max(1.0, spot), rng, 1)
    return np.asarray(np.clip(0.5 + 3 * (share - 0.5 + 0.18 * dots), 0, 1), np.float32)


def drips(
    share: Floats, count: int, width: float, reach: float, rng: np.random.Generator
) -> Floats:
    """Let paint run down from the lower rims of a (P, P) share.

    Args:
        share: where paint is, in [0, 1].
        count: runs at most.
        width: of a run in pixels.
        reach: of the longest run in pixels.
        rng: chance of where and how far.

    Returns:
        (P, P) the runs alone, in [0, 1].
    """
    side = share.shape[0]
    runs = np.zeros((side, side), np.uint8)
    full = share > 0.5
    rims = full[:-1] & ~full[1:]
    rows, columns = np.nonzero(rims)
    if len(rows) == 0:
        return runs.astype(np.float32)
    for chosen in rng.choice(len(rows), count):
        x, y = int(columns[chosen]), int(rows[chosen])
        end = y + int(reach * rng.uniform(0.15, 1.0) ** 1.5)
        thick = max(1, round(width * rng.uniform(0.5, 1.0)))
        cv2.line(runs, (x, max(0, y - thick)), (x, end), 255, thick, cv2.LINE_AA)
        cv2.circle(runs, (x, end), max(1, round(0.75 * thick)), 255, -1, cv2.LINE_AA)
    return blur(runs.astype(np.float32) / np.float32(255), 0.6)
