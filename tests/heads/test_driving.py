from dataclasses import replace

import numpy as np

from avatarartist_core.data import ParametricTriplane
from avatarartist_core.heads.driving import drives
from avatarartist_core.specs import AvatarSpec
from avatarartist_core.testing import sample_cameras, sample_motion, sample_portrait


def avatar() -> ParametricTriplane:
    portrait = sample_portrait()
    return ParametricTriplane(
        AvatarSpec("triplane", "anny-head"), portrait.fit, "t", portrait.landmarks, 256
    )


def test_batches_hold_every_frame_once_and_in_order():
    motion, cameras = sample_motion(5), sample_cameras(5)
    alone = list(drives(avatar(), motion, cameras, embedding="arkit-gaze", batch=1))
    together = list(drives(avatar(), motion, cameras, embedding="arkit-gaze", batch=2))
    assert [len(drive) for drive in together] == [2, 2, 1]
    for name in ("mesh", "labels", "embedding"):
        one = np.concatenate([getattr(drive, name) for drive in alone])
        other = np.concatenate([getattr(drive, name) for drive in together])
        np.testing.assert_array_equal(one, other)


def test_expression_moves_the_map_and_pose_the_camera():
    motion, cameras = sample_motion(2), sample_cameras(2)
    (still,) = drives(avatar(), motion[:1], sample_cameras(1), embedding=None)
    posed = replace(motion, expression=0 * motion.expression, gaze=0 * motion.gaze)
    first, second = drives(avatar(), posed, cameras, embedding=None)
    np.testing.assert_array_equal(first.mesh, second.mesh)
    assert np.abs(first.labels - second.labels).max() > 0.01
    shown = replace(
        motion, rotation=motion.rotation[[0, 0]], translation=motion.translation[[0, 0]]
    )
    first, second = drives(avatar(), shown, cameras, embedding=None)
    np.testing.assert_array_equal(first.labels, second.labels)
    assert np.abs(first.mesh - second.mesh).max() > 0.1
    assert still.embedding is None


def test_frames_are_made_when_asked_for():
    many = 100_000
    motion, cameras = sample_motion(2), sample_cameras(2)
    long = replace(
        motion,
        **{
            name: np.repeat(getattr(motion, name), many // 2, 0)
            for name in ("expression", "rotation", "translation", "gaze", "tracked")
        },
    )
    wide = replace(
        cameras,
        cam2world=np.repeat(cameras.cam2world, many // 2, 0),
        intrinsics=np.repeat(cameras.intrinsics, many // 2, 0),
    )
    assert len(next(drives(avatar(), long, wide, embedding="arkit-gaze", batch=3))) == 3


def test_the_torso_stays_when_the_head_turns():
    motion, cameras = sample_motion(5), sample_cameras(1)
    still = replace(
        cameras,
        cam2world=np.repeat(cameras.cam2world, 5, 0),
        intrinsics=np.repeat(cameras.intrinsics, 5, 0),
    )
    (drive,) = drives(avatar(), motion, still, embedding=None, batch=5)
    assert np.abs(np.diff(drive.labels, axis=0)).max() > 0.01
    assert np.abs(np.diff(drive.torso, axis=0)).max() < 1e-6


def test_view_maps_show_the_head_under_the_labels():
    motion, cameras = sample_motion(3), sample_cameras(3)
    (drive,) = drives(avatar(), motion, cameras, embedding=None, batch=3, view=64)
    assert drive.view.shape == (3, 64, 64, 5)
    person = drive.view[..., 3] > 0
    assert (person.mean((1, 2)) > 0.1).all()
    # The torso fills the lowest row alike in every frame, wherever the head looks.
    assert np.abs(np.diff(person[:, -2].astype(int), axis=0)).mean() < 0.1
    assert np.abs(np.diff(drive.view[..., 0], axis=0)).max() > 0.01
