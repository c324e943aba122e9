"""Gaze and openness of the eyes, read off the landmarks with the fitted head at hand."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from aa_facemesh.basis import basis
from aa_facemesh.fit import Solution
from avatarartist_core.data import Floats
from avatarartist_core.heads.mesh import anny_mesh

CORNERS = ((263, 362), (33, 133))
"""Outer and inner corner of the left and right eye, the person's own."""

LIDS = (((386, 374), (385, 380), (387, 373)), ((159, 145), (158, 153), (160, 144)))
"""Pairs of upper and lower lid points of the left and right eye."""

_IRISES = (473, 468)
_MOST = 0.7


def gaze(landmarks: Floats, solution: Solution) -> Floats:
    """Read (2,) yaw and pitch of the eyes relative to the head, radians, mean of both eyes.

    The iris is measured from the middle of its eye's corners, which the head's turn hardly moves.
    """
    offsets = []
    for iris, corners in zip(_IRISES, CORNERS, strict=True):
        middle = landmarks[list(corners), :2].mean(0)
        offsets.append(landmarks[iris, :2] - middle)
    seen = np.mean(offsets, 0) * (1, -1) / solution.scale
    rest, radius = _eye()
    rotation = solution.rotation
    moved = np.linalg.solve(_tame(rotation[:2, :2]), seen - rotation[:2] @ rest)
    angles = np.arcsin(np.clip(moved / radius, -0.95, 0.95))
    return np.clip(angles, -_MOST, _MOST).astype(np.float32)


def openness(landmarks: Floats) -> Floats:
    """Return (2,) lid distance over eye width of the left and right eye."""
    ratios = []
    for pairs, (outer, inner) in zip(LIDS, CORNERS, strict=True):
        upper, lower = np.array(pairs).T
        gap = np.linalg.norm(landmarks[upper, :2] - landmarks[lower, :2], axis=1).mean()
        ratios.append(gap / max(np.linalg.norm(landmarks[outer, :2] - landmarks[inner, :2]), 1e-6))
    return np.array(ratios, np.float32)


def foreshortening(solution: Solution) -> Floats:
    """Return (2,) how much the head's pose widens or narrows ``openness`` of each eye."""
    head = basis().face(solution.identity, 0 * solution.expression)
    frontal = openness(head.astype(np.float32))
    turned = openness((head @ solution.rotation.T).astype(np.float32))
    return (turned / np.maximum(frontal, 1e-6)).astype(np.float32)


@cache
def _eye() -> tuple[NDArray[np.float64], float]:
    """Return where the iris of the head at rest lies from its eye's corners, and how far it turns.

    The offset is (3,) in head axes, mean of both eyes; the radius is the drawn eyeball's, so that
    a gaze that is read off a picture puts the irises where they were seen.
    """
    mesh = anny_mesh()
    points = mesh.landmarks(mesh.vertices)
    middles = np.array([points[list(corners)].mean(0) for corners in CORNERS])
    irises = points[list(_IRISES)]
    radius = np.linalg.norm(irises - mesh.eye_centers, axis=1).mean()
    return (irises - middles).mean(0).astype(np.float64), float(radius)


def _tame(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Keep a (2, 2) matrix away from the singular one of a profile view."""
    u, s, v = np.linalg.svd(matrix)
    return u * np.maximum(s, 0.4) @ v
