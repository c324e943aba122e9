"""Clips become motion: still heads stay still, moving ones move, lost ones are said."""

import cv2
import numpy as np
import pytest

from avatarartist_core.data import CAMERA_DISTANCE
from avatarartist_core.errors import InputError, NoFaceError
from avatarartist_core.motion.angles import angles_from_rotation

GREY = np.full((256, 256, 3), 128, np.uint8)


@pytest.fixture(scope="module")
def close(astronaut):
    """(256, 256, 3) of the face and shoulders."""
    return cv2.resize(astronaut[:280, 80:360], (256, 256), interpolation=cv2.INTER_AREA)


def moved(picture, x=0.0, y=0.0, grow=1.0, lean=0.0):
    """Shift, enlarge and lean (degrees, clockwise as drawn) a picture about its middle."""
    matrix = cv2.getRotationMatrix2D((128, 128), -lean, grow)
    matrix[:, 2] += (x, y)
    return cv2.warpAffine(picture, matrix, (256, 256), borderMode=cv2.BORDER_REPLICATE)


def noisy(picture, seed):
    """Noise and JPEG compression as in a poor video."""
    noise = np.random.default_rng(seed).normal(0, 4, picture.shape)
    rough = np.clip(picture + noise, 0, 255).astype(np.uint8)
    return cv2.imdecode(cv2.imencode(".jpg", rough, [cv2.IMWRITE_JPEG_QUALITY, 60])[1], 1)


def growth(motion):
    return CAMERA_DISTANCE / (CAMERA_DISTANCE - motion.translation[:, 2])


def test_a_motion_has_the_documented_shape(facemesh, close):
    told = []
    motion = facemesh.encode(
        iter([close] * 5), 24.0, total=5, progress=lambda done, total: told.append((done, total))
    )
    assert len(motion) == 5
    assert motion.fps == 24.0
    assert motion.expression.shape == (5, 52)
    assert motion.rotation.shape == (5, 3, 3)
    assert motion.translation.shape == (5, 3)
    assert motion.gaze.shape == (5, 2)
    assert motion.residual.shape == (5, 468, 2)
    assert motion.residual.dtype == np.float16
    assert motion.tracked.all()
    assert motion.neutral.residual.shape == (468, 2)
    assert told == [(i, 5) for i in range(1, 6)]


def test_a_still_head_keeps_its_size_and_place(facemesh, close):
    motion = facemesh.encode((noisy(close, seed) for seed in range(30)), 25.0)
    assert np.ptp(growth(motion)) < 0.005
    assert np.ptp(motion.translation[:, :2], axis=0).max() < 0.03
    turns = np.degrees(angles_from_rotation(motion.rotation))
    assert np.ptp(turns, axis=0).max() < 1.5


def test_a_shift_to_the_right_and_up_is_a_shift_to_the_right_and_up(facemesh, close):
    motion = facemesh.encode((moved(close, x=i, y=-i / 2) for i in range(25)), 25.0)
    scale = facemesh.fit(facemesh.find(close)[0].landmarks).scale
    way = motion.translation[22, :2] - motion.translation[2, :2]
    np.testing.assert_allclose(way * scale, (20, 10), atol=2.5)


def test_a_leaning_head_leans(facemesh, close):
    motion = facemesh.encode((moved(close, lean=i - 12) for i in range(25)), 25.0)
    roll = np.degrees(angles_from_rotation(motion.rotation)[:, 2])
    assert roll[21] - roll[3] == pytest.approx(18, abs=2)


def test_coming_closer_grows_the_head(facemesh, close):
    motion = facemesh.encode((moved(close, grow=1 + i / 150) for i in range(45)), 25.0)
    grown = growth(motion)
    assert grown[40] / grown[4] == pytest.approx((1 + 40 / 150) / (1 + 4 / 150), rel=0.03)


def test_frames_without_a_face_hold_the_last_values(facemesh, close):
    frames = [GREY] * 2 + [close] * 6 + [GREY] * 4 + [close] * 3
    motion = facemesh.encode(iter(frames), 25.0)
    expected = [False] * 2 + [True] * 6 + [False] * 4 + [True] * 3
    assert motion.tracked.tolist() == expected
    for values in (motion.expression, motion.rotation, motion.translation, motion.residual):
        assert np.isfinite(values).all()
    np.testing.assert_allclose(motion.rotation[9], motion.rotation[7], atol=0.02)
    np.testing.assert_allclose(motion.rotation[0], motion.rotation[2], atol=0.02)


def test_a_clip_without_any_face_is_refused(facemesh):
    with pytest.raises(NoFaceError, match="none of the clip's 3 frames shows a face"):
        facemesh.encode(iter([GREY] * 3), 25.0)


def test_a_clip_without_frames_is_refused(facemesh):
    with pytest.raises(InputError, match="no frames"):
        facemesh.encode(iter([]), 25.0)
