import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatarartist_core.errors import InputError, UsageError
from avatarartist_core.motion import ARKIT
from avatarartist_core.motion.angles import angles_from_rotation
from avatarartist_core.motion.files import load_motion, save_motion
from tests.motion.samples import performance

SHARED = ("expression", "rotation", "translation", "gaze", "identity")


def same(one, other, tolerance):
    for name in SHARED:
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), atol=tolerance)
    for name in ("expression", "rotation", "translation", "gaze"):
        np.testing.assert_allclose(
            getattr(one.neutral, name), getattr(other.neutral, name), atol=tolerance
        )
    np.testing.assert_array_equal(one.tracked, other.tracked)
    assert (one.fps, one.name, one.spec) == (other.fps, other.name, other.spec)


@pytest.mark.parametrize("suffix", [".csv", ".json", ".safetensors"])
def test_a_motion_comes_back_as_it_went(tmp_path, suffix):
    motion = performance()
    save_motion(motion, tmp_path / f"clip{suffix}")
    same(load_motion(tmp_path / f"clip{suffix}"), motion, 2e-6)


@pytest.mark.parametrize("suffix", [".csv", ".json"])
@settings(max_examples=25, deadline=None)
@given(values=st.lists(st.floats(-4, 4, width=32), min_size=52, max_size=52), fps=st.floats(1, 120))
def test_any_coefficients_and_rate_come_back(tmp_path_factory, suffix, values, fps):
    path = tmp_path_factory.mktemp("motion") / f"clip{suffix}"
    expression = np.array([values, values[::-1]], np.float32)
    motion = performance(frames=2, expression=expression, fps=fps)
    save_motion(motion, path)
    same(load_motion(path), motion, 4e-6)


def test_only_safetensors_keeps_the_residual(tmp_path):
    residual = np.random.default_rng(1).normal(size=(12, 468, 2)).astype(np.float16)
    motion = performance(residual=residual)
    for suffix in (".csv", ".safetensors"):
        save_motion(motion, tmp_path / f"clip{suffix}")
    assert load_motion(tmp_path / "clip.csv").residual is None
    np.testing.assert_array_equal(load_motion(tmp_path / "clip.safetensors").residual, residual)


