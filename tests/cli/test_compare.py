"""``aa compare`` and ``aa bench``: what they make, what they say, what they refuse."""

import json
import signal
import subprocess
import sys
import time
import tomllib
from functools import partial
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from avatarartist_core.samples import sample_picture
from tests.cli.command import aa, environment

TWO = ("-r", "layers", "-r", "layers:supersampling=1")


def frames(video: Path) -> list[np.ndarray]:
    with av.open(str(video)) as opened:
        return [frame.to_ndarray(format="rgb24") for frame in opened.decode(video=0)]


def write_frames(folder: Path, pictures: list[np.ndarray]) -> None:
    folder.mkdir()
    for number, picture in enumerate(pictures):
        Image.fromarray(picture).save(folder / f"{number}.png")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A comparison whose motion is a short clip of the drawn face itself, moved by ``aa run``."""
    folder = tmp_path_factory.mktemp("made")
    Image.fromarray(sample_picture(256)).save(folder / "face.png")
    (folder / "some.csv").write_text(
        "# fps = 25\ntime,jawOpen,headYaw\n"
        + "".join(f"{i / 25:.2f},{0.05 * i:.2f},{i}\n" for i in range(6))
    )
    rows = (folder / "some.csv").read_text().splitlines()
    long = rows[:2] + [
        f"{i / 25:.2f},{row.split(',', 1)[1]}" for i, row in enumerate(rows[2:] * 25)
    ]
    (folder / "long.csv").write_text("\n".join(long))
    drawn = aa("run", "face.png", "-m", "some.csv", "-s", "256", "-o", "drawn/", cwd=folder)
    assert drawn.code == 0, drawn.err
    answer = aa("compare", "face.png", *TWO, "-m", "drawn", "-s", "128", "--json", cwd=folder)
    assert answer.code == 0, answer.err
    (folder / "answer.json").write_text(answer.out)
    return folder


@pytest.fixture(scope="module")
def told(made: Path) -> dict:
    return json.loads((made / "answer.json").read_text())


def test_the_columns_stand_side_by_side(made: Path, told: dict) -> None:
    drawn = frames(made / "face.compare.mp4")
    assert told["size"] == [4 * 128, 128 + 16]
    assert len(drawn) == told["frames"] == 6
    assert drawn[0].shape == (144, 512, 3)
    portrait, driving, one, other = (drawn[5][16:, 128 * k : 128 * (k + 1)] for k in range(4))
    assert np.abs(one.astype(int) - other).mean() < 3
    assert np.abs(driving.astype(int) - one).mean() < np.abs(portrait.astype(int) - one).mean()


def test_each_renderer_is_measured(told: dict) -> None:
    assert [each["label"] for each in told["columns"]] == ["layers", "layers supersampling=1"]
    for each in told["columns"]:
        assert each["avatar"] == "lift"
        assert each["create"] > 0
        assert each["speed"]["first"] > 0
        assert each["speed"]["frame"] > 0
        assert each["renderer"]["workers"] == 2
    assert {"speed", "memory", "score"} <= set(told["how"])


def test_a_clip_of_the_same_face_is_its_own_reference(told: dict) -> None:
    assert told["reference"].startswith("drawn itself, less frame 1")
    for each in told["columns"]:
        assert each["score"]["frames"] == 5
        assert each["score"]["psnr"] > told["still"]["psnr"]
        assert each["score"]["landmarks"] < told["still"]["landmarks"]


def test_the_record_makes_the_same_video_again(made: Path) -> None:
    record = tomllib.loads((made / "face.compare.toml").read_text())
    assert record["portrait"] == "face.png"
    assert record["generators"] == [{"name": "lift", "teeth": "auto"}]
    assert record["record"]["command"] == "compare"
    again = aa("compare", "--config", "face.compare.toml", "-o", "b.mp4", "-q", cwd=made)
    assert (again.code, again.out, again.err) == (0, "b.mp4\n", "")
    first, second = frames(made / "face.compare.mp4"), frames(made / "b.mp4")
    assert all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))
    refused = aa("run", "--config", "face.compare.toml", cwd=made)
    assert "is the record of 'aa compare'" in refused.err


def test_nothing_else_is_left_beside_the_video(made: Path) -> None:
    assert not [path.name for path in made.iterdir() if path.name.startswith(".")]


def test_an_avatar_file_and_frames_to_measure_against(made: Path, tmp_path: Path) -> None:
    created = aa("create", str(made / "face.png"), "-o", "face.avatar", cwd=tmp_path)
    assert created.code == 0, created.err
    words = ("compare", "face.avatar", *TWO, "-m", str(made / "some.csv"), "-s", "128")
    reference = ("--reference", str(made / "drawn"))
    answer = aa(*words, *reference, "-o", "one.png", "--json", cwd=tmp_path)
    assert answer.code == 0, answer.err
    told = json.loads(answer.out)
    assert told["reference"] == "the frames of drawn"
    assert [each["avatar"] for each in told["columns"]] == ["file", "file"]
    assert told["columns"][0]["create"] is None
    assert told["columns"][0]["speed"]["frame"] is None
    assert told["columns"][0]["score"]["psnr"] > 30
    with Image.open(tmp_path / "one.png") as picture:
        assert picture.size == (4 * 128, 144)


def test_a_reference_of_another_length_or_shape_is_refused_first(
    made: Path, tmp_path: Path
) -> None:
    write_frames(tmp_path / "short", [sample_picture(64)] * 2)
    write_frames(tmp_path / "wide", [sample_picture(64)[:32]] * 6)
    words = ("compare", str(made / "face.png"), *TWO, "-m", str(made / "some.csv"))
    short = aa(*words, "--reference", "short", "-o", "a.mp4", cwd=tmp_path)
    wide = aa(*words, "--reference", "wide", "-o", "a.mp4", cwd=tmp_path)
    assert (short.code, wide.code) == (2, 2)
    assert "has 2 frames, the motion 6" in short.err
    assert "is 64x32, but the frames are square" in wide.err
    assert {path.name for path in tmp_path.iterdir()} == {"short", "wide"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-r", "layer", "-r", "layers"], "did you mean 'layers'?"),
        (["-r", "layers"], "needs two renderers, not 1"),
        ([*TWO, "-g", "lft"], "no generator is named 'lft'; did you mean 'lift'?"),
        ([*TWO, "-o", "face.png", "--overwrite"], "is the file it would be made from"),
        ([*TWO, "-o", "a.mov"], "'.mov'"),
        ([*TWO, "--set", "layers.workers=1"], "--renderer NAME:option=value"),
        ([*TWO, "--size", "33"], "error: --size 33"),
        ([*TWO, "-m", "nodd"], "did you mean 'nod'?"),
        ([*TWO, "--reference", "no.mp4"], "reference 'no.mp4' does not exist"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_word_starts_nothing(words: list[str], said: str, tmp_path: Path) -> None:
    (tmp_path / "face.png").write_bytes(b"no picture")
    answer = aa("compare", "face.png", *words, cwd=tmp_path)
    assert answer.code == 2
    assert said in answer.err
    assert answer.out == ""
    assert {path.name for path in tmp_path.iterdir()} == {"face.png"}


BROKEN = """
from avatarartist_core.entries import RendererEntry
from avatarartist_core.errors import AvatarArtistError
from avatarartist_core.hookspecs import hookimpl
from avatarartist_core.interfaces import Renderer
from avatarartist_core.specs import AvatarSpec, MotionSpec


