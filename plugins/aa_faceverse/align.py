"""Cuts a face out for the motion network: eyes and mouth always at the same three places."""

import cv2
import numpy as np

from avatarartist_core.data import Floats, Picture

SIDE = 224

_RIGHT_EYE = (33, 160, 158, 133, 153, 144)
_LEFT_EYE = (362, 385, 387, 263, 373, 380)
_INNER_LIPS = (78, 81, 13, 311, 308, 402, 14, 178)
"""The landmarks that stand for numbers 36-41, 42-47 and 60-67 of the 68 ones."""

_PLACES = np.array([[87, 59], [137, 59], [112, 120]], np.float64)
_CUT = slice(0, 192), slice(16, 208)  # rows and columns of the aligned picture that are kept
_CROP_EYES = 125.0  # pixels between the eyes in the authors' 512 crop, which is what they cut from


def aligned(picture: Picture, landmarks: Floats) -> Picture:
    """Return the (224, 224, 3) picture that the network looks at.

    Args:
        picture: (H, W, 3) uint8 RGB.
        landmarks: (478, 3) in its pixels.
    """
    points = three_points(landmarks)
    apart = float(np.linalg.norm(points[1] - points[0]))
    if apart > 2 * _CROP_EYES:  # sampling a large picture at few points would alias
        share = _CROP_EYES / apart
        height, width = (max(round(length * share), 1) for length in picture.shape[:2])
        factors = np.array([width / picture.shape[1], height / picture.shape[0]])
        picture = np.asarray(
            cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8
        )
        points = (points + 0.5) * factors - 0.5
    warped = cv2.warpAffine(
        picture, similarity(points, _PLACES), (SIDE, SIDE), flags=cv2.INTER_LINEAR
    )
    kept = np.ascontiguousarray(warped[_CUT])
    return np.asarray(cv2.resize(kept, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR), np.uint8)


def three_points(landmarks: Floats) -> np.ndarray:
    """Return (3, 2): the middles of the right eye, the left eye and the inner lips, in pixels."""
    groups = (_RIGHT_EYE, _LEFT_EYE, _INNER_LIPS)
    return np.stack([landmarks[list(group), :2].mean(0) for group in groups]).astype(np.float64)


def similarity(points: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return the (2, 3) least-squares turn, scale and shift from (N, 2) points to (N, 2) places."""
    z, w = points @ (1, 1j), places @ (1, 1j)
    from_middle = z - z.mean()
    factor = (from_middle.conj() @ (w - w.mean())) / (abs(from_middle) ** 2).sum()
    shift = w.mean() - factor * z.mean()
    a, b = factor.real, factor.imag
    return np.array([[a, -b, shift.real], [b, a, shift.imag]])
