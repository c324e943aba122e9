"""Puts a drawn person before the portrait's background, or before nothing."""

from __future__ import annotations

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from avatarartist_core.data import Floats, ParametricTriplane
from avatarartist_core.errors import IncompatibleError
from avatarartist_core.prepare.matting import cut_out

COLOURS = 3
_FACE = 468  # landmarks without the irises
_FAINT = 1 / 255


def background_of(avatar: ParametricTriplane, size: int) -> Floats:
    """Return the portrait's background, (3, size, size) in [-1, 1], the person filled away.

    Raises:
        IncompatibleError: the avatar keeps no portrait or no mask.
    """
    if avatar.picture is None or avatar.mask is None:
        raise IncompatibleError(
            "the avatar keeps no portrait and mask, so there is no background to draw it before",
            "Make it again with aa create.",
        )
    face = np.zeros(avatar.mask.shape, np.uint8)
    outline = cv2.convexHull(np.round(avatar.landmarks[:_FACE, :2]).astype(np.int32))
    cv2.fillConvexPoly(face, outline, 1)
    plate = cut_out(avatar.picture, avatar.mask, face.astype(np.float32)).plate
    shrinks = size < len(plate)
    resized = cv2.resize(
        plate, (size, size), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    )
    return np.ascontiguousarray(resized.transpose(2, 0, 1).astype(np.float32) / 127.5 - 1)


def layered(drawn: Tensor, ground: Tensor | None, size: int) -> Tensor:
    """Lay persons over a background.

    Args:
        drawn: (B, 4, O, O) person before black in [-1, 1], and alpha in [0, 1].
        ground: (3, size, size) in [-1, 1], or None: keep the alpha.
        size: side of the frames.

    Returns:
        (B, 3, size, size) in about [-1, 1]; without ground (B, 4, size, size): straight colour, and
        alpha in [-1, 1].
    """
    drawn = drawn.float()
    if drawn.shape[-1] != size:
        drawn = interpolate(drawn, (size, size), mode="bicubic", antialias=True)
    alpha = drawn[:, COLOURS:].clamp(0, 1)
    person = (drawn[:, :COLOURS] + 1).clamp(0, 2)  # times alpha, from 0 to 2
    if ground is not None:
        return person + (ground + 1) * (1 - alpha) - 1
    straight = (person / alpha.clamp_min(_FAINT)).clamp(0, 2) - 1
    return torch.cat([straight, alpha * 2 - 1], 1)
