"""The tight crop that networks of the EG3D family are trained on, cut out of a portrait.

Five points (pupils, tip of the nose, corners of the mouth) are laid over the mean face of Deep3D by
weak perspective; scale and place of that face decide the crop. There is no turn.
"""

from dataclasses import replace
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Floats, Picture, Portrait

Drawn = TypeVar("Drawn", Picture, Floats)

POINTS = (468, 473, 4, 61, 291)
"""Of the 478 landmarks: pupils (picture's left, right), tip of the nose, corners of the mouth."""

MEAN_FACE = np.array(
    [
        [-0.3115, 0.2904, 0.1338],
        [0.3098, 0.2897, 0.1318],
        [0.0033, -0.0462, 0.5524],
        [-0.2522, -0.3813, 0.2241],
        [0.2485, -0.3813, 0.2224],
    ]
)
"""Deep3D's five points; x to the picture's right, y up, z towards the viewer."""

_RAISED, _NEARER = 0.1, 0.4  # added to y and z: the crop's middle lies below and behind
_SIDE = 700 / 300  # of the crop, in units of the mean face


def aligned(portrait: Portrait, side: int = 512) -> Portrait:
    """Cut the crop out of a portrait; what lies outside its picture is black.

    Args:
        portrait: its landmarks decide.
        side: of the result's picture in pixels.

    Returns:
        The portrait with picture, mask, landmarks and fit of the crop.
    """
    middle, scale = weak_perspective(portrait.landmarks[list(POINTS), :2])
    step = _SIDE * scale / side  # pixels of the portrait a pixel of the crop
    back = np.array([[step, 0, 0], [0, step, 0]])
    back[:, 2] = middle - step * (side - 1) / 2
    fit, landmarks = portrait.fit, portrait.landmarks / np.float32(step)
    landmarks[:, :2] -= (back[:, 2] / step).astype(np.float32)
    whole = np.vstack([back, [0, 0, 1]])
    return replace(
        portrait,
        picture=_cut(portrait.picture, back, side),
        mask=np.clip(_cut(portrait.mask, back, side), 0, 1),
        landmarks=landmarks.astype(np.float32),
        fit=replace(
            fit,
            scale=fit.scale / step,
            translation=((fit.translation - back[:, 2]) / step).astype(np.float32),
        ),
        to_file=(portrait.to_file @ whole).astype(np.float32),
    )


def weak_perspective(points: Floats) -> tuple[Floats, float]:
    """Lay the mean face over five points by least squares (8 unknowns).

    Args:
        points: (5, 2) pixels, y down.

    Returns:
        (2,) pixel of the face's origin, and pixels per unit of the mean face.
    """
    face = MEAN_FACE + np.array([0, _RAISED, _NEARER])
    terms = np.concatenate([face, np.ones((5, 1))], axis=1)
    across, _, _, _ = np.linalg.lstsq(terms, points[:, 0].astype(np.float64), rcond=None)
    down, _, _, _ = np.linalg.lstsq(terms, points[:, 1].astype(np.float64), rcond=None)
    scale = (np.linalg.norm(across[:3]) + np.linalg.norm(down[:3])) / 2
    return np.array([across[3], down[3]], np.float32), float(scale)


def _cut(picture: Drawn, back: NDArray[np.float64], side: int) -> Drawn:
    """Draw (side, side[, 3]) pixels, each read at ``back`` of its place, averaged when shrunk."""
    finer = max(1, int(np.ceil(back[0, 0])))
    how = cv2.INTER_CUBIC if finer == 1 else cv2.INTER_LINEAR
    at = back / np.array([finer, finer, 1])
    at[:, 2] -= back[0, 0] * (finer - 1) / (2 * finer)
    large = cv2.warpAffine(
        picture, at, (side * finer, side * finer), flags=how | cv2.WARP_INVERSE_MAP
    )
    if finer > 1:
        large = cv2.resize(large, (side, side), interpolation=cv2.INTER_AREA)
    return large.astype(picture.dtype)
