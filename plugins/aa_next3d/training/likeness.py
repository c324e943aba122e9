"""What a portrait's person looks like, in a few standard normal numbers, without any network.

A help of our own (not in the paper) for runs of minutes: mean colours of the face's texture, of
hair and of clothes, which do not depend on pose or expression, are turned into independent numbers
of mean 0 and deviation 1 (principal components). Put in the place of the first numbers of the
random vector, they tell the generator who is to be drawn, so that the guide pulls it to that
portrait instead of to the mean of all.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from avatarartist_core.data import Floats, Picture

CELLS = 5
"""Cells along a side of the texture plane whose mean colour is taken."""

SIZE = (CELLS * CELLS + 2) * 3
"""Numbers of ``colours_of``: every cell, hair and clothes, red, green and blue each."""

_FURTHEST = 3.0  # deviations
_SMALLEST = 1e-3


def colours_of(picture: Picture, mask: Picture, drawing: Floats) -> Floats:
    """Take the mean colours of a portrait.

    Args:
        picture: (S, S, 3) bytes.
        mask: (S, S) bytes, 255 where the person is.
        drawing: (S, S, 3) of the mesh: u, v in [-1, 1], and a mask.

    Returns:
        (SIZE,) float32 in [-1, 1]; what is hidden has the mean colour of the rest of the face
    """
    colours = picture.astype(np.float32) / 127.5 - 1
    face = drawing[..., 2] > 0
    if not face.any():
        return np.zeros(SIZE, np.float32)
    columns, rows = (
        np.clip((drawing[face][:, axis] + 1) / 2 * CELLS, 0, CELLS - 1).astype(int)
        for axis in (0, 1)
    )
    cells = np.tile(colours[face].mean(0), (CELLS * CELLS, 1))
    cell = rows * CELLS + columns
    counts = np.bincount(cell, minlength=CELLS * CELLS)
    for channel in range(3):
        sums = np.bincount(cell, colours[face][:, channel], CELLS * CELLS)
        cells[counts > 0, channel] = (sums / np.maximum(counts, 1))[counts > 0]
    beside = (mask > 127) & ~face
    heights = np.flatnonzero(face.any(1))
    middle, chin = (heights[0] + heights[-1]) // 2, heights[-1]
    row = np.arange(len(picture))[:, None]
    others = [
        colours[part].mean(0) if part.any() else cells.mean(0)
        for part in (beside & (row < middle), beside & (row > chin))
    ]
    return np.concatenate([cells.ravel(), *others]).astype(np.float32)


class Likeness(nn.Module):
    """Turns mean colours into independent numbers; what it learnt of the data are its buffers.

    Args:
        parts: how many numbers.
    """

    mean: Tensor
    projection: Tensor

    def __init__(self, parts: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(SIZE))
        self.register_buffer("projection", torch.zeros(SIZE, parts))

    @torch.no_grad()
    def learn(self, colours: Tensor) -> None:
        """Find the principal components of (N, SIZE) portraits."""
        mean = colours.mean(0)
        _, scales, axes = torch.linalg.svd((colours - mean).double(), full_matrices=False)
        parts = min(self.projection.shape[1], len(axes))
        spread = (scales[:parts] / max(1, len(colours) - 1) ** 0.5).clamp(min=_SMALLEST)
        self.mean.copy_(mean)
        self.projection.zero_()
        self.projection[:, :parts] = (axes[:parts].T / spread).to(self.projection)

    def forward(self, colours: Tensor) -> Tensor:
        """Turn (B, SIZE) into (B, parts)."""
        return ((colours - self.mean) @ self.projection).clamp(-_FURTHEST, _FURTHEST)