def written(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def test_a_few_columns_are_enough_and_case_and_others_do_not_matter(tmp_path):
    path = written(
        tmp_path / "a.csv", "Time,JAWOPEN,mood,headyaw\n0,0.5,glad,30\n0.04,0.25,sad,-30\n"
    )
    motion = load_motion(path)
    assert motion.fps == 25
    np.testing.assert_allclose(motion.expression[:, ARKIT.index("jawOpen")], [0.5, 0.25])
    np.testing.assert_allclose(
        np.degrees(angles_from_rotation(motion.rotation))[:, 0], [30, -30], rtol=1e-5
    )
    assert np.count_nonzero(motion.expression) == 2
    assert motion.tracked.all()
    assert not motion.neutral.expression.any()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_spreadsheets_of_other_countries_are_read(tmp_path, encoding):
    path = written(tmp_path / "a.csv", "time;jawOpen\r\n0;0,5\r\n0,04;1\r\n", encoding)
    np.testing.assert_allclose(load_motion(path).expression[:, ARKIT.index("jawOpen")], [0.5, 1])


def test_uneven_times_become_even(tmp_path):
    path = written(tmp_path / "a.csv", "time,jawOpen\n0,0\n0.04,0.4\n0.16,1.6\n0.2,2\n0.24,2.4\n")
    motion = load_motion(path)
    np.testing.assert_allclose(
        motion.expression[:, ARKIT.index("jawOpen")], np.arange(7) * 0.4, atol=1e-6
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no frames"),
        ("time,jawOpen\n", "holds no frames"),
        ("a,b\n1,2\n", "no column named like"),
        ("time,jawOpne\n0,1\n", "did you mean 'jawOpen'"),
        ("time,jawOpen\n0,nan\n", "line 2: jawOpen is 'nan'"),
        ("time,jawOpen\n0,1\n0.04,inf\n", "line 3: jawOpen is 'inf'"),
        ('"time","jawOpen"\n"0","x\n', "line 2: jawOpen is 'x'"),
        ("time,jawOpen\n0,wide\n", "line 2: jawOpen is 'wide'"),
        ("time,jawOpen\n0,1\n0.04\n", "line 3 has 1 cells, the header has 2"),
        ("time,jawOpen\n0.04,1\n0,1\n", "time does not grow in row 2"),
        ("time,jawOpen\n0,1\n40,1\n80,1\n", "its rows are 40 s apart"),
        ("time,jawOpen\n0,1\n1e300,1\n", "its rows are 1e+300 s apart"),
        ("time,jawOpen\n0,1\n0.04,1\n0.08,1\n0.12,1\n9e7,1\n", "more than 1000000 frames"),
        ("# fps = 0.001\njawOpen\n1\n1\n", "fps is 0.001"),
        ("jawOpen\n0\n", "neither times nor a rate"),
        ("# fps = -3\njawOpen\n0\n", "fps is -3"),
        ("# fps = fast\njawOpen\n0\n", "must be finite numbers"),
        ("time,jawOpen,jawopen\n0,1,1\n", "two columns named 'jawOpen'"),
        ("time,jawOpen\n0,87\n", "jawOpen is 87 in row 1"),
        ("\x89PNG\0\0", "not a text"),
    ],
)
def test_a_bad_csv_is_refused_in_one_sentence(tmp_path, text, said):
    with pytest.raises(InputError) as caught:
        load_motion(written(tmp_path / "a.csv", text))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON"),
        ("3", "has no list of frames"),
        ('{"frames": []}', "holds no frames"),
        ('{"fps": 25, "frames": [{"jawOpen": NaN}]}', "frame 1: jawOpen is nan"),
        ('{"fps": 25, "frames": [{"jawOpen": "1"}]}', "frame 1: jawOpen is '1'"),
        ('{"fps": 25, "frames": [{"mood": 1}]}', "no column that is an ARKit coefficient"),
        ('{"frames": [{"blendshapes": []}]}', "no frame in which a face was seen"),
    ],
)
def test_a_bad_json_is_refused_in_one_sentence(tmp_path, text, said):
    with pytest.raises(InputError) as caught:
        load_motion(written(tmp_path / "a.json", text))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_and_unknown_files_are_told_apart(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        load_motion(tmp_path / "none.csv")
    with pytest.raises(UsageError, match=r"did you mean '\.csv'"):
        load_motion(tmp_path / "none.cvs")


def test_the_examples_of_the_reference_are_motion_files(tmp_path):
    page = (Path(__file__).parents[2] / "docs/reference/motion-files.md").read_text()
    table = re.search(r"```text\n(.*?)```", page, re.DOTALL).group(1)
    motion = load_motion(written(tmp_path / "a.csv", table))
    assert (motion.fps, motion.name, len(motion)) == (25, "hello", 3)
    assert motion.neutral.expression[ARKIT.index("mouthSmileLeft")] == np.float32(0.12)
    for example, frames in zip(
        re.findall(r"```json\n(.*?)```", page, re.DOTALL), (2, 1), strict=True
    ):
        assert len(load_motion(written(tmp_path / "a.json", example))) == frames


def test_json_is_readable_without_us(tmp_path):
    save_motion(performance(), tmp_path / "a.json")
    content = json.loads((tmp_path / "a.json").read_text())
    assert len(content["frames"]) == 12
    assert set(content["frames"][0]) <= {
        "time", *ARKIT, "headYaw", "headPitch", "headRoll", "headX", "headY", "headZ",
        "gazeYaw", "gazePitch", "tracked",
    }  # fmt: skip
