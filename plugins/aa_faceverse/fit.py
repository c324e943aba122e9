"""Lays FaceVerse over landmarks: Gauss-Newton with the authors' loss and priors.

The authors run Adam on 1e3 |landmarks|^2 + 1e-3 |expression|^2 + 3e-3 |identity|^2, landmarks in
sides of their 512 crop, expressions never negative. The same sum is minimised here directly. In
their fits the head is some 1.08 m away at scale 1; here it is 1 m away and the picture's scale is
free, so that a face need not be cropped first.

Small products go through OpenCV and einsum, on one thread: the linear algebra library's own threads
would spin against those of the networks.

Letters: N landmarks, P the 6 unknowns of the pose, E expressions, K identity components.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np

from aa_faceverse.basis import FaceBasis
from aa_faceverse.config import EXPRESSIONS, EYES, IDENTITIES
from aa_faceverse.landmark_model import Array, Eye, LandmarkModel, landmark_model
from avatarartist_core.data import CAMERA_DISTANCE, Floats, HeadFit
from avatarartist_core.motion.angles import rotation_from_angles, rotation_from_vector

_P = 6
_CROP = 2.53  # decimetres that the authors' crop shows of a head
_LANDMARK_COST = 1e3 / _CROP**2
_EXPRESSION_COST, _IDENTITY_COST = 1e-3, 3e-3
_EYE_COST = 1e-3
_EYE_LIMIT = 0.7  # radians


@dataclass(frozen=True, eq=False)
class Solution:
    """A fit in float64, with y up.

    Attributes:
        identity: (150,)
        expression: (171,)
        rotation: (3, 3) in head axes.
        scale: pixels per head unit at the depth of the head's origin.
        shift: (2,) pixel of the head's origin, y up.
        eyes: (4,) pitch (down) and yaw (to the picture's right) of left and right eye.
    """

    identity: Array
    expression: Array
    rotation: Array
    scale: float
    shift: Array
    eyes: Array

    def projected(self, points: Array) -> Array:
        """Draw (N, 3) head points; returns (N, 2) pixels, y up."""
        x, y, z = self.rotation @ points.T
        near = self.scale * CAMERA_DISTANCE / (CAMERA_DISTANCE - z)
        return np.stack([x * near, y * near], 1) + self.shift

    def coefficients(self) -> Floats:
        """Return the (175,) expressions and eyes, as ``Motion.expression`` holds them."""
        return np.concatenate([self.expression, self.eyes]).astype(np.float32)


def fit_landmarks(basis: FaceBasis, landmarks: Floats) -> HeadFit:
    """Fit one face; the result is weak perspective at the depth of the middle of the face.

    Args:
        basis: the head model.
        landmarks: (478, 3) in pixels.
    """
    model = model_of(basis)
    solution = solve(model, landmarks, steps=12)
    face = model.face(solution.identity, solution.expression)
    left_over = (_y_up(landmarks)[: len(face), :2] - solution.projected(face)) / solution.scale
    middle = solution.rotation @ model.mean.mean(0)
    near = CAMERA_DISTANCE / (CAMERA_DISTANCE - middle[2])
    scale = solution.scale * near
    return HeadFit(
        identity=solution.identity.astype(np.float32),
        expression=solution.coefficients(),
        rotation=solution.rotation.astype(np.float32),
        scale=float(scale),
        translation=(solution.shift * (1, -1)).astype(np.float32),
        gaze=gaze_of(solution.eyes[None])[0],
        rms=float(np.sqrt((left_over**2).sum(1).mean())),
    )


@lru_cache(maxsize=4)
def model_of(basis: FaceBasis) -> LandmarkModel:
    """Read the landmarks off a head model, once."""
    return landmark_model(basis)


def gaze_of(eyes: Array) -> Floats:
    """Turn (T, 4) angles of two eyes into (T, 2) yaw to the right and pitch up of both."""
    pitch, yaw = eyes[:, [0, 2]].mean(1), eyes[:, [1, 3]].mean(1)
    return np.stack([yaw, -pitch], 1).astype(np.float32)


def solve(
    model: LandmarkModel,
    landmarks: Floats,
    start: Solution | None = None,
    *,
    identity_is_known: bool = False,
    memory: float = 0.0,
    steps: int = 5,
) -> Solution:
    """Fit one face.

    Args:
        model: landmarks of the head model.
        landmarks: (478, 3) x, y, z in pixels.
        start: where to begin; without one the pose comes from the mean head.
        identity_is_known: keep the identity of ``start``.
        memory: cost of leaving the expression of ``start``.
        steps: Gauss-Newton steps.
    """
    target = _y_up(landmarks)
    state = start if start is not None else _posed(model, target)
    held = state.expression
    for _ in range(steps):
        normal, gradient = _equations(model, target, state, identity_is_known)
        own = slice(_P, _P + EXPRESSIONS)
        normal[own, own] += memory * np.eye(EXPRESSIONS)
        gradient[own] += memory * (held - state.expression)
        state = _moved(state, _bounded(normal, gradient, state.expression))
    return replace(state, eyes=np.concatenate([_looked(eye, target, state) for eye in model.eyes]))


def shared_identity(model: LandmarkModel, faces: Sequence[Floats], rounds: int = 3) -> Array:
    """Fit one (150,) identity to several faces of a person.

    Pose and those expressions that are not held at 0 are eliminated from each face's equations.
    """
    states = [solve(model, faces[len(faces) // 2])] * len(faces)
    identity = states[0].identity
    begun = [False] * len(faces)
    for _ in range(rounds):
        total, pull = _IDENTITY_COST * np.eye(IDENTITIES), -_IDENTITY_COST * identity
        for k, landmarks in enumerate(faces):
            begin = states[k] if begun[k] else _posed(model, _y_up(landmarks))
            begin = replace(begin, identity=identity)
            states[k] = solve(model, landmarks, begin, identity_is_known=True, steps=4)
            begun[k] = True
            normal, gradient = _equations(model, _y_up(landmarks), states[k], False)
            own = np.arange(_P + EXPRESSIONS, len(gradient))
            rest = np.r_[:_P, _P + np.flatnonzero(states[k].expression > 0)]
            across = normal[np.ix_(own, rest)]
            gone = _solved(normal[np.ix_(rest, rest)], across.T)
            total += normal[np.ix_(own, own)] - across @ gone - _IDENTITY_COST * np.eye(IDENTITIES)
            pull += gradient[own] + _IDENTITY_COST * identity - gone.T @ gradient[rest]
        identity = identity + _solved(total, pull)
    return identity


def _y_up(landmarks: Floats) -> Array:
    return landmarks.astype(np.float64) * (1, -1, -1)


def _posed(model: LandmarkModel, target: Array) -> Solution:
    """Lay the mean head over the landmarks by a similarity (weighted Procrustes)."""
    w = model.weights / model.weights.sum()
    mean, seen = w @ model.mean, w @ target[: len(w)]
    apart, found = model.mean - mean, target[: len(w)] - seen
    u, stretch, v = np.linalg.svd((found * w[:, None]).T @ apart)
    sign = np.array([1, 1, np.sign(np.linalg.det(u @ v))])
    rotation = u * sign @ v
    scale = float((stretch * sign).sum() / (w @ (apart**2).sum(1)))
    return Solution(
        np.zeros(IDENTITIES),
        np.zeros(EXPRESSIONS),
        rotation,
        scale,
        (seen - scale * rotation @ mean)[:2],
        np.zeros(EYES),
    )


def _equations(
    model: LandmarkModel, target: Array, state: Solution, identity_is_known: bool
) -> tuple[Array, Array]:
    """Square the Jacobian by P pose unknowns, E expressions and, if it is sought, the identity.

    Unknowns of the pose: a small turn in the viewer's axes (3), growth, shift over scale (2).
    """
    face = model.face(state.identity, state.expression)
    N = len(face)
    seen = face @ state.rotation.T
    near = CAMERA_DISTANCE / (CAMERA_DISTANCE - seen[:, 2])
    drawn = seen[:, :2] * near[:, None]
    error = (target[:N, :2] - state.shift) / state.scale - drawn
    # What a step of the seen point changes in the picture: (N, 2, 3).
    slope = np.zeros((N, 2, 3))
    slope[:, 0, 0] = slope[:, 1, 1] = near
    slope[:, :, 2] = drawn / (CAMERA_DISTANCE - seen[:, 2:])
    x, y, z = seen.T
    o = np.zeros(N)
    turn = np.stack([o, z, -y, -z, o, x, y, -x, o], 1).reshape(N, 3, 3)
    pose = np.concatenate(
        [slope @ turn, drawn[:, :, None], np.tile(np.eye(2), (N, 1, 1))], 2
    ).transpose(2, 0, 1)
    prior = np.concatenate([np.full(_P, 1e-9), np.full(EXPRESSIONS, _EXPRESSION_COST)])
    known = np.concatenate([np.zeros(_P), state.expression])
    shapes = model.shapes[:, : EXPRESSIONS if identity_is_known else None]
    if not identity_is_known:
        prior = np.concatenate([prior, np.full(IDENTITIES, _IDENTITY_COST)])
        known = np.concatenate([known, state.identity])
    turned = (slope @ state.rotation).transpose(2, 0, 1).reshape(3, -1)
    columns = np.empty((_P + shapes.shape[1], 2 * N))
    columns[:_P] = pose.reshape(_P, -1)
    np.einsum("jm,jkm->km", turned, shapes, out=columns[_P:])
    weights = np.repeat(model.weights, 2) * (_LANDMARK_COST / N)
    weighted = columns * weights
    normal = cv2.gemm(weighted, columns, 1.0, None, 0.0, flags=cv2.GEMM_2_T) + np.diag(prior)
    gradient: Array = np.einsum("km,m->k", weighted, error.reshape(-1)) - prior * known
    return np.asarray(normal, np.float64), gradient


def _bounded(normal: Array, gradient: Array, expression: Array) -> Array:
    """Take a projected Newton step: expressions at 0 that would fall stay, others stop at 0."""
    own = slice(_P, _P + EXPRESSIONS)
    free = np.ones(len(gradient), bool)
    free[own] = (expression > 0) | (gradient[own] > 0)
    step = np.zeros(len(gradient))
    step[free] = _solved(normal[np.ix_(free, free)], gradient[free])
    step[own] = np.maximum(step[own], -expression)
    return step


def _solved(matrix: Array, right: Array) -> Array:
    """Solve a symmetric positive system; OpenCV does it on one thread, which small ones want."""
    columns = right if right.ndim == 2 else right[:, None]
    _, solution = cv2.solve(matrix, columns, flags=cv2.DECOMP_CHOLESKY)
    return np.asarray(solution, np.float64).reshape(right.shape)


def _moved(state: Solution, step: Array) -> Solution:
    turn = rotation_from_vector(step[:3].astype(np.float32)).astype(np.float64)
    u, _, v = np.linalg.svd(turn @ state.rotation)
    end = _P + EXPRESSIONS
    identity = state.identity + step[end:] if len(step) > end else state.identity
    return replace(
        state,
        identity=identity,
        expression=np.maximum(state.expression + step[_P:end], 0),
        rotation=np.asarray(u @ v, np.float64),
        scale=state.scale * float(np.exp(step[3])),
        shift=state.shift + state.scale * step[4:_P],
    )


def _looked(eye: Eye, target: Array, state: Solution) -> Array:
    """Return (2,) pitch and yaw that lay an eye's iris over its landmarks."""
    angles = np.zeros(2)
    if not len(eye.numbers):
        return angles
    middle, *iris = eye.points(state.identity, state.expression)

    def drawn(pitch: float, yaw: float) -> Array:
        turn = rotation_from_angles(np.array([yaw, -pitch, 0], np.float32))
        return state.projected((np.array(iris) - middle) @ turn.T + middle).reshape(-1)

    wanted, tiny = target[eye.numbers, :2].reshape(-1), 1e-3
    for _ in range(3):
        now = drawn(*angles)
        slope = np.stack([(drawn(*(angles + tiny * unit)) - now) / tiny for unit in np.eye(2)], 1)
        normal = slope.T @ slope / state.scale**2 + _EYE_COST * np.eye(2)
        pull = slope.T @ (wanted - now) / state.scale**2 - _EYE_COST * angles
        angles = np.clip(angles + np.linalg.solve(normal, pull), -_EYE_LIMIT, _EYE_LIMIT)
    return angles
