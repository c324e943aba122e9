"""How far the face in a transferred picture is from the face it came from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from avatarartist_core.comparison.scores import LANDMARKS, LEFT_EYE, RIGHT_EYE
from avatarartist_core.data import Floats, Picture, Portrait
from avatarartist_core.interfaces import FaceFinder

HALF_HUMAN = 0.5
"""The least humanness of a face, as a part of the portrait's. Noise has up to 0.1."""
FLATTEST = 4.0
"""Standard deviation of 8-bit values below which a picture shows nothing."""


@dataclass(frozen=True)
class Deviation:
    """What a face finder measures between a portrait and a picture of the same size.

    Attributes:
        landmarks: mean distance of the 468 landmarks of the skin, in percent of the distance
            between the outer corners of the portrait's eyes.
        rotation: angle between the two head rotations, degrees.
        expression: mean absolute difference of the expression coefficients.
    """

    landmarks: float
    rotation: float
    expression: float


@dataclass(frozen=True)
class Bounds:
    """The most of each that still passes for the same pose and expression; units of Deviation."""

    landmarks: float
    rotation: float
    expression: float

    def faults(self, found: Deviation | None) -> list[str]:
        """Say what is out of bounds, with the values; an empty list when all is well.

        Args:
            found: what ``deviation`` measured; None: no face.
        """
        if found is None:
            return ["no face is found in it"]
        said = []
        if found.landmarks > self.landmarks:
            said.append(
                f"landmarks moved {found.landmarks:.1f} % of the eye distance, "
                f"{self.landmarks:g} % at most"
            )
        if found.rotation > self.rotation:
            said.append(f"the head turned {found.rotation:.1f} degrees, {self.rotation:g} at most")
        if found.expression > self.expression:
            said.append(
                f"expression coefficients changed by {found.expression:.2f}, "
                f"{self.expression:g} at most"
            )
        return said


def deviation(portrait: Portrait, picture: Picture, finder: FaceFinder) -> Deviation | None:
    """Measure the face of a picture against the portrait's; None: no face is found.

    Of several faces the one that lies nearest the portrait's counts, and one counts only if it is
    half as human-like as the portrait's: finders see weak faces in noise, too.

    Args:
        portrait: where the face was, in pixels of its own picture.
        picture: (P, P, 3) of the portrait's size.
        finder: of the kind that prepared the portrait.
    """
    least = HALF_HUMAN * portrait.humanness
    faces = [face for face in finder.find(picture) if face.humanness >= least]
    if not faces:
        return None
    nearest = min(faces, key=lambda face: landmark_shift(portrait.landmarks, face.landmarks))
    fit = finder.fit(nearest.landmarks)
    return Deviation(
        landmarks=landmark_shift(portrait.landmarks, nearest.landmarks),
        rotation=angle_between(portrait.fit.rotation, fit.rotation),
        expression=float(np.abs(fit.expression - portrait.fit.expression).mean()),
    )


def landmark_shift(truth: Floats, found: Floats) -> float:
    """Return the mean distance of two sets of (478, 2 or 3) landmarks, in % of the eye distance."""
    first, second = truth[:LANDMARKS, :2], found[:LANDMARKS, :2]
    eyes = float(np.linalg.norm(truth[LEFT_EYE, :2] - truth[RIGHT_EYE, :2]))
    return 100 * float(np.linalg.norm(second - first, axis=1).mean()) / eyes


def angle_between(first: Floats, second: Floats) -> float:
    """Return the angle of the turn from one (3, 3) rotation to another in degrees."""
    relative = first.astype(np.float64).T @ second.astype(np.float64)
    # sine and cosine together are exact for small angles, where arccos of the trace is not
    twist = np.linalg.norm(relative - relative.T) / (2 * np.sqrt(2))
    return float(np.degrees(np.arctan2(twist, (np.trace(relative) - 1) / 2)))


def is_flat(picture: Picture) -> bool:
    """Tell whether a picture is black, or of any one colour all over."""
    return bool(picture.std(axis=(0, 1)).max() < FLATTEST)
