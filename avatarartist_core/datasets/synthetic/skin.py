"""Paints a person's skin: tone, spots, lips, lids, make-up, brows and beard shadow."""

import cv2
import numpy as np

from avatarartist_core.data import Floats
from avatarartist_core.datasets.synthetic.layers import lay, toned
from avatarartist_core.datasets.synthetic.noise import grain, rough, smooth
from avatarartist_core.datasets.synthetic.regions import SIDE, Regions, regions
from avatarartist_core.datasets.synthetic.tones import any_colour


def random_skin(rng: np.random.Generator, tone: Floats, kind: float) -> Floats:
    """Paint the skin without brows, lips and hair.

    Args:
        rng: decides everything.
        tone: (3,) sRGB.
        kind: Fitzpatrick type, 0 to 5.

    Returns:
        (512, 512, 3) sRGB.
    """
    places = regions()
    pores = np.float32(0.015) * grain(rng, -32) + np.float32(0.02) * grain(rng, 0)
    light = 1 + np.float32(0.025) * smooth(rng, SIDE, 5)[..., 0]
    light += pores * places.flat  # the neck is stretched in the painting
    skin = toned(light, tone)
    blush = tone * np.array([1.03, 0.72, 0.7], np.float32)
    fair = np.clip(1 - kind / 5, 0.15, 1)
    lay(skin, places.cheeks, blush, 0.35 * fair * rng.random())
    lay(skin, places.nose, blush, 0.45 * fair * rng.random())
    lay(skin, places.under, tone * np.array([0.72, 0.66, 0.72], np.float32), rng.uniform(0.05, 0.5))
    lay(skin, places.lids, tone * np.array([0.82, 0.72, 0.7], np.float32), rng.uniform(0.1, 0.5))
    if rng.random() < 0.3:
        _freckles(rng, skin, places, tone, fair)
    for _ in range(int(rng.poisson(0.5))):
        _mole(rng, skin, tone, places)
    if rng.random() < 0.25:
        patches = np.clip(rough(rng, SIDE, 9) - 0.9, 0, 1)
        lay(skin, patches, tone * np.float32(rng.choice([0.8, 1.15])), rng.uniform(0.1, 0.5))
    return skin


def wild_skin(rng: np.random.Generator) -> Floats:
    """Paint skin that no person has: coloured, marbled, striped, spotted."""
    base = any_colour(rng)
    skin = np.ones((SIDE, SIDE, 3), np.float32) * base
    kind = int(rng.integers(5))
    other = any_colour(rng)
    if kind == 1:  # marble
        vein = np.abs(rough(rng, SIDE, 5, 5))
        lay(skin, np.exp(-vein / 0.08), other, rng.uniform(0.4, 0.9))
    elif kind == 2:  # stripes
        rows, columns = np.mgrid[:SIDE, :SIDE].astype(np.float32)
        turn, width = rng.uniform(0, np.pi), rng.uniform(8, 40)
        bent = (rows * np.cos(turn) + columns * np.sin(turn)) / width + 0.8 * smooth(rng, SIDE, 6)[
            ..., 0
        ]
        lay(skin, np.clip(np.sin(bent) * 4 + 0.5, 0, 1), other, rng.uniform(0.5, 1))
    elif kind == 3:  # patches of colour
        skin = skin * 0.5 + 0.5 * (0.5 + 0.3 * smooth(rng, SIDE, int(rng.integers(4, 24)), 3))
    elif kind == 4:  # spots
        lay(skin, np.clip((rough(rng, SIDE, 20) - 0.7) * 6, 0, 1), other, rng.uniform(0.5, 1))
    skin *= 1 + 0.04 * rough(rng, SIDE, 24)[..., None]
    return np.clip(skin, 0.01, 1).astype(np.float32)


def paint_lips(rng: np.random.Generator, skin: Floats, tone: Floats, colour: Floats | None) -> None:
    """Paint the lips in place; ``colour`` is lipstick, None: their own."""
    places = regions()
    own = np.clip(tone * np.array([0.92, 0.62, 0.6]) + np.array([0.02, 0, 0.01]), 0.03, 1)
    lines = np.float32(1) + np.float32(0.06) * grain(rng, 0.8)[0]
    if colour is None:
        lay(skin, places.lips * lines, own * rng.uniform(0.9, 1.08), rng.uniform(0.45, 0.95))
    else:
        lay(skin, places.lips * lines, colour, rng.uniform(0.6, 0.95))
    lay(skin, places.seam, own * np.float32(0.7), 0.55)


def paint_eye_make_up(rng: np.random.Generator, skin: Floats, tone: Floats, made_up: bool) -> None:
    """Paint the rims of the lids in place, and eye shadow and liner on the made-up."""
    places = regions()
    rim = np.clip(tone * np.array([0.95, 0.66, 0.62]), 0, 1)
    lay(skin, places.eyes, rim, 0.8)
    edge = cv2.dilate(places.eyes, np.ones((3, 3), np.uint8)) - places.eyes
    lay(skin, np.clip(edge * 1.6, 0, 1), tone * np.float32(0.3), rng.uniform(0.3, 0.6))
    if not made_up:
        return
    shadow = any_colour(rng) * 0.6 if rng.random() < 0.5 else tone * np.array([0.6, 0.42, 0.45])
    lay(skin, places.lids, shadow.astype(np.float32), rng.uniform(0.15, 0.7))
    liner = np.clip(cv2.dilate(places.eyes, np.ones((5, 5), np.uint8)) - places.eyes, 0, 1)
    lay(skin, liner, np.full(3, 0.05, np.float32), rng.uniform(0.2, 0.9))
    blush = tone * np.array([1.05, 0.62, 0.62], np.float32)
    lay(skin, places.cheeks, np.clip(blush, 0, 1), rng.uniform(0, 0.4))


def _freckles(
    rng: np.random.Generator, skin: Floats, places: Regions, tone: Floats, fair: float
) -> None:
    where = np.clip(places.cheeks + places.nose + 0.25 * places.face, 0, 1)
    dots = np.clip(grain(rng, 1.3) - np.float32(rng.uniform(1.0, 1.7)), 0, 1)
    lay(skin, dots * where, tone * np.array([0.72, 0.55, 0.45], np.float32), 0.9 * fair + 0.1)


def _mole(rng: np.random.Generator, skin: Floats, tone: Floats, places: Regions) -> None:
    low, high = places.texels.min(0), places.texels.max(0)
    at = rng.uniform(low, high)
    spot = np.zeros((SIDE, SIDE), np.float32)
    cv2.circle(spot, (int(at[0]), int(at[1])), int(rng.integers(1, 3)), 1.0, -1, cv2.LINE_AA)
    lay(skin, cv2.GaussianBlur(spot, (0, 0), 0.8), tone * np.float32(0.4), rng.uniform(0.4, 0.9))
