"""Where a token of the latent lies, as sines and cosines.

Letters: T tokens, D features of a token, S tokens along a side of a plane.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from aa_dit.config import DiTShape

Doubles = NDArray[np.float64]


def position_table(shape: DiTShape) -> Tensor:
    """Return the fixed (1, T, D) float32 table that is added to the tokens."""
    places = _square(shape) if shape.position == "square" else _planes(shape)
    columns, rows = (_waves(place, shape.width // 2) for place in places)
    return torch.from_numpy(np.concatenate([columns, rows], axis=1).astype(np.float32))[None]


def _planes(shape: DiTShape) -> tuple[Doubles, Doubles]:
    """Return the (T,) column and row of each token on its own plane, in tokens."""
    side = shape.latent_side // shape.patch
    plane = np.arange(side * side, dtype=np.float64)
    return np.tile(plane % side, shape.planes), np.tile(plane // side, shape.planes)


def _square(shape: DiTShape) -> tuple[Doubles, Doubles]:
    """Return the (T,) columns and rows that the released weights were trained with.

    They belong to a square of tokens that is squeezed to the latent's extent, not to the latent's
    own rows and columns (spec 2.1 and 8.8): each row of the square is two rows of the latent.
    """
    side = int(shape.tokens**0.5)
    token = np.arange(shape.tokens, dtype=np.float64)
    column_step = side / (shape.latent_width / shape.patch)
    row_step = side / (shape.latent_height / shape.patch)
    return token % side / column_step, token // side / row_step


def _waves(place: Doubles, features: int) -> Doubles:
    """Encode (T,) places as (T, features): all sines, then all cosines."""
    half = features // 2
    frequencies = 1.0 / 10000 ** (np.arange(half, dtype=np.float64) / half)
    angles = place[:, None] * frequencies
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1)
