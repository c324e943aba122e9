"""Fills holes in pictures smoothly from what surrounds them."""

import cv2
import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Floats

_SPREAD = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], np.float32) / 4


def push_pull(values: Floats, weight: Floats) -> Floats:
    """Fill by averages over ever larger neighbourhoods.

    Args:
        values: (H, W, C).
        weight: (H, W) in [0, 1], how far each pixel is known.
    """
    sums, weights = [values * weight[..., None]], [weight]
    while min(sums[-1].shape[:2]) > 1:
        sums.append(_as_3d(cv2.pyrDown(sums[-1])))
        weights.append(cv2.pyrDown(weights[-1]))
    filled = sums[-1] / np.maximum(weights[-1], 1e-12)[..., None]
    for total, known in zip(sums[-2::-1], weights[-2::-1], strict=True):
        size = (total.shape[1], total.shape[0])
        share = np.clip(known, 0, 1)[..., None]
        own = total / np.maximum(known, 1e-12)[..., None]
        filled = own * share + _as_3d(cv2.pyrUp(filled, dstsize=size)) * (1 - share)
    return np.asarray(filled, np.float32)


def membrane(values: Floats, known: NDArray[np.bool_], sweeps: int = 24) -> Floats:
    """Fill (H, W, C) like a soap film spanned by the known pixels: no seam, no new extremes."""
    if not known.any():
        return values.astype(np.float32)
    filled, fixed = [values.astype(np.float32)], [known]
    while min(filled[-1].shape[:2]) >= 32 and len(filled) < 7:
        weight = fixed[-1].astype(np.float32)
        sums = _as_3d(cv2.pyrDown(filled[-1] * weight[..., None]))
        share = cv2.pyrDown(weight)
        filled.append(sums / np.maximum(share, 1e-3)[..., None])
        fixed.append(share > 0.25)
    film = push_pull(filled[-1], fixed[-1].astype(np.float32))
    for level in range(len(filled) - 1, -1, -1):
        own, hold = filled[level], fixed[level][..., None]
        if level < len(filled) - 1:
            film = _as_3d(cv2.pyrUp(film, dstsize=(own.shape[1], own.shape[0])))
        film = np.where(hold, own, film)
        for _ in range(sweeps if level else sweeps // 3):
            spread = _as_3d(cv2.filter2D(film, -1, _SPREAD, borderType=cv2.BORDER_REPLICATE))
            film = np.where(hold, own, spread)
    return np.asarray(film, np.float32)


def _as_3d(values: Floats) -> Floats:
    return values if values.ndim == 3 else values[..., None]
