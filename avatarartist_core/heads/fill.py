"""Fills what a picture does not show from what it shows nearby."""

import cv2
import numpy as np

from avatarartist_core.data import Floats

_COARSEST = 2


def push_pull(values: Floats, weight: Floats) -> Floats:
    """Fill the pixels of little weight from coarser and coarser means of those that have some.

    Args:
        values: (H, W, C).
        weight: (H, W) in [0, 1].

    Returns:
        (H, W, C): as given where the weight is 1.
    """
    levels = [(values * weight[..., None], weight)]
    while min(levels[-1][1].shape) > _COARSEST:
        finer, share = levels[-1]
        shape = ((share.shape[1] + 1) // 2, (share.shape[0] + 1) // 2)
        summed = cv2.resize(finer, shape, interpolation=cv2.INTER_AREA)
        share = cv2.resize(share, shape, interpolation=cv2.INTER_AREA)
        # A pixel that is known at all is worth as much as its neighbours one level up.
        gain = np.minimum(1 / np.maximum(share, 1e-6), 3.0)
        levels.append((summed.reshape(*share.shape, -1) * gain[..., None], share * gain))
    summed, share = levels[-1]
    whole = np.maximum(share.sum(), 1e-6)
    filled = np.broadcast_to(summed.sum((0, 1)) / whole, summed.shape).astype(np.float32)
    for summed, share in reversed(levels):
        size = (share.shape[1], share.shape[0])
        if filled.shape[:2] != share.shape:
            filled = cv2.resize(np.ascontiguousarray(filled), size, interpolation=cv2.INTER_LINEAR)
        filled = summed + filled.reshape(summed.shape) * (1 - np.minimum(share, 1))[..., None]
    return np.asarray(filled, np.float32)
