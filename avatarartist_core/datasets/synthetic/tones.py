"""Colours of skin, hair, eyes, cloth: realistic ranges, and any colour for the wild ones."""

import colorsys

import numpy as np

from avatarartist_core.data import Floats

SKIN = np.array(
    [
        [238, 203, 184],
        [229, 183, 156],
        [211, 158, 124],
        [178, 124, 88],
        [128, 82, 56],
        [74, 47, 36],
    ],
    np.float32,
) / np.float32(255)
"""sRGB of lit skin, Fitzpatrick types I to VI."""

HAIR = {
    "black": (22, 18, 17),
    "dark brown": (50, 32, 23),
    "brown": (88, 56, 36),
    "light brown": (130, 90, 56),
    "blond": (200, 160, 102),
    "light blond": (228, 200, 148),
    "red": (150, 66, 30),
    "auburn": (98, 42, 26),
    "grey": (142, 140, 138),
    "white": (226, 224, 220),
}
"""sRGB of hair in 8 bits."""

_HAIR_SHARES = (5, 4, 4, 2.5, 2, 1, 0.8, 0.8, 1.0, 0.5)

IRIS = np.array(
    [
        [58, 34, 20],
        [84, 52, 28],
        [112, 76, 40],
        [110, 104, 58],
        [86, 112, 92],
        [92, 124, 150],
        [124, 146, 160],
    ],
    np.float32,
) / np.float32(255)
"""sRGB of irises, dark brown to grey."""


def skin_tone(rng: np.random.Generator) -> tuple[Floats, float]:
    """Return (3,) sRGB and the Fitzpatrick type, 0 (I) to 5 (VI), that it lies at."""
    kind = float(rng.uniform(0, 5))
    low = min(int(kind), 4)
    tone = SKIN[low] + (SKIN[low + 1] - SKIN[low]) * np.float32(kind - low)
    warm = rng.normal(0, 0.025)
    tone = tone * (1 + np.array([0.4, 0, -0.9]) * warm + rng.normal(0, 0.02))
    return np.clip(tone, 0.02, 0.98).astype(np.float32), kind


def hair_colour(rng: np.random.Generator, kind: float) -> Floats:
    """Return (3,) sRGB of hair that goes with a Fitzpatrick type; one in 20 is dyed."""
    if rng.random() < 0.05:
        return any_colour(rng)
    shares = np.array(_HAIR_SHARES)
    if kind > 2.5:  # fair hair is rare on dark skin
        shares[3:8] *= 0.12
    elif kind > 1.5:
        shares[4:8] *= 0.5
    name = tuple(HAIR)[int(rng.choice(len(HAIR), p=shares / shares.sum()))]
    colour = np.array(HAIR[name]) / 255 * rng.uniform(0.8, 1.2) + rng.normal(0, 0.008, 3)
    return np.clip(colour, 0.02, 0.95).astype(np.float32)


def iris_colour(rng: np.random.Generator, kind: float) -> Floats:
    """Return (3,) sRGB of an iris; fair eyes go with fair skin."""
    most = 6.0 if kind < 2 else 3.5 if kind < 3 else 1.6
    at = float(rng.uniform(0, most))
    low = min(int(at), 5)
    colour = IRIS[low] + (IRIS[low + 1] - IRIS[low]) * np.float32(at - low)
    return np.clip(colour * rng.uniform(0.8, 1.25), 0.03, 0.9).astype(np.float32)


def any_colour(rng: np.random.Generator) -> Floats:
    """Return (3,) sRGB of any hue, pale to strong."""
    strong, light = rng.random() ** 1.2, rng.uniform(0.2, 1.0)
    return np.array(colorsys.hsv_to_rgb(rng.random(), strong, light), np.float32)


def cloth_colour(rng: np.random.Generator) -> Floats:
    """Return (3,) sRGB of cloth: greys, blues and browns more often than the rest."""
    if rng.random() < 0.45:
        grey = rng.uniform(0.04, 0.9)
        return np.clip(grey + rng.normal(0, 0.02, 3), 0.02, 0.95).astype(np.float32)
    hue = rng.choice([0.6, 0.08, 0.97, 0.35, rng.random()]) + rng.normal(0, 0.03)
    strong, light = rng.uniform(0.2, 0.8), rng.uniform(0.15, 0.8)
    return np.array(colorsys.hsv_to_rgb(float(hue) % 1, strong, light), np.float32)
