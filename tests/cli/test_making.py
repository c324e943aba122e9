"""Portrait to video through the command line: small, whole, resumable, told in JSON."""

import json
import os
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

from tests.cli.command import aa, environment

SMALL = ("--size", "64", "--motion", "nod")


def frames(video: Path) -> list[np.ndarray]:
    with av.open(str(video)) as opened:
        return [frame.to_ndarray(format="rgb24") for frame in opened.decode(video=0)]


def folder_bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with face.mp4, made once for the tests that look at it."""
    root = Path(__file__).parents[2]
    folder = tmp_path_factory.mktemp("made")
    (folder / "face.png").write_bytes((root / "examples" / "astronaut.png").read_bytes())
    answer = aa("run", "face.png", *SMALL, "--json", cwd=folder)
    assert answer.code == 0, answer.err
    (folder / "answer.json").write_text(answer.out)
    return folder


def test_the_video_takes_the_portraits_name_and_moves(made: Path) -> None:
    drawn = frames(made / "face.mp4")
    assert drawn[0].shape == (64, 64, 3)
    assert len(drawn) == 91
    assert max(np.abs(drawn[0].astype(int) - each).mean() for each in drawn) > 2


def test_json_tells_what_was_made(made: Path) -> None:
    told = json.loads((made / "answer.json").read_text())
    assert told["output"] == "face.mp4"
    assert (told["frames"], told["fps"], told["size"]) == (91, 25, 64)
    assert {"prepare", "generate", "render", "total"} <= set(told["seconds"])
    assert told["face"]["score"] > 0.5
    assert told["versions"]["generator lift"].startswith("avatarartist ")


def test_the_record_makes_the_same_frames_again(made: Path, tmp_path: Path) -> None:
    record = tomllib.loads((made / "face.run.toml").read_text())
    assert record["renderer"]["name"] == "layers"
    assert record["record"]["frames"] == 91
    again = aa("run", "--config", str(made / "face.run.toml"), "-o", "b.mp4", cwd=tmp_path)
    assert again.code == 0, again.err
    first, second = frames(made / "face.mp4"), frames(tmp_path / "b.mp4")
    assert all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))


def test_a_record_belongs_to_its_command(made: Path) -> None:
    answer = aa("render", "--config", str(made / "face.run.toml"))
    assert answer.code == 2
    assert "is the record of 'aa run'" in answer.err


def test_no_part_is_left_beside_the_video(made: Path) -> None:
    assert {path.name for path in made.iterdir()} == {
        "face.png",
        "face.mp4",
        "face.run.toml",
        "answer.json",
    }


def test_quiet_says_nothing_but_the_path(astronaut: Path, tmp_path: Path) -> None:
    answer = aa("run", str(astronaut), *SMALL, "-o", "one.png", "--quiet", cwd=tmp_path)
    assert (answer.code, answer.out, answer.err) == (0, "one.png\n", "")


def test_a_stage_at_a_time_gives_the_frames_of_the_whole(made: Path, tmp_path: Path) -> None:
    created = aa("create", str(made / "face.png"), "-o", "face.avatar", cwd=tmp_path)
    assert (created.code, created.out) == (0, "face.avatar\n"), created.err
    rendered = aa("render", "face.avatar", *SMALL, "-o", "c.mp4", cwd=tmp_path)
    assert rendered.code == 0, rendered.err
    first, second = frames(made / "face.mp4"), frames(tmp_path / "c.mp4")
    assert all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))


def test_a_tracked_video_drives(made: Path, tmp_path: Path) -> None:
    big = aa(
        "run", str(made / "face.png"), "--size", "256", "-m", "wink", "-o", "d.mp4", cwd=tmp_path
    )
    assert big.code == 0, big.err
    tracked = aa("track", "d.mp4", "--json", cwd=tmp_path)
    assert tracked.code == 0, tracked.err
    assert json.loads(tracked.out)["frames"] == 91
    driven = aa(
        "run", str(made / "face.png"), "-m", "d.csv", "-o", "e.png", "--size", "64", cwd=tmp_path
    )
    assert driven.code == 0, driven.err


@pytest.mark.parametrize("colour", ["#204060", "white"])
def test_a_background_colour_fills_the_corner(colour: str, astronaut: Path, tmp_path: Path) -> None:
    answer = aa(
        "run", str(astronaut), *SMALL, "--background", colour, "-o", "one.png", cwd=tmp_path
    )
    assert answer.code == 0, answer.err
    wanted = Image.new("RGB", (1, 1), colour).getpixel((0, 0))
    assert Image.open(tmp_path / "one.png").convert("RGB").getpixel((0, 0)) == wanted


def test_a_transparent_background_is_transparent(astronaut: Path, tmp_path: Path) -> None:
    answer = aa(
        "run", str(astronaut), *SMALL, "--background", "transparent", "-o", "one.png", cwd=tmp_path
    )
    assert answer.code == 0, answer.err
    alpha = np.asarray(Image.open(tmp_path / "one.png"))[..., 3]
    assert alpha[0, 0] == 0
    assert alpha[32, 32] == 255


def test_mp4_is_refused_for_a_transparent_background(astronaut: Path, tmp_path: Path) -> None:
    answer = aa("run", str(astronaut), "--background", "transparent", "-o", "a.mp4", cwd=tmp_path)
    assert answer.code == 2
    assert ".webm" in answer.err


def test_the_default_path_imports_no_torch(astronaut: Path, tmp_path: Path) -> None:
    script = (
        "import atexit, sys\n"
        "atexit.register(lambda: print('torch' in sys.modules))\n"
        f"sys.argv = ['aa', 'run', {str(astronaut)!r}, '--size', '64', '-q', '-o', 'a.png']\n"
        "from avatarartist_core.cli.app import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment(),
        check=True,
    )
    assert done.stdout.split() == ["a.png", "False"]


def test_a_folder_goes_on_after_a_broken_picture(
    astronaut: Path, cat: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "faces"
    folder.mkdir()
    (folder / "a.png").write_bytes(astronaut.read_bytes())
    (folder / "b.jpg").write_bytes(b"no picture")
    (folder / "c.png").write_bytes(cat.read_bytes())
    (folder / "d.png").write_bytes(astronaut.read_bytes())
    (folder / "notes.txt").write_text("not a picture and not asked for")
    answer = aa("run", "faces", *SMALL, "-o", "videos", "--json", cwd=tmp_path)
    assert answer.code == 1
    told = {Path(each["portrait"]).name: each for each in json.loads(answer.out)}
    assert set(told) == {"a.png", "b.jpg", "c.png", "d.png"}
    assert "not a picture" in told["b.jpg"]["error"]
    assert "does not look human" in told["c.png"]["error"]
    assert len(frames(tmp_path / "videos" / "a.mp4")) == 91
    assert len(frames(tmp_path / "videos" / "d.mp4")) == 91
    assert "2 of 4 made" in answer.err

    again = aa("run", "faces", *SMALL, "-o", "videos", "--resume", cwd=tmp_path)
    assert again.code == 1
    assert again.out.splitlines() == ["videos/a.mp4", "videos/d.mp4"]


def test_a_folder_without_pictures_is_a_usage_error(tmp_path: Path) -> None:
    answer = aa("run", str(tmp_path), *SMALL)
    assert answer.code == 2
    assert "holds no picture" in answer.err


def stopped_midway(words: list[str], folder: Path, parts: Path, sign: signal.Signals) -> int:
    """Start ``aa`` and send it a signal once some frames are there; return its exit code."""
    process = subprocess.Popen(
        [sys.executable, "-m", "avatarartist_core", *words],
        cwd=folder,
        env=environment(),
        # a shell starts what runs in its background deaf to SIGINT
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(30000):
        if process.poll() is not None:
            pytest.fail("it ended before it could be stopped")
        if len(list(parts.glob("0*.png"))) >= 5:
            break
        time.sleep(0.01)
    os.kill(process.pid, sign)
    return process.wait(timeout=300)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are of another kind there")
def test_a_killed_run_goes_on_and_ends_with_the_same_frames(
    astronaut: Path, tmp_path: Path
) -> None:
    words = ["run", str(astronaut), "--size", "192", "--motion", "talk", "-o", "out"]
    code = stopped_midway(words, tmp_path, tmp_path / "out.part", signal.SIGKILL)
    assert code == -signal.SIGKILL
    assert not (tmp_path / "out").exists()
    there = len(list((tmp_path / "out.part").glob("0*.png")))
    assert 0 < there < 151

    refused = aa(*words, cwd=tmp_path)
    assert refused.code == 2
    assert "--resume" in refused.err

    resumed = aa(*words, "--resume", cwd=tmp_path)
    assert resumed.code == 0, resumed.err
    whole = aa(*words[:-1], "whole", cwd=tmp_path)
    assert whole.code == 0, whole.err
    assert folder_bytes(tmp_path / "out") == folder_bytes(tmp_path / "whole")
    assert not (tmp_path / "out.part").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are of another kind there")
def test_ctrl_c_ends_with_130_and_leaves_parts(astronaut: Path, tmp_path: Path) -> None:
    words = ["run", str(astronaut), "--size", "192", "--motion", "talk", "-o", "out"]
    code = stopped_midway(words, tmp_path, tmp_path / "out.part", signal.SIGINT)
    assert code == 130
    assert (tmp_path / "out.part").exists()
    assert not (tmp_path / "out").exists()
