"""Paper: the tooth a pencil catches on, and where wet ink settles."""

import numpy as np

from aa_stylize.textures import noise
from avatarartist_core.data import Floats


def grain(side: int, size: float, rng: np.random.Generator) -> Floats:
    """Make the tooth of drawing paper: (side, side) in [0, 1], even about 0.5."""
    size = max(1.0, size)
    tooth = 0.4 * noise(side, 2 * size, rng, 2) + 0.15 * noise(side, 8 * size, rng, 2)
    return np.asarray(np.clip(0.5 + 0.5 * tooth, 0, 1), np.float32)


def washi(side: int, unit: float, rng: np.random.Generator) -> Floats:
    """Make handmade paper, clouded and fibrous: (side, side) about 1, from 0.93 to 1.03."""
    fibres = noise(side, 0.02 * unit, rng, 2) * noise(side, 0.3 * unit, rng, 2)
    return np.asarray(1 + 0.010 * noise(side, unit, rng, 4) + 0.006 * fibres, np.float32)
