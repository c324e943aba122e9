"""What the averaged networks draw of people who are held out, and how far off it is."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import islice

import numpy as np
import torch
from torch import Tensor

from avatarartist_core.data import Picture
from avatarartist_core.nn.drawing import Drawn
from avatarartist_core.nn.pictures import to_pictures
from avatarartist_core.training.log import sheet
from avatarartist_core.training.views import Views

_SOLID = 0.5  # of an alpha, from which on a pixel is the person's
_FACE = 2  # channel of a view map: 1 where there are texels
_KIND = 3  # channel of a view map: 0 where there is no head


def sample_sheet(drawings: Iterable[tuple[Views, Drawn]], count: int) -> Picture:
    """Lay out people in columns: the portrait, the truth, the drawing, and the volume alone."""
    columns = []
    for views, drawn in islice(drawings, count):
        side = drawn.picture.shape[-1]
        shown = (views.portrait, views.picture, drawn.picture, drawn.raw)
        columns.append([to_pictures(each.float(), side)[0] for each in shown])
    return sheet([list(row) for row in zip(*columns, strict=True)])


def errors_of(drawings: Iterable[tuple[Views, Drawn]]) -> dict[str, float]:
    """Average over drawings of one person each.

    Returns:
        ``error``: mean difference of colours in [0, 1]. ``psnr``, ``psnr_mesh``, ``psnr_face`` in
        decibels: of the whole picture, of the pixels that show the mesh, and of those with texels.
        ``alpha_iou``: overlap of the persons.
    """
    found = [_errors(views, drawn) for views, drawn in drawings]
    return {name: float(np.mean([one[name] for one in found])) for name in found[0]}


def _errors(views: Views, drawn: Drawn) -> dict[str, float]:
    off = (drawn.picture.float().clamp(-1, 1) - views.picture) / 2
    squares = off.square().mean(1)
    errors = {
        "error": float(off.abs().mean()),
        "psnr": _decibels(squares),
        "psnr_mesh": _decibels(squares[views.view[..., _KIND] > 0]),
        "psnr_face": _decibels(squares[views.view[..., _FACE] > 0]),
    }
    if drawn.alpha is not None:
        errors["alpha_iou"] = _overlap(drawn.alpha > _SOLID, views.alpha > _SOLID)
    return errors


def _decibels(squares: Tensor) -> float:
    mean = float(squares.mean()) if squares.numel() else 0.0
    return -10 * math.log10(max(mean, 1e-9))


def _overlap(first: Tensor, second: Tensor) -> float:
    either = torch.logical_or(first, second).sum()
    return float(torch.logical_and(first, second).sum() / either.clamp_min(1))
