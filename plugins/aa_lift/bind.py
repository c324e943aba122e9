"""Binds the head model to one portrait so that every landmark lies on its pixel."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aa_lift.regions import BLINKS, LANDMARKS, LID_PAIRS, OVAL, regions
from avatarartist_core.data import Floats, HeadFit
from avatarartist_core.heads.mesh import anny_mesh

_SMOOTHING = 0.01  # of the spline; keeps noisy landmarks from creasing the skin


@dataclass(frozen=True, eq=False)
class Binding:
    """The personal head of a portrait (V vertices).

    Attributes:
        neutral: (V, 3) head without expression, head units.
        lid_scale: (2,) factor on the left and the right blink that makes the lids meet.
    """

    neutral: Floats
    lid_scale: Floats


def bind(fit: HeadFit, landmarks: Floats) -> Binding:
    """Bend the fitted head by a thin-plate spline through what the fit leaves unexplained."""
    mesh, parts = anny_mesh(), regions()
    plain = mesh.vertices + np.tensordot(fit.identity, mesh.identity[: len(fit.identity)], 1)
    posed = plain + np.tensordot(fit.expression, mesh.expression, 1)
    missing = landmarks[:LANDMARKS, :2] - fit.project(mesh.landmarks(posed))[:LANDMARKS, :2]
    offsets = np.stack([missing[:, 0], -missing[:, 1], 0 * missing[:, 0]], 1)
    offsets = offsets / fit.scale @ fit.rotation
    inside = np.setdiff1d(np.arange(LANDMARKS), OVAL)  # the oval slides along the silhouette
    bend = _spline(
        mesh.landmarks(mesh.vertices)[inside].astype(np.float64),
        offsets[inside].astype(np.float64),
        mesh.vertices,
    )
    reach = np.exp(-(np.maximum(parts.landmark_distance - 0.05, 0) ** 2) / 0.3**2)
    neutral = plain + bend * reach[:, None]
    scale = _lid_scale(neutral)
    shift = sum(
        fit.expression[k] * (scale[side] - 1) * mesh.expression[k] for side, k in enumerate(BLINKS)
    )
    return Binding((neutral - shift).astype(np.float32), scale)


def shapes(lid_scale: Floats) -> Floats:
    """Return the portrait's (52, V, 3) expressions: its own blinks, eyeballs left to the gaze."""
    mesh, parts = anny_mesh(), regions()
    personal = mesh.expression.copy()
    for side, k in enumerate(BLINKS):
        personal[k] *= lid_scale[side]
    for ball in parts.eyeballs:
        personal[:, ball] = 0
    return personal


def eyes_shut(expression: Floats) -> Floats:
    """Return the (52,) expression with both eyes closed."""
    shut = expression.copy()
    shut[list(BLINKS)] = 1
    return shut


def _lid_scale(neutral: Floats) -> Floats:
    """Divide each eye's opening by what a full blink travels."""
    mesh = anny_mesh()
    heights = mesh.landmarks(neutral)[:, 1]
    scale = np.ones(2, np.float32)
    for side, k in enumerate(BLINKS):
        travel = mesh.landmarks(mesh.expression[k])[:, 1]
        gap = np.mean([heights[up] - heights[low] for up, low in LID_PAIRS[side]])
        closing = np.mean([travel[low] - travel[up] for up, low in LID_PAIRS[side]])
        scale[side] = np.clip(1.04 * gap / max(closing, 1e-6), 0.5, 3.0)
    return scale


def _spline(
    knots: NDArray[np.float64], values: NDArray[np.float64], points: Floats
) -> NDArray[np.float64]:
    """Evaluate at ``points`` the smoothing thin-plate spline (3D, kernel r) through the knots."""
    n = len(knots)
    system = np.zeros((n + 4, n + 4))
    system[:n, :n] = _distances(knots, knots) - _SMOOTHING * np.eye(n)
    system[:n, n], system[n, :n] = 1, 1
    system[:n, n + 1 :], system[n + 1 :, :n] = knots, knots.T
    weights = np.linalg.solve(system, np.vstack([values, np.zeros((4, values.shape[1]))]))
    return _distances(points, knots) @ weights[:n] + weights[n] + points @ weights[n + 1 :]


def _distances(a: NDArray[np.floating], b: NDArray[np.floating]) -> NDArray[np.float64]:
    squares = (a**2).sum(1)[:, None] + (b**2).sum(1) - 2 * a @ b.T
    return np.sqrt(np.maximum(squares, 0))
