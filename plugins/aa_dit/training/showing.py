"""Triplanes as pictures: their first three channels, which are the colours of a raw rendering."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from avatarartist_core.data import Picture

_COLOURS = 3


def planes_sheet(true: Tensor, made: Tensor) -> Picture:
    """Draw triplanes, two rows each: as they are, and as they were made; a column a plane.

    Args:
        true: (B, 4, C, R, R).
        made: (B, 4, C, R, R), drawn in the range of ``true``.
    """
    rows = []
    for one, other in zip(true, made, strict=True):
        colours = one[:, :_COLOURS].flatten(2)
        low, high = (colours.quantile(share, -1).amin(1) for share in (0.01, 0.99))
        rows += [_row(each, low, high) for each in (one, other)]
    return np.concatenate(rows)


def _row(planes: Tensor, low: Tensor, high: Tensor) -> Picture:
    colours = planes[:, :_COLOURS]
    if colours.shape[1] < _COLOURS:
        colours = colours[:, :1].expand(-1, _COLOURS, -1, -1)
    low, high = low[:, None, None, None], high[:, None, None, None]
    shares = ((colours - low) / (high - low).clamp(min=1e-6)).clamp(0, 1)
    pictures = (shares * 255).round().byte().permute(0, 2, 3, 1).cpu().numpy()
    return np.concatenate(list(pictures), 1)
