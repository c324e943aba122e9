"""The 610 numbers by which the authors describe a face in one picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aa_faceverse.config import EXPRESSIONS, EYES, IDENTITIES, TEXTURES
from avatarartist_core.data import Floats

_ANGLES, _LIGHT, _TRANSLATION, _SCALE = 3, 27, 3, 1
_SIZES = (IDENTITIES, EXPRESSIONS, TEXTURES, _ANGLES, _LIGHT, _TRANSLATION, EYES, _SCALE)

LENGTH = sum(_SIZES)
"""610, in the order of ``Coefficients``."""


@dataclass(frozen=True, eq=False)
class Coefficients:
    """Coefficients of one frame or of T frames: leading axes ``...`` are kept.

    Attributes:
        identity: (..., 150)
        expression: (..., 171), 0 at rest and never below it in the authors' fits.
        texture: (..., 251); their fits leave it 0.
        angles: (..., 3) x, y, z in radians; the rotation is Rz Ry Rx in model space.
        light: (..., 27) spherical harmonics; their fits leave it 0.
        translation: (..., 3) model units, x right, y down, z away; the camera is 5 units before 0.
        eyes: (..., 4) pitch (down) and yaw (right) of the left, then of the right eye, radians.
        scale: (..., 1); their fits leave it 1.
    """

    identity: Floats
    expression: Floats
    texture: Floats
    angles: Floats
    light: Floats
    translation: Floats
    eyes: Floats
    scale: Floats

    @classmethod
    def split(cls, vector: Floats) -> Coefficients:
        """Take (..., 610) numbers apart.

        Raises:
            ValueError: they are not 610.
        """
        vector = np.asarray(vector, np.float32)
        if vector.shape[-1:] != (LENGTH,):
            raise ValueError(f"coefficients have the shape {vector.shape}, not (..., {LENGTH})")
        return cls(*np.split(vector, np.cumsum(_SIZES)[:-1], axis=-1))

    def join(self) -> Floats:
        """Put them together as (..., 610)."""
        parts = [
            self.identity,
            self.expression,
            self.texture,
            self.angles,
            self.light,
            self.translation,
            self.eyes,
            self.scale,
        ]
        return np.concatenate(parts, axis=-1).astype(np.float32)


def rotation_of(angles: Floats) -> Floats:
    """Turn (..., 3) angles into (..., 3, 3) rotations Rz Ry Rx of model space (column vectors)."""
    (cx, cy, cz), (sx, sy, sz) = (
        np.moveaxis(turn(np.asarray(angles, np.float64)), -1, 0) for turn in (np.cos, np.sin)
    )
    rows = [
        [cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx],
        [sz * cy, sz * sy * sx + cz * cx, sz * sy * cx - cz * sx],
        [-sy, cy * sx, cy * cx],
    ]
    return np.stack([np.stack(row, -1) for row in rows], -2).astype(np.float32)
