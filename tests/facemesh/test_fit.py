"""The fit recovers heads that were made from the model itself."""

import numpy as np
import pytest

from aa_facemesh.fit import shared_identity
from avatarartist_core.heads.mesh import anny_mesh
from avatarartist_core.motion import ARKIT
from avatarartist_core.motion.angles import angles_from_rotation, rotation_from_angles


def landmarks_of(identity, expression, angles, scale=120.0, translation=(256.0, 200.0)):
    """Draw the model's landmarks as a picture would show them: (478, 3) x, y, z in pixels."""
    mesh = anny_mesh()
    head = mesh.vertices + np.tensordot(identity, mesh.identity, 1)
    points = mesh.landmarks(head + np.tensordot(expression, mesh.expression, 1))
    turned = points @ rotation_from_angles(np.radians(angles)).T * scale
    turned *= (1, -1, -1)
    turned[:, :2] += translation
    return turned.astype(np.float32)


def a_person(seed):
    generator = np.random.default_rng(seed)
    return generator.normal(0, 0.7, len(anny_mesh().identity)).astype(np.float32)


def a_face(**coefficients):
    expression = np.zeros(52, np.float32)
    for name, value in coefficients.items():
        expression[ARKIT.index(name)] = value
    return expression


@pytest.mark.parametrize("angles", [(0, 0, 0), (20, -8, 5), (-25, 10, -15), (5, 3, 80)])
def test_pose_is_recovered(facemesh, angles):
    landmarks = landmarks_of(a_person(1), a_face(jawOpen=0.4), angles)
    fit = facemesh.fit(landmarks)
    found = np.degrees(angles_from_rotation(fit.rotation))
    assert np.abs(found - angles).max() < 2.0
    assert fit.scale == pytest.approx(120, rel=0.03)
    assert np.abs(fit.translation - (256, 200)).max() < 6
    assert fit.rms < 0.012


def test_expression_is_recovered(facemesh):
    expression = a_face(jawOpen=0.6, mouthSmileLeft=0.7, mouthSmileRight=0.7)
    fit = facemesh.fit(landmarks_of(a_person(2), expression, (8, 0, 0)))
    found = {name: fit.expression[ARKIT.index(name)] for name in ("jawOpen", "mouthSmileLeft")}
    assert found["jawOpen"] == pytest.approx(0.6, abs=0.2)
    assert found["mouthSmileLeft"] > 0.3


def test_rotation_is_orthonormal(facemesh):
    rotation = facemesh.fit(landmarks_of(a_person(3), a_face(), (15, 5, 3))).rotation
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-5)
    assert np.linalg.det(rotation) == pytest.approx(1, abs=1e-5)


def test_the_drawn_fit_lies_on_the_landmarks(facemesh):
    landmarks = landmarks_of(a_person(4), a_face(browInnerUp=0.5), (-12, 4, 2))
    fit = facemesh.fit(landmarks)
    mesh = anny_mesh()
    head = mesh.vertices + np.tensordot(fit.identity, mesh.identity, 1)
    head = head + np.tensordot(fit.expression, mesh.expression, 1)
    drawn = fit.project(mesh.landmarks(head))[:468, :2]
    distance = np.linalg.norm(drawn - landmarks[:468, :2], axis=1)
    assert np.sqrt((distance**2).mean()) / fit.scale == pytest.approx(fit.rms, abs=1e-3)
    assert fit.rms < 0.012


def test_a_larger_picture_changes_nothing_but_size(facemesh):
    landmarks = landmarks_of(a_person(5), a_face(jawOpen=0.3), (10, 0, 0))
    small, large = facemesh.fit(landmarks), facemesh.fit(landmarks * 3)
    np.testing.assert_allclose(small.expression, large.expression, atol=1e-4)
    np.testing.assert_allclose(small.identity, large.identity, atol=1e-3)
    assert large.scale == pytest.approx(3 * small.scale, rel=1e-4)


def test_several_faces_of_one_person_tell_the_identity_better_than_one(facemesh):
    person = a_person(6)
    faces = [
        landmarks_of(person, a_face(jawOpen=0.2 * i), (yaw, pitch, 0))
        for i, (yaw, pitch) in enumerate([(0, 0), (25, 0), (-25, 5), (10, -12)])
    ]
    mesh = anny_mesh()

    def error(identity):
        off = np.tensordot(identity - person, mesh.identity, 1)
        return np.linalg.norm(mesh.landmarks(off)[:468], axis=1).mean()

    assert error(shared_identity(faces)) < error(facemesh.fit(faces[0]).identity)
