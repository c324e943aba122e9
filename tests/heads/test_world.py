from dataclasses import replace

import numpy as np
import pytest

from avatarartist_core.cameras import cameras_for
from avatarartist_core.data import CAMERA_DISTANCE, NECK, Cameras
from avatarartist_core.heads.anny_window import anny_window
from avatarartist_core.heads.mesh import anny_mesh
from avatarartist_core.heads.world import portrait_camera, world_cameras
from avatarartist_core.motion.angles import rotation_from_angles
from avatarartist_core.testing import sample_portrait

WINDOW = anny_window()
SIDE = 256
FIT = sample_portrait(SIDE).fit
POINTS = anny_mesh().landmarks(anny_mesh().vertices)[:468]


def drawn(label, points):
    """Project (N, 3) head points through a label; returns (N, 2) pixels, first centre at 0."""
    cam2world, intrinsics = label[:16].reshape(4, 4), label[16:].reshape(3, 3)
    world = 0.25 * points + (0, 0.06, 0.2)
    seen = (world - cam2world[:3, 3]) @ cam2world[:3, :3]
    shares = seen @ intrinsics.T
    return shares[:, :2] / shares[:, 2:] * SIDE - 0.5


def turned_fit(yaw=0.3, pitch=-0.1, roll=0.05):
    rotation = rotation_from_angles(np.array([yaw, pitch, roll], np.float32))
    return replace(
        FIT, rotation=rotation, scale=61.0, translation=np.array([131.0, 118.0], np.float32)
    )


@pytest.mark.parametrize("fit", [FIT, turned_fit()], ids=["front", "turned"])
def test_the_portrait_camera_frames_the_head_as_the_portrait_does(fit):
    away = np.abs(drawn(portrait_camera(fit, SIDE, WINDOW), POINTS) - fit.project(POINTS)[:, :2])
    # Perspective at 1 m moves what is 0.4 dm before or behind the middle by up to 4 %.
    assert away.max() < 0.03 * SIDE
    assert away.mean() < 0.003 * SIDE


def test_rest_is_the_portrait_itself():
    fit = turned_fit()
    rest = world_cameras(
        cameras_for("front", 2, 25.0),
        np.stack([fit.rotation] * 2),
        np.zeros((2, 3), np.float32),
        fit,
        SIDE,
        WINDOW,
    )
    assert rest.dtype == np.float32
    np.testing.assert_array_equal(rest[1], portrait_camera(fit, SIDE, WINDOW))


def test_the_nominal_camera_stands_at_the_radius_of_the_authors():
    label = portrait_camera(FIT, SIDE, WINDOW)
    assert np.linalg.norm(label[[3, 7, 11]]) == pytest.approx(2.7, abs=0.01)
    assert label[[18, 21]] == pytest.approx(0.5)


def test_turn_shift_and_view_are_those_of_a_head_that_moves():
    fit = turned_fit()
    generator = np.random.default_rng(0)
    rotation = rotation_from_angles(generator.uniform(-0.4, 0.4, (3, 3)).astype(np.float32))
    shift = generator.uniform(-0.4, 0.4, (3, 3)).astype(np.float32)
    view = cameras_for("20,10", 3, 25.0)
    seen = rotation_from_angles(np.radians(np.array([20.0, 10.0, 0.0], np.float32)))
    labels = world_cameras(view, rotation, shift, fit, SIDE, WINDOW)
    focal = fit.scale * (CAMERA_DISTANCE - (fit.rotation @ WINDOW.center)[2])
    offset = (fit.translation - (SIDE - 1) / 2) / fit.scale * (1, -1)
    for k in range(3):
        # The slow way: move the head in front of a camera that stands still.
        neck = np.array(NECK)
        placed = (POINTS - neck) @ (seen @ rotation[k]).T + fit.rotation @ neck + shift[k]
        placed[:, :2] += offset
        share = focal / (CAMERA_DISTANCE - placed[:, 2:])
        expected = placed[:, :2] * share * (1, -1) + (SIDE - 1) / 2
        np.testing.assert_allclose(drawn(labels[k], POINTS), expected, atol=0.01)
        turn = labels[k, :16].reshape(4, 4)[:3, :3].astype(np.float64)
        np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-5)
        assert np.linalg.det(turn) == pytest.approx(1, abs=1e-5)


def test_a_longer_focal_length_of_the_viewer_is_kept():
    front = cameras_for("front", 1, 25.0)
    closer = front.intrinsics.copy()
    closer[:, :2, :2] *= 1.5
    still = FIT.rotation[None], np.zeros((1, 3), np.float32), FIT, SIDE, WINDOW
    plain = world_cameras(front, *still)
    zoomed = world_cameras(Cameras(front.cam2world, closer), *still)
    assert zoomed[0, 16] == pytest.approx(1.5 * plain[0, 16])
    assert zoomed[0, 18] == plain[0, 18]
