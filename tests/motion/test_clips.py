import subprocess
import sys

import numpy as np
import pytest

from avatarartist_core.errors import InputError, UnknownNameError
from avatarartist_core.motion import ARKIT
from avatarartist_core.motion.angles import angles_from_rotation
from avatarartist_core.motion.clips import clip_names, load_clip
from avatarartist_core.motion.find import find_motion

PROMISED = {"talk", "smile", "surprise", "wink", "look-around", "nod"}


def track(name, coefficient):
    return load_clip(name).expression[:, ARKIT.index(coefficient)]


def test_the_promised_clips_are_there():
    assert set(clip_names()) >= PROMISED


@pytest.mark.parametrize("name", clip_names())
def test_a_clip_loops_and_stays_within_a_face(name):
    motion = load_clip(name)
    assert motion.fps == 25
    assert 3 <= len(motion) / motion.fps <= 6.1
    ends = motion[0 : len(motion) : len(motion) - 1]
    assert np.abs(ends.expression).max() < 0.01
    assert np.abs(angles_from_rotation(ends.rotation)).max() < 0.002
    assert np.abs(ends.translation).max() < 0.002
    assert motion.expression.min() >= 0
    assert motion.expression.max() <= 1
    angles = np.degrees(angles_from_rotation(motion.rotation))
    assert np.abs(angles).max() < 30
    assert np.abs(np.diff(angles, axis=0)).max() < 5, "heads have mass"


@pytest.mark.parametrize("name", clip_names())
def test_a_clip_blinks(name):
    lids = track(name, "eyeBlinkRight")
    assert lids.max() > 0.9
    assert (lids < 0.35).mean() > 0.6


def test_clips_show_what_they_are_called():
    assert 0.35 <= track("talk", "jawOpen").max() <= 0.5
    assert track("smile", "mouthSmileLeft").max() > 0.6
    assert track("surprise", "browInnerUp").max() > 0.7
    wink = load_clip("wink").expression
    left, right = (wink[:, ARKIT.index(f"eyeBlink{side}")] for side in ("Left", "Right"))
    assert (left - right).max() > 0.9
    yaw, pitch, _ = np.degrees(angles_from_rotation(load_clip("look-around").rotation)).T
    assert yaw.min() < -15
    assert yaw.max() > 15
    pitch = np.degrees(angles_from_rotation(load_clip("nod").rotation))[:, 1]
    turns = np.diff(np.sign(np.diff(pitch[np.abs(np.gradient(pitch)) > 0.2])))
    assert np.count_nonzero(turns) >= 5


def test_the_script_makes_the_same_clips_again(tmp_path):
    command = [sys.executable, "-m", "avatarartist_core.motion.author", str(tmp_path)]
    subprocess.run(command, check=True)
    for name in clip_names():
        again = (tmp_path / f"{name}.csv").read_text()
        from avatarartist_core.motion.files import load_motion

        assert again.splitlines()[:4] == ["# format = avatarartist-motion 1", "# fps = 25.0",
            f'# name = "{name}"', '# topology = "anny-head"']  # fmt: skip
        np.testing.assert_allclose(
            load_motion(tmp_path / f"{name}.csv").expression, load_clip(name).expression, atol=1e-5
        )


def test_an_unknown_clip_is_answered_with_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'smile'") as caught:
        load_clip("smlie")
    assert "talk" in caught.value.hint


def test_a_path_that_exists_wins_over_a_clip(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert find_motion("talk").kind == "clip"
    (tmp_path / "talk").mkdir()
    assert find_motion("talk").kind == "video"
    (tmp_path / "a.csv").touch()
    (tmp_path / "b.mp4").touch()
    assert find_motion("a.csv").kind == "file"
    assert find_motion("b.mp4").kind == "video"


def test_a_missing_path_is_not_taken_for_a_clip():
    with pytest.raises(InputError, match=r"talk\.mp4 does not exist"):
        find_motion("talk.mp4")
    with pytest.raises(UnknownNameError, match="did you mean 'talk'"):
        find_motion("tlak")


def test_naming_clips_is_light():
    code = (
        "import sys; from avatarartist_core.motion.find import find_motion; find_motion('talk');"
        "print([m for m in ('numpy', 'av', 'torch', 'PIL') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
