"""Materials made of seeded noise: marble, brushed metal, blotches, cracks, canvas."""

import cv2
import numpy as np

from aa_stylize.colour import blur, smoothstep
from avatarartist_core.data import Floats


def noise(side: int, size: float, rng: np.random.Generator, octaves: int = 4) -> Floats:
    """Make (side, side) smooth noise about 0 with a spread of 1.

    Args:
        side: in pixels.
        size: of the coarsest spots in pixels.
        rng: where chance comes from.
        octaves: each half as large and half as strong as the one before; none below a pixel.
    """
    total = np.zeros((side, side), np.float32)
    strength = 1.0
    for octave in range(octaves):
        spot = max(size / 2**octave, 1.0)
        cells = int(np.ceil(side / spot)) + 3
        grid = rng.standard_normal((cells, cells)).astype(np.float32)
        span = round(cells * spot)
        wide = cv2.resize(grid, (span, span), interpolation=cv2.INTER_CUBIC)
        start = int(spot)
        total += np.float32(strength) * wide[start : start + side, start : start + side]
        if spot <= 1.0:
            break
        strength *= 0.5
    return np.asarray(total / max(float(total.std()), 1e-6), np.float32)


def marble(side: int, unit: float, rng: np.random.Generator) -> Floats:
    """Vein white stone: (side, side) in [0, 1], 1 is pure white, veins and clouds are darker."""
    clouds = noise(side, 1.1 * unit, rng, 5)
    bent = noise(side, 0.9 * unit, rng, 5) + 0.35 * noise(side, 0.3 * unit, rng, 4)
    thin = np.exp(-np.abs(bent) / 0.035)
    wide = np.exp(-np.abs(bent + 0.08) / 0.16)
    here = smoothstep(noise(side, 1.4 * unit, rng, 2), -0.2, 1.2)
    veins = here * (0.8 * thin + 0.6 * wide)
    grain = noise(side, max(0.012 * unit, 1.0), rng, 1)
    return np.asarray(np.clip(0.98 - 0.16 * veins + 0.015 * clouds + 0.008 * grain, 0, 1))


def brushed(side: int, unit: float, rng: np.random.Generator) -> Floats:
    """Brush a metal: (side, side) about 0 with a spread of 1, streaks run across."""
    grain = rng.standard_normal((side, side)).astype(np.float32)
    streaks = cv2.blur(grain, (max(3, round(0.35 * unit)), 1))
    streaks = streaks / max(float(streaks.std()), 1e-6) * np.float32(0.6)
    return np.asarray(streaks + 0.8 * noise(side, 0.5 * unit, rng, 3), np.float32)


def mottle(side: int, unit: float, rng: np.random.Generator) -> Floats:
    """Blotch like bruised or scaly skin: (side, side) in [0, 1], half of it above 0.5."""
    large = noise(side, 0.30 * unit, rng, 4)
    small = noise(side, 0.07 * unit, rng, 3)
    return smoothstep(0.8 * large + 0.45 * small, -1.1, 1.1)


def cracks(side: int, unit: float, rng: np.random.Generator, size: float = 0.3) -> Floats:
    """Draw branching veins: (side, side) in [0, 1], 1 on a line; ``size`` in head units."""
    field = noise(side, size * unit, rng, 4)
    steep = np.hypot(
        cv2.Sobel(field, cv2.CV_32F, 1, 0, scale=1 / 8),
        cv2.Sobel(field, cv2.CV_32F, 0, 1, scale=1 / 8),
    )
    width = np.maximum(blur(steep, 0.03 * unit), 1e-4) * max(0.011 * unit, 0.8)
    line = np.exp(-((field / width) ** 2))
    there = smoothstep(noise(side, 2 * size * unit, rng, 2), -0.3, 0.7)
    return np.asarray(line * there, np.float32)


def canvas(side: int, unit: float, rng: np.random.Generator) -> Floats:
    """Weave threads: (side, side) about 0 with a spread of about 1."""
    y, x = np.mgrid[:side, :side].astype(np.float32)
    pitch = max(0.028 * unit, 3.0)
    over = np.sin(2 * np.pi * x / pitch) * np.cos(np.pi * np.floor(2 * y / pitch))
    under = np.sin(2 * np.pi * y / pitch) * np.cos(np.pi * np.floor(2 * x / pitch))
    return np.asarray(over + under + 0.5 * noise(side, 0.1 * unit, rng, 3), np.float32)
