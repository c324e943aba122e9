"""The tight crop that networks of the EG3D family are trained on, cut out of a portrait.

Five points (pupils, tip of the nose, corners of the mouth) are laid over the mean face of Deep3D by
weak perspective; scale and place of that face decide the crop. There is no turn.
"""

import cv2
import numpy as np

from avatarartist_core.data import Floats, Picture, Portrait

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


def aligned_crop(portrait: Portrait, side: int = 512) -> Picture:
    """Cut the crop out of the portrait's picture; what lies outside it is black.

    Args:
        portrait: its landmarks decide.
        side: of the result in pixels.

    Returns:
        (side, side, 3) uint8.
    """
    middle, scale = weak_perspective(portrait.landmarks[list(POINTS), :2])
    step = _SIDE * scale / side  # pixels of the portrait a pixel of the crop
    back = np.array([[step, 0, 0], [0, step, 0]])
    back[:, 2] = middle - step * (side - 1) / 2
    if step <= 1:
        return _warped(portrait.picture, back, side, cv2.INTER_CUBIC)
    finer = int(np.ceil(step))  # averaged down from more pixels, so that nothing is skipped
    back[:, :2] /= finer
    back[:, 2] = middle - step * (side - 1 / finer) / 2
    large = _warped(portrait.picture, back, side * finer, cv2.INTER_LINEAR)
    return cv2.resize(large, (side, side), interpolation=cv2.INTER_AREA)


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


def _warped(picture: Picture, back: Floats, side: int, how: int) -> Picture:
    """Draw (side, side, 3) pixels, each read at ``back`` of its place."""
    return cv2.warpAffine(
        picture, back, (side, side), flags=how | cv2.WARP_INVERSE_MAP, borderValue=(0, 0, 0)
    ).astype(np.uint8)