class Broken(Renderer):
    def render(self, avatar, motion, cameras, *, size=512, transparent=False):
        raise AvatarArtistError("it will not", hint="Nothing helps.")
        yield


class Dying(Renderer):
    def render(self, avatar, motion, cameras, *, size=512, transparent=False):
        raise ZeroDivisionError("of all things")
        yield


@hookimpl
def aa_components():
    for name, factory in (("broken", "breaks:Broken"), ("dying", "breaks:Dying")):
        yield RendererEntry(
            name=name, summary="Breaks.", factory=factory,
            accepts=AvatarSpec(representation="layers", topology="anny-head"),
            needs=MotionSpec(topology="anny-head"),
        )
"""


@pytest.mark.parametrize(
    ("name", "said"), [("broken", "error: it will not\nNothing helps."), ("dying", "of all things")]
)
def test_what_a_renderer_raises_is_told_and_nothing_left(
    name: str, said: str, made: Path, tmp_path: Path
) -> None:
    (tmp_path / "plugin").mkdir()
    (tmp_path / "plugin" / "breaks.py").write_text(BROKEN)
    where = {"PYTHONPATH": str(tmp_path / "plugin"), "AA_PLUGINS": "breaks=breaks"}
    face = str(made / "face.png")
    answer = aa(
        "compare", face, "-r", name, "-r", "layers", "-q", "-s", "64", cwd=tmp_path, **where
    )
    assert answer.code == 1
    assert said in answer.err
    assert "Traceback" not in answer.err
    assert {path.name for path in tmp_path.iterdir()} == {"plugin"}


@pytest.mark.skipif(sys.platform == "win32", reason="signals are others there")
@pytest.mark.parametrize("stage", ["*.frames", ".*.part/segment*"])
def test_an_interrupt_leaves_nothing(stage: str, made: Path, tmp_path: Path) -> None:
    words = ["compare", str(made / "face.png"), *TWO, "-s", "128"]
    words += ["-m", str(made / "long.csv"), "-o", "a.mp4"]
    process = subprocess.Popen(
        [sys.executable, "-m", "avatarartist_core", *words],
        cwd=tmp_path,
        env=environment(),
        # a shell starts what runs in its background deaf to SIGINT
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not [*tmp_path.glob(f".a.mp4.*/{stage}"), *tmp_path.glob(stage)]:
        assert process.poll() is None, "it ended before it could be stopped"
        time.sleep(0.001)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=300)
    assert process.returncode == 130
    assert "interrupted" in said
    assert list(tmp_path.iterdir()) == []


def test_bench_measures_a_renderer_and_compares(tmp_path: Path) -> None:
    words = ("bench", "renderer", "layers", "--size", "64", "--frames", "2", "--threads", "1")
    first = aa(*words, "--set", "layers.workers=1", "--json", cwd=tmp_path)
    assert first.code == 0, first.err
    told = json.loads(first.out)
    assert told["renderer"]["workers"] == 1
    assert told["avatar"] == "lift of the sample portrait"
    assert told["frames"] == 2
    assert told["machine"]["threads"] == 1
    assert {"matmul float32", "conv2d float32"} == set(told["peak"])
    assert told["frames_per_second"] == pytest.approx(1 / told["following"]["seconds"])
    (tmp_path / "a.json").write_text(first.out)
    second = aa(*words, "--against", "a.json", cwd=tmp_path)
    assert second.code == 0, second.err
    assert " x" in second.out
    assert "renderer workers was 1, is 2" in second.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["layer"], "no renderer is named 'layer'; did you mean 'layers'?"),
        (["layers", "--set", "layers.worker=1"], "did you mean 'workers'?"),
        (["layers", "--set", "lift.teeth=own"], "'lift' takes no part"),
        (["layers", "--against", "no.json"], "cannot read the result 'no.json'"),
        (["layers", "--portrait", "no.png"], "portrait 'no.png' does not exist"),
        (["layers", "--device", "cude"], "did you mean 'cuda'?"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bench_answers_wrong_words(words: list[str], said: str, tmp_path: Path) -> None:
    answer = aa("bench", "renderer", *words, cwd=tmp_path)
    assert answer.code == 2
    assert said in answer.err


@pytest.mark.parametrize(
    "words",
    [
        ["compare", "--help"],
        ["compare", "face.png", "-r", "layer", "-r", "layers"],
        ["bench", "renderer", "--help"],
        ["bench", "renderer", "layer"],
    ],
    ids=" ".join,
)
def test_wrong_words_and_help_import_nothing_heavy(words: list[str]) -> None:
    script = (
        "import atexit, sys\n"
        "atexit.register(lambda: print('MODULES', *sys.modules))\n"
        f"sys.argv = ['aa', *{words!r}]\n"
        "from avatarartist_core.cli.app import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    modules = set(done.stdout.rpartition("MODULES")[2].split())
    assert "typer" in modules
    assert not {"torch", "numpy", "numba", "cv2", "PIL", "av"} & modules
