"""How near drawn frames are to true ones, by measures that need nothing downloaded."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Floats, Picture
from avatarartist_core.interfaces import FaceFinder

LANDMARKS = 468  # without the irises
LEFT_EYE, RIGHT_EYE = 263, 33  # outer corners
MARGIN = 0.1  # of the box around the landmarks, on each side, in its larger side
WINDOW, SIGMA = 11, 1.5  # Wang et al. 2004, Image quality assessment, section III-B
C1, C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
BEST_PSNR = 100.0
"""What equal pictures are given, in dB, so that means stay finite."""

HOW = (
    "PSNR and SSIM (RGB, 8 bit, Gaussian window of 11 pixels) inside the face's box of the true "
    "frame, the box of its landmarks and a tenth more; landmarks: mean distance of 468 in percent "
    "of the distance between the outer corners of the eyes"
)


@dataclass(frozen=True)
class Truth:
    """A true frame with the face that was found in it.

    Attributes:
        picture: (S, S, 3).
        landmarks: (468, 2) in pixels.
    """

    picture: Picture
    landmarks: Floats

    @property
    def box(self) -> tuple[slice, slice]:
        """The rows and columns of the face, inside the picture."""
        low, high = self.landmarks.min(axis=0), self.landmarks.max(axis=0)
        room = MARGIN * (high - low).max()
        side = len(self.picture)
        left, top = np.clip(np.floor(low - room), 0, side - 1).astype(int)
        right, bottom = np.clip(np.ceil(high + room) + 1, 1, side).astype(int)
        return slice(top, bottom), slice(left, right)


@dataclass(frozen=True)
class Score:
    """Means over the measured frames.

    Attributes:
        psnr: dB.
        ssim: in [-1, 1], 1 for equal pictures; None where the face is smaller than its window.
        landmarks: percent of the eye distance; None: no drawn frame shows a face.
        faceless: measured frames that show a face in truth and none as drawn.
        frames: frames measured.
    """

    psnr: float
    ssim: float | None
    landmarks: float | None
    faceless: int
    frames: int


class Scores:
    """Gathers the scores of one column frame by frame; nothing but numbers is kept."""

    def __init__(self) -> None:
        self._psnr: list[float] = []
        self._ssim: list[float] = []
        self._landmarks: list[float] = []

    def add(self, drawn: Picture, found: Floats | None, truth: Truth) -> None:
        """Measure one (S, S, 3) frame, in which (468, 2) landmarks were found or no face was."""
        box = truth.box
        self._psnr.append(psnr(drawn[box], truth.picture[box]))
        if min(truth.picture[box].shape[:2]) >= WINDOW:
            self._ssim.append(ssim(drawn[box], truth.picture[box]))
        if found is not None:
            eyes = float(np.linalg.norm(truth.landmarks[LEFT_EYE] - truth.landmarks[RIGHT_EYE]))
            apart = float(np.linalg.norm(found - truth.landmarks, axis=1).mean())
            self._landmarks.append(100 * apart / eyes)

    def mean(self) -> Score | None:
        """Return the means; None when nothing was measured."""
        if not self._psnr:
            return None
        return Score(
            psnr=round(float(np.mean(self._psnr)), 3),
            ssim=round(float(np.mean(self._ssim)), 4) if self._ssim else None,
            landmarks=round(float(np.mean(self._landmarks)), 3) if self._landmarks else None,
            faceless=len(self._psnr) - len(self._landmarks),
            frames=len(self._psnr),
        )


def landmarks_in(picture: Picture, finder: FaceFinder) -> Floats | None:
    """Return the (468, 2) landmarks of the largest face, or None."""
    faces = finder.find(picture)
    return faces[0].landmarks[:LANDMARKS, :2] if faces else None


def psnr(first: Picture, second: Picture) -> float:
    """Return the peak signal-to-noise ratio of two 8-bit pictures in dB, at most ``BEST_PSNR``."""
    error = float(np.mean((first.astype(np.float64) - second.astype(np.float64)) ** 2))
    return min(10 * math.log10(255**2 / max(error, 1e-12)), BEST_PSNR)


def ssim(first: Picture, second: Picture) -> float:
    """Return the mean structural similarity of two (H, W, 3) pictures over places and channels.

    Only windows that lie wholly inside count, as the authors of the measure do it (equation 13).
    """
    x, y = first.astype(np.float64), second.astype(np.float64)
    mean_x, mean_y = _blurred(x), _blurred(y)
    var_x = _blurred(x * x) - mean_x**2
    var_y = _blurred(y * y) - mean_y**2
    shared = _blurred(x * y) - mean_x * mean_y
    numerator = (2 * mean_x * mean_y + C1) * (2 * shared + C2)
    denominator = (mean_x**2 + mean_y**2 + C1) * (var_x + var_y + C2)
    return float((numerator / denominator).mean())


def _blurred(values: NDArray[np.float64]) -> NDArray[np.float64]:
    edge = WINDOW // 2
    whole = cv2.GaussianBlur(values, (WINDOW, WINDOW), SIGMA)
    return np.asarray(whole[edge:-edge, edge:-edge], np.float64)
