"""Retargeting: what a performer does, done by another face."""

from dataclasses import replace

import numpy as np
import pytest

from avatarartist_core.config import RetargetConfig
from avatarartist_core.data import Avatar, Floats, HeadFit, Motion, Neutral
from avatarartist_core.heads.mesh import anny_mesh
from avatarartist_core.motion import ARKIT
from avatarartist_core.motion.angles import (
    angles_from_rotation,
    rotation_from_angles,
    rotation_from_vector,
    vector_from_rotation,
)
from avatarartist_core.motion.retarget import retarget
from avatarartist_core.specs import AvatarSpec

SMILE = ARKIT.index("mouthSmileLeft")
PUCKER = ARKIT.index("mouthPucker")
JAW = ARKIT.index("jawOpen")


def face(expression: dict[int, float], yaw: float = 0.0, identity: float = 0.0) -> Avatar:
    mesh = anny_mesh()
    coefficients = np.zeros(52, np.float32)
    for index, value in expression.items():
        coefficients[index] = value
    fit = HeadFit(
        identity=np.full(len(mesh.identity), identity, np.float32),
        expression=coefficients,
        rotation=rotation_from_angles(np.radians([yaw, 0, 0])),
        scale=100.0,
        translation=np.array([256, 200], np.float32),
        gaze=np.array([0.1, 0], np.float32),
        rms=0.0,
    )
    vertices = mesh.vertices + np.tensordot(fit.identity, mesh.identity, 1)
    vertices = vertices + np.tensordot(coefficients, mesh.expression, 1)
    return Avatar(AvatarSpec("layers"), fit, "lift", fit.project(mesh.landmarks(vertices)), 512)


def clip(*expressions: dict[int, float], identity: Floats | None = None) -> Motion:
    frames = len(expressions)
    coefficients = np.zeros((frames, 52), np.float32)
    for row, expression in zip(coefficients, expressions, strict=True):
        for index, value in expression.items():
            row[index] = value
    return Motion(
        fps=25,
        expression=coefficients,
        rotation=np.tile(np.eye(3, dtype=np.float32), (frames, 1, 1)),
        translation=np.zeros((frames, 3), np.float32),
        gaze=np.zeros((frames, 2), np.float32),
        tracked=np.ones(frames, bool),
        identity=identity,
    )


def test_rest_of_an_authored_clip_is_the_portrait_itself() -> None:
    avatar = face({SMILE: 0.4}, yaw=12)
    driven = retarget(avatar, clip({}), RetargetConfig())
    np.testing.assert_allclose(driven.expression[0], avatar.fit.expression, atol=1e-6)
    np.testing.assert_allclose(driven.rotation[0], avatar.fit.rotation, atol=1e-6)
    np.testing.assert_allclose(driven.gaze[0], avatar.fit.gaze)
    assert not driven.translation.any()


def test_a_smile_on_a_smile_stays_within_a_smile() -> None:
    driven = retarget(face({SMILE: 0.7}), clip({SMILE: 0.8}), RetargetConfig())
    assert 0.7 < driven.expression[0, SMILE] <= 1.0


def test_a_pucker_takes_the_portraits_smile_away() -> None:
    driven = retarget(face({SMILE: 0.7}), clip({PUCKER: 1.0}), RetargetConfig())
    assert driven.expression[0, SMILE] < 0.3
    assert driven.expression[0, PUCKER] == pytest.approx(1.0)


def test_a_clip_of_the_portrait_itself_is_followed_exactly() -> None:
    """The portrait is frame 1 of its own clip, far from the clip's rest."""
    avatar = face({SMILE: 0.6, JAW: 0.3}, yaw=5, identity=0.5)
    own = clip({}, {SMILE: 0.6, JAW: 0.3}, {SMILE: 0.9}, identity=avatar.fit.identity)
    turned = np.array(own.rotation)
    turned[1] = avatar.fit.rotation
    turned[2] = rotation_from_angles(np.radians([-10, 4, 0]))
    own = replace(own, rotation=turned, translation=np.eye(3, dtype=np.float32))
    driven = retarget(avatar, own, RetargetConfig())
    np.testing.assert_allclose(driven.expression, own.expression, atol=0.01)
    np.testing.assert_allclose(driven.rotation, own.rotation, atol=0.01)
    np.testing.assert_allclose(driven.translation, own.translation - own.translation[1], atol=0.02)


def test_another_persons_clip_moves_by_offsets_from_its_rest() -> None:
    rest = np.zeros(52, np.float32)
    rest[JAW] = 0.2  # a performer whose resting jaw reads as open
    other = clip(
        {JAW: 0.2}, {JAW: 0.6}, identity=np.full(len(anny_mesh().identity), -2, np.float32)
    )
    other = replace(other, neutral=Neutral(expression=rest))
    driven = retarget(face({}), other, RetargetConfig(neutral="clip"))
    np.testing.assert_allclose(driven.expression[:, JAW], [0, 0.4], atol=1e-6)


def test_first_frame_as_reference_starts_at_the_portrait() -> None:
    avatar = face({SMILE: 0.2}, yaw=-8)
    driven = retarget(avatar, clip({JAW: 0.5}, {}), RetargetConfig(neutral="first"))
    np.testing.assert_allclose(driven.expression[0], avatar.fit.expression, atol=1e-6)


def test_factors_scale_what_is_added() -> None:
    moved = replace(clip({JAW: 0.4}), translation=np.array([[1, 0, 0]], np.float32))
    driven = retarget(face({}), moved, RetargetConfig(expression=0.5, translation=0.25))
    assert driven.expression[0, JAW] == pytest.approx(0.2)
    assert driven.translation[0, 0] == pytest.approx(0.25)


def test_angles_and_vectors_survive_a_round_trip() -> None:
    angles = np.random.default_rng(3).uniform(-1.2, 1.2, (50, 3)).astype(np.float32)
    rotation = rotation_from_angles(angles)
    np.testing.assert_allclose(angles_from_rotation(rotation), angles, atol=1e-5)
    again = rotation_from_vector(vector_from_rotation(rotation))
    np.testing.assert_allclose(again, rotation, atol=1e-5)


@pytest.mark.parametrize(
    ("angles", "direction"),
    [((0.3, 0, 0), (1, 0, 0)), ((0, 0.3, 0), (0, 1, 0))],
    ids=["yaw turns to the picture's right", "pitch looks up"],
)
def test_signs_of_yaw_and_pitch(
    angles: tuple[float, float, float], direction: tuple[int, int, int]
) -> None:
    gaze = rotation_from_angles(np.array(angles)) @ [0, 0, 1]
    assert gaze @ np.array(direction) > 0.25
