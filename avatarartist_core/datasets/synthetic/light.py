"""Light on a head: a sky in second-order spherical harmonics, one key light, one from behind."""

from dataclasses import dataclass

import numpy as np

from avatarartist_core.data import Floats


@dataclass(frozen=True, eq=False)
class Light:
    """Light in the head's own axes, so that it stays when the camera moves.

    Attributes:
        sky: (9, 3) irradiance in the order 1, y, z, x, xy, yz, 3zz-1, xz, xx-yy, without constants.
        key: (3,) unit vector towards the key light.
        key_colour: (3,)
        rim: (3,) unit vector towards the light from behind.
        rim_colour: (3,)
    """

    sky: Floats
    key: Floats
    key_colour: Floats
    rim: Floats
    rim_colour: Floats


def random_light(rng: np.random.Generator) -> Light:
    """Draw a light: soft or hard, from the front and above more often than not."""
    key = _unit([rng.normal(0, 0.75), rng.normal(0.45, 0.4), rng.uniform(0.35, 1.2)])
    hard = float(rng.beta(1.6, 2.0))
    warm = rng.normal(0, 0.05)
    tint = np.array([1 + warm, 1, 1 - warm])
    sky = np.zeros((9, 3))
    sky[0] = 1.0
    sky[1] = rng.normal(0.22, 0.12)  # brighter above
    sky[2] = rng.normal(0.12, 0.1)
    sky[3] = rng.normal(0, 0.14)
    sky[1:] += rng.normal(0, 0.035, (8, 3))
    if rng.random() < 0.12:  # coloured lights from the sides
        sky[3] += rng.normal(0, 0.2, 3)
    rim = _unit([rng.normal(0, 1), rng.uniform(0, 0.6), rng.uniform(-1.0, -0.3)])
    bright = 0.9 * float(np.exp(rng.normal(0, 0.12)))
    rim_strength = rng.uniform(0, 0.5) if rng.random() < 0.5 else 0.0
    return Light(
        sky=(sky * (2 - tint) * (0.95 - 0.62 * hard) * bright).astype(np.float32),
        key=key,
        key_colour=(tint * (0.2 + 1.05 * hard) * bright).astype(np.float32),
        rim=rim,
        rim_colour=(rim_strength * (1 + rng.normal(0, 0.1, 3))).clip(0).astype(np.float32),
    )


def _unit(vector: list[float]) -> Floats:
    return np.asarray(np.array(vector) / np.linalg.norm(vector), np.float32)
