"""A clip's landmarks and embeddings to motion on the FaceVerse head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from aa_faceverse.config import EMBEDDING, TOPOLOGY
from aa_faceverse.fit import Solution, gaze_of, shared_identity, solve
from aa_faceverse.landmark_model import LandmarkModel
from avatarartist_core.data import CAMERA_DISTANCE, NECK, Floats, Motion, Neutral
from avatarartist_core.specs import MotionSpec

_MEMORY = 2e-3
"""Cost of an expression that leaves that of the frame before; twice that of one that is not 0."""

_FIRST_STEPS, _STEPS = 10, 4


def motion_of(
    model: LandmarkModel,
    landmarks: Sequence[Floats | None],
    embedding: Floats,
    fps: float,
    *,
    center: tuple[float, float],
    sample: int,
) -> Motion:
    """Fit a clip.

    Expressions and embedding are absolute, as the authors use them; the performer at rest has the
    expression 0 and the pose of the first frame that shows the face.

    Args:
        model: landmarks of the head model.
        landmarks: (478, 3) of each frame in pixels, None where no face was seen; one was.
        embedding: (S, 548) of the S frames that show a face.
        fps: frames a second.
        center: middle of the picture in pixels, where translation is 0.
        sample: frames that the identity is fitted to.
    """
    seen = [points for points in landmarks if points is not None]
    tracked = np.array([points is not None for points in landmarks])
    places = np.unique(np.linspace(0, len(seen) - 1, sample).round().astype(int))
    identity = shared_identity(model, [seen[place] for place in places])
    states = _fitted(model, seen, identity)
    # Frames without a face hold the one before; those at the start hold the first that has one.
    held = np.maximum(np.cumsum(tracked) - 1, 0)
    rotation = np.stack([state.rotation for state in states]).astype(np.float32)
    translation = _translation(states, center)
    expression = np.stack([state.coefficients() for state in states])
    gaze = gaze_of(np.stack([state.eyes for state in states]))
    return Motion(
        fps=fps,
        expression=expression[held],
        rotation=rotation[held],
        translation=translation[held],
        gaze=gaze[held],
        tracked=tracked,
        neutral=Neutral(
            expression=np.zeros_like(expression[0]),
            rotation=rotation[0],
            translation=translation[0],
            embedding=embedding[0],
        ),
        identity=identity.astype(np.float32),
        embedding=embedding[held],
        spec=MotionSpec(topology=TOPOLOGY, embedding=EMBEDDING),
    )


def _fitted(model: LandmarkModel, seen: Sequence[Floats], identity: np.ndarray) -> list[Solution]:
    start = replace(solve(model, seen[0], steps=2), identity=identity)
    states: list[Solution] = []
    for points in seen:
        first = not states
        states.append(
            solve(
                model,
                points,
                start if first else states[-1],
                identity_is_known=True,
                memory=0.0 if first else _MEMORY,
                steps=_FIRST_STEPS if first else _STEPS,
            )
        )
    return states


def _translation(states: Sequence[Solution], center: tuple[float, float]) -> Floats:
    """Return the (S, 3) place of the neck in head units; see ``Motion.translation``."""
    size = np.array([state.scale for state in states])
    usual = float(np.median(size))
    middle = np.array([center[0], -center[1]])
    neck = np.array(NECK)
    place = np.empty((len(states), 3), np.float32)
    for row, state in zip(place, states, strict=True):
        origin = (state.shift - middle) / usual
        row[:2] = origin + state.scale / usual * (state.rotation @ neck)[:2]
    place[:, 2] = CAMERA_DISTANCE * (1 - usual / size)
    return place
