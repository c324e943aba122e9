"""Paints hair on the skin: brows and lashes stroke by stroke, beard shadow, a shaven scalp."""

from dataclasses import dataclass

import cv2
import numpy as np

from avatarartist_core.data import Floats
from avatarartist_core.datasets.synthetic.layers import lay
from avatarartist_core.datasets.synthetic.noise import grain
from avatarartist_core.datasets.synthetic.regions import (
    LEFT_BROW,
    LEFT_LIDS,
    RIGHT_BROW,
    RIGHT_LIDS,
    SIDE,
    regions,
)


@dataclass(frozen=True)
class Brows:
    """The shape of a person's brows.

    Attributes:
        thickness: 1: from the lower to the upper brow landmarks.
        arch: how much the middle is raised, texels.
        length: 1: as long as the landmarks.
        density: strokes along each brow.
        strength: how dark a stroke is in [0, 1].
        rise: texels that all of it is raised.
    """

    thickness: float
    arch: float
    length: float
    density: int
    strength: float
    rise: float


def random_brows(rng: np.random.Generator) -> Brows:
    """Draw brows, thin to bushy."""
    return Brows(
        thickness=float(rng.uniform(0.4, 1.3)),
        arch=float(rng.normal(1, 2.5)),
        length=float(rng.uniform(0.8, 1.08)),
        density=int(rng.integers(60, 190)),
        strength=float(rng.uniform(0.35, 0.85)),
        rise=float(rng.normal(0, 1.5)),
    )


def paint_brows(rng: np.random.Generator, skin: Floats, brows: Brows, colour: Floats) -> None:
    """Draw both brows on the (512, 512, 3) painting in place."""
    cover = np.zeros((SIDE, SIDE), np.float32)
    texels = regions().texels
    for side, (low, high) in ((-1, RIGHT_BROW), (1, LEFT_BROW)):
        _strokes(rng, cover, texels[list(low)], texels[list(high)], brows, side)
    lay(skin, cv2.GaussianBlur(cover, (0, 0), 0.7), colour, 1.0)


def _strokes(
    rng: np.random.Generator, cover: Floats, low: Floats, high: Floats, brows: Brows, side: int
) -> None:
    """Draw one brow's hairs: upright at the nose, lying towards the temple."""
    along = rng.beta(1.05, 1.05, brows.density) * brows.length
    across = rng.uniform(0, 1, brows.density)
    at = np.clip(1 - along, 0, 1)  # the landmarks run from the temple to the nose
    knots = np.linspace(0, 1, len(low))
    lower = np.stack([np.interp(at, knots, low[:, k]) for k in (0, 1)], 1)
    upper = np.stack([np.interp(at, knots, high[:, k]) for k in (0, 1)], 1)
    taper = np.clip((1.05 - along / brows.length) * 2.2, 0.25, 1)
    middle = (lower + upper) / 2
    half = (upper - lower) / 2 * (brows.thickness * taper)[:, None]
    root = middle + half * (across * 2 - 1)[:, None]
    root[:, 1] -= brows.rise + brows.arch * np.sin(np.pi * along)
    lean = 0.25 + 1.1 * np.clip(along * 1.6, 0, 1) + rng.normal(0, 0.18, len(along))
    length = rng.uniform(5, 10, len(along)) * taper
    tip = (
        root
        + np.stack([side * np.sin(lean), -np.cos(lean) * (1 - across * 0.9)], 1) * length[:, None]
    )
    for a, b in zip(np.round(root * 16).astype(int), np.round(tip * 16).astype(int), strict=True):
        cv2.line(cover, tuple(map(int, a)), tuple(map(int, b)), brows.strength, 1, cv2.LINE_AA, 4)
    soft = np.concatenate(
        [
            middle[np.argsort(at)] + half[np.argsort(at)] * 0.8,
            (middle - half * 0.8)[np.argsort(-at)],
        ]
    )
    under = np.zeros_like(cover)
    cv2.fillPoly(
        under, [np.round((soft - (0, brows.rise)) * 16).astype(np.int32)], 1.0, cv2.LINE_8, 4
    )
    np.maximum(cover, cv2.GaussianBlur(under, (0, 0), 2.0) * brows.strength * 0.45, out=cover)


def paint_stubble(
    rng: np.random.Generator, skin: Floats, mask: Floats, colour: Floats, strength: float
) -> None:
    """Darken the skin with short hairs where the (512, 512) mask is, in place."""
    hairs = np.clip(np.float32(0.72) + np.float32(0.2) * grain(rng, 0.8), 0, 1) * mask
    lay(skin, hairs, colour, strength)


def paint_lashes(rng: np.random.Generator, skin: Floats, length: float) -> None:
    """Draw the lashes of both upper lids on the painting in place, ``length`` texels long."""
    cover = np.zeros((SIDE, SIDE), np.float32)
    texels = regions().texels
    for side, (upper, _) in ((-1, RIGHT_LIDS), (1, LEFT_LIDS)):
        edge = texels[list(upper)]
        at = np.sort(rng.uniform(0, 7.4, 26))
        knots = np.arange(len(edge))
        root = np.stack([np.interp(at, knots, edge[:, k]) for k in (0, 1)], 1)
        lean = side * (0.9 - 0.16 * at)
        long = length * rng.uniform(0.7, 1.1, len(at)) * np.clip(1.25 - 0.1 * at, 0.5, 1)
        tip = root + np.stack([np.sin(lean), -np.cos(lean)], 1) * long[:, None]
        for a, b in zip(
            np.round(root * 16).astype(int), np.round(tip * 16).astype(int), strict=True
        ):
            cv2.line(cover, tuple(map(int, a)), tuple(map(int, b)), 0.75, 1, cv2.LINE_AA, 4)
        cv2.polylines(cover, [np.round(edge * 16).astype(np.int32)], False, 0.8, 1, cv2.LINE_AA, 4)
    lay(skin, cover, np.full(3, 0.06, np.float32), 0.9)
