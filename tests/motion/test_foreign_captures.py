import json

import numpy as np
import pytest

from avatarartist_core.errors import InputError
from avatarartist_core.motion import ARKIT
from avatarartist_core.motion.angles import angles_from_rotation, rotation_from_angles
from avatarartist_core.motion.files import load_motion

EXTRAS = ["HeadYaw", "HeadPitch", "HeadRoll"]
EXTRAS += [f"{side}Eye{angle}" for side in ("Left", "Right") for angle in ("Yaw", "Pitch", "Roll")]
NAMES = [name[0].upper() + name[1:] for name in ARKIT] + EXTRAS


def live_link(path, frames, timecode):
    lines = ["Timecode,BlendshapeCount," + ",".join(NAMES)]
    for index, values in enumerate(frames):
        cells = [f"{values.get(name, 0.0):.8f}" for name in NAMES] if values is not None else None
        count = "61" if cells else "0"
        lines.append(",".join([timecode(index), count, *(cells or ["0"] * len(NAMES))]))
    path.write_text("\r\n".join(lines) + "\r\n")
    return path


def clock(index, base=60):
    whole, frame = divmod(index + base // 2, base)
    return f"10:58:{40 + whole:02d}:{frame:02d}.207"


def test_live_link_face_is_read_as_it_is_written(tmp_path):
    frames = [{"JawOpen": index / 100, "HeadYaw": 0.2, "HeadPitch": 0.1} for index in range(90)]
    motion = load_motion(live_link(tmp_path / "take.csv", frames, clock))
    assert motion.fps == 60
    assert len(motion) == 90
    np.testing.assert_allclose(
        motion.expression[:, ARKIT.index("jawOpen")], np.arange(90) / 100, atol=0.002
    )
    angles = angles_from_rotation(motion.rotation[0])
    np.testing.assert_allclose(angles, [0.2, 0.1, 0], atol=1e-5)
    np.testing.assert_allclose(motion.neutral.rotation, motion.rotation[0], atol=1e-5)


def test_live_link_rate_follows_its_clock(tmp_path):
    frames = [{"JawOpen": 0.1}] * 40
    path = live_link(tmp_path / "take.csv", frames, lambda index: clock(index, base=30))
    assert load_motion(path).fps == 30


def test_live_link_frames_without_a_face_hold_the_last(tmp_path):
    frames = [{"JawOpen": 0.2}, {"JawOpen": 0.3}, None, {"JawOpen": 0.5}] * 20
    motion = load_motion(live_link(tmp_path / "take.csv", frames, clock))
    assert motion.tracked[:4].tolist() == [True, True, False, True]
    np.testing.assert_allclose(
        motion.expression[:4, ARKIT.index("jawOpen")], [0.2, 0.3, 0.3, 0.5], atol=0.01
    )


def test_live_link_eyes_follow_the_look_coefficients(tmp_path):
    frames = [{"EyeLookOutLeft": 0.5, "EyeLookInRight": 0.5, "EyeLookUpLeft": 0.4}] * 40
    gaze = load_motion(live_link(tmp_path / "take.csv", frames, clock)).gaze[0]
    assert gaze[0] > 0.1, "the person's left is the picture's right"
    assert gaze[1] > 0.05


def test_a_broken_timecode_is_named(tmp_path):
    path = live_link(tmp_path / "take.csv", [{}] * 3, lambda index: "soon")
    with pytest.raises(InputError, match="line 2: timecode is 'soon'"):
        load_motion(path)


def matrix(yaw, distance=50.0, side=0.0):
    placed = np.eye(4)
    placed[:3, :3] = rotation_from_angles(np.array([yaw, 0, 0]))
    placed[:3, 3] = side, 0, -distance
    return placed


@pytest.mark.parametrize("is_transposed", [False, True])
@pytest.mark.parametrize("style", ["names", "categories", "tasks"])
def test_mediapipe_scores_and_matrices_are_read(tmp_path, style, is_transposed):
    frames = []
    for index in range(10):
        scores = {"jawOpen": index / 10, "_neutral": 0.01}
        listed = [{"categoryName": name, "score": score} for name, score in scores.items()]
        grouped = {
            "names": scores,
            "categories": listed,
            "tasks": [{"categories": listed}],
        }[style]
        placed = matrix(yaw=index / 20, distance=45 + index)
        data = (placed.T if is_transposed else placed).reshape(-1).tolist()
        frames.append({"timestamp_ms": index * 40, "blendshapes": grouped, "matrix": data})
    path = tmp_path / "take.json"
    path.write_text(json.dumps({"frames": frames}))
    motion = load_motion(path)
    assert motion.fps == 25
    np.testing.assert_allclose(
        motion.expression[:, ARKIT.index("jawOpen")], np.arange(10) / 10, atol=1e-6
    )
    np.testing.assert_allclose(
        angles_from_rotation(motion.rotation)[:, 0], np.arange(10) / 20, atol=1e-5
    )
    assert (np.diff(motion.translation[:, 2]) < 0).all(), "farther is behind"


def test_mediapipe_frames_without_a_face_hold_the_last(tmp_path):
    frames = [{"blendshapes": {"jawOpen": 0.4}}, {"blendshapes": []}]
    path = tmp_path / "take.json"
    path.write_text(json.dumps({"fps": 30, "frames": frames}))
    motion = load_motion(path)
    assert motion.tracked.tolist() == [True, False]
    np.testing.assert_allclose(motion.expression[:, ARKIT.index("jawOpen")], 0.4)
