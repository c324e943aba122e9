"""Wet washes of ink: tones in steps that run at their edges and settle in the paper."""

import numpy as np

from aa_stylize.colour import blur
from aa_stylize.palettes import steps
from aa_stylize.textures import noise
from avatarartist_core.data import Floats

_DENSITY = (0.13, 0.30, 0.56, 0.86)  # of ink after one wash, two, three, four


def washes(
    light: Floats, levels: tuple[float, ...], unit: float, wet: Floats, rng: np.random.Generator
) -> Floats:
    """Lay four washes, the later ones over the darker places.

    After Bousseau, Kaplan, Thollot, Sillion, "Interactive watercolor rendering with temporal
    coherence and abstraction", 2006, section 3: wobbling edges, edge darkening, pigment density.

    Args:
        light: (P, P) in [0, 1].
        levels: lightness below which each of the four washes is laid, falling.
        unit: pixels of a head unit.
        wet: (P, P) in [0, 1]: how far the wash runs there; 0 where features must stay.
        rng: chance of the paper and the water.

    Returns:
        (P, P) density of the ink in [0, 1].
    """
    side = light.shape[0]
    run = 0.045 * noise(side, 0.22 * unit, rng, 4) * wet
    density = np.zeros_like(light)
    below = 0.0
    for level, dense in zip(levels, _DENSITY, strict=True):
        softness = 0.05 + 0.05 * float(level)
        laid = 1 - steps(light + run, (level,), softness)
        edge = laid * np.clip(1 - blur(laid, 0.022 * unit), 0, 1) * wet
        density += (dense - below) * laid + 0.10 * edge
        below = dense
    settled = 1 + 0.07 * noise(side, max(1.5, 0.018 * unit), rng, 2)
    pooled = 1 + 0.16 * noise(side, 0.6 * unit, rng, 4) * wet
    return np.asarray(np.clip(density * settled * pooled, 0, 1), np.float32)
