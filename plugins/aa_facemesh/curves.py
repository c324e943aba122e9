"""Fits every frame of a clip and writes down what was measured, before any filter."""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from aa_facemesh.basis import POINTS
from aa_facemesh.eyes import foreshortening, gaze, openness
from aa_facemesh.fit import CLIP, Array, Solution, posed, solve
from aa_facemesh.packing import Packed
from avatarartist_core.data import NECK, Floats

_STEPS = 2
_STEPS_AFTER_GAP = 8
_AFRESH = replace(CLIP, memory=0.0)


@dataclass(frozen=True, eq=False)
class Curves:
    """Measurements of T frames.

    Attributes:
        expression: (T, 52)
        rotation: (T, 3, 3)
        size: (T,) pixels per head unit.
        neck: (T, 2) pixel of the neck point, y up.
        gaze: (T, 2)
        openness: (T, 2) of the left and right eye, as if seen from the front.
        residual: (T, 468, 2) what the coefficients leave, head units in the frontal face plane.
    """

    expression: Floats
    rotation: Floats
    size: Floats
    neck: Floats
    gaze: Floats
    openness: Floats
    residual: NDArray[np.float16]


def measure(faces: list[Packed | None], identity: Array) -> Curves:
    """Fit every frame with a known identity.

    Where no face was seen the last values hold, before the first face the first.

    Args:
        faces: at least one; the list is emptied on the way, so that landmarks and results are
            not held together.
        identity: (K,) scores shared by all frames.
    """
    curves = _empty(len(faces))
    before: Solution | None = None
    state: Solution | None = None
    first = None
    for i in range(len(faces)):
        packed, faces[i] = faces[i], None
        if packed is None:
            before = None
            if first is not None:
                _hold(curves, slice(i, i + 1), i - 1)
            continue
        landmarks = packed.landmarks()
        expression = state.expression if state is not None else None
        start = before if before is not None else posed(landmarks, identity, expression)
        steps = _STEPS if before is not None else _STEPS_AFTER_GAP
        priors = CLIP if before is not None else _AFRESH
        state = solve(landmarks, start, identity_is_known=True, priors=priors, steps=steps)
        before = state
        _write(curves, i, landmarks, state)
        first = i if first is None else first
    _hold(curves, slice(0, first), first or 0)
    return curves


def _empty(frames: int) -> Curves:
    return Curves(
        expression=np.zeros((frames, 52), np.float32),
        rotation=np.zeros((frames, 3, 3), np.float32),
        size=np.zeros(frames, np.float32),
        neck=np.zeros((frames, 2), np.float32),
        gaze=np.zeros((frames, 2), np.float32),
        openness=np.zeros((frames, 2), np.float32),
        residual=np.zeros((frames, POINTS, 2), np.float16),
    )


def _hold(curves: Curves, where: slice, held: int) -> None:
    for field in fields(curves):
        values = getattr(curves, field.name)
        values[where] = values[held]


def _write(curves: Curves, i: int, landmarks: Floats, state: Solution) -> None:
    neck = state.translation + state.scale * state.rotation @ np.array(NECK)
    left_over = state.residual(landmarks)
    curves.expression[i] = state.coefficients()
    curves.rotation[i] = state.rotation
    curves.size[i] = state.scale
    curves.neck[i] = neck[:2]
    curves.gaze[i] = gaze(landmarks, state)
    curves.openness[i] = openness(landmarks) / np.clip(foreshortening(state), 0.6, 1.6)
    curves.residual[i] = left_over @ state.rotation[:2, :2]
