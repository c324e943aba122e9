import numpy as np
import pytest

from aa_faceverse.basis import TO_FLAME
from aa_faceverse.coefficients import Coefficients, rotation_of
from aa_faceverse.labels import camera_labels, demo_orbit


def coefficients():
    rng = np.random.default_rng(2)
    vector = np.zeros((3, 610), np.float32)
    vector[:, 572:575] = rng.uniform(-0.5, 0.5, (3, 3))
    vector[:, 602:605] = rng.uniform(-0.3, 0.3, (3, 3)) + np.array([0, 0, 6.5])
    vector[:, 609] = 1
    return vector


def test_a_label_draws_the_head_where_the_fit_does():
    given = coefficients()
    parts = Coefficients.split(given)
    points = np.random.default_rng(3).uniform(-1, 1, (20, 3))
    world = 2.5 * (points @ TO_FLAME[:3, :3].T + TO_FLAME[:3, 3] + (0, 0.005, 0))
    for k, label in enumerate(camera_labels(given, TO_FLAME)):
        seen = points @ rotation_of(parts.angles[k]).T + parts.translation[k] + (0, 0, 5)
        fitted = 4.2647 * seen[:, :2] / seen[:, 2:] + 0.5
        cam2world, intrinsics = label[:16].reshape(4, 4), label[16:].reshape(3, 3)
        moved = (world - cam2world[:3, 3]) @ cam2world[:3, :3] @ intrinsics.T
        np.testing.assert_allclose(moved[:, :2] / moved[:, 2:], fitted, atol=1e-4)


def test_rotations_are_orthonormal_unless_the_authors_scale_is_asked_for():
    plain = camera_labels(coefficients(), TO_FLAME)
    scaled = camera_labels(coefficients(), TO_FLAME, orthonormal=False)
    turn, shrunk = (labels[:, :16].reshape(-1, 4, 4)[:, :3, :3] for labels in (plain, scaled))
    np.testing.assert_allclose(
        turn @ turn.transpose(0, 2, 1), np.tile(np.eye(3), (3, 1, 1)), atol=1e-5
    )
    np.testing.assert_allclose(shrunk, 0.2166746 * turn, atol=1e-5)
    np.testing.assert_array_equal(plain[:, [3, 7, 11]], scaled[:, [3, 7, 11]])
    assert np.linalg.norm(plain[:, [3, 7, 11]], axis=1) == pytest.approx(2.5, abs=0.3)


def test_the_demonstration_goes_round_at_radius_2_7():
    labels = demo_orbit(8)
    cam2world = labels[:, :16].reshape(-1, 4, 4)
    at, axes = cam2world[:, :3, 3], cam2world[:, :3, :3]
    np.testing.assert_allclose(np.linalg.norm(at, axis=1), 2.7, atol=1e-5)
    np.testing.assert_allclose(axes[:, :, 2], -at / 2.7, atol=1e-5)  # it looks at the origin
    assert (axes[:, 1, 1] < 0).all(), "the picture's rows do not run down"
    assert np.linalg.det(axes) == pytest.approx(1, abs=1e-5)
    yaw = np.arctan2(at[:, 0], at[:, 2])
    np.testing.assert_allclose(yaw, 0.35 * np.sin(np.arange(8) * np.pi / 4), atol=1e-5)
    assert labels[:, 16] == pytest.approx(4.26339, abs=1e-5)
