"""Lays the head model over landmarks: Gauss-Newton on pose, identity and expression.

The camera is weak perspective, see ``avatarartist_core.data.HeadFit``. All steps are taken in the
head's own axes, where the products of the shapes' coordinates are known beforehand, so that a step
costs little more than one solve. Letters as in ``basis``; P the 7 pose unknowns.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from aa_facemesh.basis import DEPTH_TRUST, POINTS, Basis, basis
from avatarartist_core.data import Floats
from avatarartist_core.motion.angles import rotation_from_vector

Array = NDArray[np.float64]

_P = 7
_METRIC = np.diag([1.0, 1.0, DEPTH_TRUST**2])


@dataclass(frozen=True)
class Priors:
    """How far coefficients may go, and what holds them back.

    Attributes:
        spread: standard deviation of an expression coefficient.
        symmetry: cost of left and right that differ.
        highest: largest coefficient.
        lowest: smallest coefficient, for those that may be negative at all.
        memory: cost of leaving the coefficients of the start, for clips.
    """

    spread: float = 0.35
    symmetry: float = 6.0
    highest: float = 1.0
    lowest: float = 0.0
    memory: float = 0.0


STILL = Priors(lowest=-0.3, highest=1.2)
CLIP = Priors(spread=0.5, lowest=-0.5, highest=1.2, memory=12.0)
_SAMPLE = replace(CLIP, memory=0.0, lowest=0.0)


@dataclass(frozen=True, eq=False)
class Solution:
    """A fit in float64, with y up.

    Attributes:
        identity: (K,)
        expression: (E,) of the fitted expressions.
        rotation: (3, 3)
        scale: pixels per head unit.
        translation: (3,) of the head's origin in pixels, y up.
    """

    identity: Array
    expression: Array
    rotation: Array
    scale: float
    translation: Array

    def residual(self, landmarks: Floats) -> Array:
        """Return (N, 2) what the model leaves unexplained, in head units, x right and y up."""
        drawn = self.scale * basis().face(self.identity, self.expression) @ self.rotation.T
        return ((_y_up(landmarks) - drawn - self.translation) / self.scale)[:, :2]

    def coefficients(self) -> Floats:
        """Return the (52,) ARKit coefficients; those that are not fitted are 0."""
        full = np.zeros(52, np.float32)
        full[basis().fitted] = self.expression
        return full


def solve(
    landmarks: Floats,
    start: Solution | None = None,
    *,
    identity_is_known: bool = False,
    priors: Priors = STILL,
    steps: int = 8,
) -> Solution:
    """Fit the head to one face.

    Args:
        landmarks: (468 or more, 3) x, y, z in pixels.
        start: where to begin; its expression is what ``priors.memory`` pulls to. Without one the
            pose comes from the mean head.
        identity_is_known: keep the identity of ``start``.
        priors: what is held likely before any landmark is seen.
        steps: Gauss-Newton steps.
    """
    head = basis()
    target = _y_up(landmarks)
    state = start if start is not None else posed(landmarks)
    held = state.expression
    first = head.identities if identity_is_known else 0
    low = np.maximum(head.lowest, priors.lowest)
    cost = _prior_cost(head, priors, first)
    for _ in range(steps):
        face = head.face(state.identity, state.expression)
        normal, gradient = _normal_equations(target, face, state, first, head)
        known = np.concatenate([np.zeros(_P), state.identity[first:], state.expression])
        normal += cost
        gradient -= cost @ known
        gradient[-len(held) :] += priors.memory * held
        step = _bounded_step(normal, gradient, state.expression, low, priors.highest)
        state = _moved(state, step, first, low, priors.highest)
    return state


def _y_up(landmarks: Floats) -> Array:
    return landmarks[:POINTS].astype(np.float64) * (1, -1, -1)


def shared_identity(faces: Sequence[Floats], rounds: int = 3) -> Array:
    """Fit one (K,) identity to several faces of a person, each with its own pose and expression.

    Pose and expression are eliminated from each face's equations, so that few rounds suffice. No
    coefficient is negative here, so that what all faces share goes to the identity.
    """
    head = basis()
    K = head.identities
    own = slice(_P, _P + K)
    cost = _prior_cost(head, _SAMPLE, 0)
    cost[own, own] = 0
    identity = solve(faces[len(faces) // 2]).identity
    states = [posed(each, identity) for each in faces]
    for _ in range(rounds):
        total, pull = np.eye(K), -identity
        for i, landmarks in enumerate(faces):
            start = replace(states[i], identity=identity)
            states[i] = solve(landmarks, start, identity_is_known=True, priors=_SAMPLE, steps=3)
            face = head.face(identity, states[i].expression)
            target = _y_up(landmarks)
            normal, gradient = _normal_equations(target, face, states[i], 0, head)
            normal += cost
            gradient -= cost @ np.concatenate([np.zeros(_P + K), states[i].expression])
            moving = states[i].expression > 0
            rest = np.r_[:_P, _P + K + np.flatnonzero(moving)]
            across = normal[own][:, rest]
            eliminated = _solved(normal[np.ix_(rest, rest)], across.T)
            total += normal[own, own] - across @ eliminated
            pull += gradient[own] - eliminated.T @ gradient[rest]
        identity = identity + _solved(total, pull)
    return identity


def posed(
    landmarks: Floats, identity: Array | None = None, expression: Array | None = None
) -> Solution:
    """Lay an unchanging head, the mean one by default, over landmarks (weighted Procrustes)."""
    head, target = basis(), _y_up(landmarks)
    identity = np.zeros(head.identities) if identity is None else identity
    expression = np.zeros(len(head.fitted)) if expression is None else expression
    face = head.face(identity, expression)
    w = head.weights / head.weights.sum()
    model_mean, target_mean = w @ face, w @ target
    model, seen = face - model_mean, target - target_mean
    u, stretch, v = np.linalg.svd((seen * w[:, None]).T @ model)
    sign = np.array([1, 1, np.sign(np.linalg.det(u @ v))])
    rotation = u * sign @ v
    scale = float((stretch * sign).sum() / (w @ (model**2).sum(1)))
    shift = target_mean - scale * rotation @ model_mean
    return Solution(identity, expression, rotation, scale, shift)


def _prior_cost(head: Basis, priors: Priors, first: int) -> Array:
    identities, fitted = head.identities - first, len(head.fitted)
    cost = np.diag(np.concatenate([np.full(_P, 1e-6), np.ones(identities), np.zeros(fitted)]))
    cost[-fitted:, -fitted:] = priors.symmetry * head.symmetry
    cost[-fitted:, -fitted:] += np.diag(priors.memory + (priors.spread * head.spread) ** -2)
    return cost


def _normal_equations(
    target: Array, face: Array, state: Solution, first: int, head: Basis
) -> tuple[Array, Array]:
    """Square the Jacobian of the landmarks by P pose unknowns, identity and expression.

    Unknowns of the pose, in head axes: small turn (3), relative growth, shift over scale (3).
    """
    metric = state.rotation.T @ _METRIC @ state.rotation
    error = ((target - state.translation) / state.scale) @ state.rotation - face
    pose = np.zeros((3, len(face), _P))
    x, y, z = face.T
    pose[0, :, 1], pose[0, :, 2] = z, -y
    pose[1, :, 0], pose[1, :, 2] = -z, x
    pose[2, :, 0], pose[2, :, 1] = y, -x
    pose[:, :, 3] = face.T
    for axis in range(3):
        pose[axis, :, 4 + axis] = 1
    heavy = np.tile(head.weights, 3)
    weighted = heavy[:, None] * (metric @ pose.reshape(3, -1)).reshape(-1, _P)
    pull = heavy * (metric @ error.T).ravel()
    columns = head.columns[first:]
    flat = pose.reshape(-1, _P)
    normal = np.empty((_P + len(columns),) * 2)
    normal[:_P, :_P] = flat.T @ weighted
    normal[_P:, :_P] = columns @ weighted
    normal[:_P, _P:] = normal[_P:, :_P].T
    normal[_P:, _P:] = np.tensordot(metric, head.gram[:, :, first:, first:], 2)
    return normal, np.concatenate([pull @ flat, columns @ pull])


def _bounded_step(
    normal: Array, gradient: Array, expression: Array, low: Array, high: float
) -> Array:
    """Solve for the step; expressions that would leave their range stop at its end."""
    step = _solved(normal, gradient)
    after = expression + step[-len(expression) :]
    inside = np.clip(after, low, high)
    stopped = np.zeros(len(step), bool)
    stopped[-len(expression) :] = np.abs(inside - after) > 1e-6
    if not stopped.any():
        return step
    step[-len(expression) :] = inside - expression
    free = ~stopped
    right = gradient[free] - normal[np.ix_(free, stopped)] @ step[stopped]
    step[free] = _solved(normal[np.ix_(free, free)], right)
    return step


def _solved(matrix: Array, right: Array) -> Array:
    """Solve a symmetric positive system; OpenCV does it on one thread, which small ones want."""
    columns = right if right.ndim == 2 else right[:, None]
    _, solution = cv2.solve(matrix, columns, flags=cv2.DECOMP_CHOLESKY)
    return np.asarray(solution, np.float64).reshape(right.shape)


def _moved(state: Solution, step: Array, first: int, low: Array, high: float) -> Solution:
    fitted = len(state.expression)
    identity = state.identity.copy()
    identity[first:] += step[_P : len(step) - fitted]
    return replace(
        state,
        identity=identity,
        expression=np.clip(state.expression + step[-fitted:], low, high),
        rotation=_orthonormal(state.rotation @ rotation_from_vector(step[:3].astype(np.float32))),
        scale=state.scale * (1 + step[3]),
        translation=state.translation + state.scale * state.rotation @ step[4:_P],
    )


def _orthonormal(matrix: Array) -> Array:
    """Take off the rounding that many steps add up to."""
    u, _, v = np.linalg.svd(matrix)
    return np.asarray(u @ v, np.float64)
