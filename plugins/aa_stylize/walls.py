"""A brick wall, made of noise."""

from dataclasses import dataclass

import cv2
import numpy as np

from aa_stylize.colour import blur, colour
from aa_stylize.textures import noise
from avatarartist_core.data import Floats


@dataclass(frozen=True, eq=False)
class Wall:
    """A wall that can be painted on.

    Attributes:
        picture: (P, P, 3) RGB of the bare wall.
        light: (P, P) about 1: light and shade of its relief, for paint on it too.
        joints: (P, P) in [0, 1], 1 in the mortar.
    """

    picture: Floats
    light: Floats
    joints: Floats


def brick_wall(side: int, unit: float, rng: np.random.Generator) -> Wall:
    """Lay bricks in running bond, a brick half a head unit long."""
    long, high = 0.52 * unit, 0.19 * unit
    y, x = np.mgrid[:side, :side].astype(np.float32)
    x = x + 0.006 * unit * noise(side, 0.15 * unit, rng, 3)
    y = y + 0.006 * unit * noise(side, 0.15 * unit, rng, 3)
    row = np.floor(y / high)
    shifted = x / long + 0.5 * np.mod(row, 2)
    column = np.floor(shifted)
    along = np.minimum(np.mod(shifted, 1), 1 - np.mod(shifted, 1)) * long
    across = np.minimum(np.mod(y / high, 1), 1 - np.mod(y / high, 1)) * high
    edge = np.minimum(along, across) / unit
    joints = np.clip((0.020 - edge) / 0.010, 0, 1)
    rough = noise(side, 0.06 * unit, rng, 4)
    shades = rng.normal(0, 1, 4096).astype(np.float32)
    shade = shades[(row * 61 + column).astype(np.int64) % 4096]
    bricks = colour("#8a4a3a") * (1 + 0.16 * shade + 0.07 * rough)[..., None]
    mortar = colour("#a39a90") * (0.92 + 0.06 * rough)[..., None]
    picture = bricks + (mortar - bricks) * joints[..., None]
    height = blur((1 - joints) * 0.03 * unit + 0.004 * unit * rough, 0.004 * unit)
    slope = cv2.Sobel(height, cv2.CV_32F, 1, 0, scale=1 / 8) + cv2.Sobel(
        height, cv2.CV_32F, 0, 1, scale=1 / 8
    )
    light = np.clip(1 + 0.30 * slope, 0.6, 1.35)
    return Wall(np.clip(picture * light[..., None], 0, 1), light, joints)
