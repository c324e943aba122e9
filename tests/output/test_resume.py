import subprocess
import sys

import numpy as np
import pytest

from avatarartist_core.errors import OutputError, UsageError
from avatarartist_core.output.writer import open_writer
from tests.output.frames import SIDE, frame, read

CASES = [
    ("a.mp4", False),
    ("a.webm", False),
    ("a.webm", True),
    ("a.gif", False),
    ("folder", False),
]
TOTAL = 110


def kill_in_the_middle(path, transparent=False):
    command = [sys.executable, "-m", "tests.output.killed", str(path), str(TOTAL), "70"]
    done = subprocess.run(command + ["transparent"] * transparent, check=False)
    assert done.returncode == -9
    assert not path.exists(), "nothing has the final name"


def finish(path, transparent=False, fingerprint="a", **options):
    with open_writer(
        path, size=SIDE, fps=25, transparent=transparent, total=TOTAL, fingerprint=fingerprint,
        **options,
    ) as writer:  # fmt: skip
        for index in range(writer.already, TOTAL):
            writer.write(frame(index, transparent))
    return writer.already


@pytest.mark.parametrize(("name", "transparent"), CASES)
def test_a_killed_run_goes_on_and_equals_an_uninterrupted_one(tmp_path, name, transparent):
    (tmp_path / "killed").mkdir()
    kill_in_the_middle(tmp_path / "killed" / name, transparent)
    already = finish(tmp_path / "killed" / name, transparent, resume=True)
    assert 48 <= already <= 71
    assert finish(tmp_path / "whole" / name, transparent) == 0
    resumed, whole = read(tmp_path / "killed" / name), read(tmp_path / "whole" / name)
    assert len(resumed) == len(whole) == TOTAL
    for one, other in zip(resumed, whole, strict=True):
        np.testing.assert_array_equal(one, other)
    assert [file.name for file in (tmp_path / "killed").iterdir()] == [name]


def test_parts_are_neither_lost_nor_mixed(tmp_path):
    path = tmp_path / "a.mp4"
    kill_in_the_middle(path)
    with pytest.raises(UsageError, match="interrupted run") as caught:
        finish(path)
    assert "--resume" in caught.value.hint
    with pytest.raises(UsageError, match="another run"):
        finish(path, fingerprint="b", resume=True)
    assert finish(path, fingerprint="b", overwrite=True) == 0
    assert len(read(path)) == TOTAL


def test_a_part_that_is_missing_is_drawn_again(tmp_path):
    kill_in_the_middle(tmp_path / "folder")
    (tmp_path / "folder.part" / "000020.png").unlink()
    assert finish(tmp_path / "folder", resume=True) == 20
    assert len(read(tmp_path / "folder")) == TOTAL


def test_replacing_goes_on_too(tmp_path):
    path = tmp_path / "a.mp4"
    kill_in_the_middle(path)
    path.write_text("an older video")
    with pytest.raises(UsageError, match="exists") as caught:
        finish(path, resume=True)
    assert "--overwrite" in caught.value.hint
    assert finish(path, resume=True, overwrite=True) == 48
    assert len(read(path)) == TOTAL


def test_nothing_to_go_on_from_is_a_start(tmp_path):
    assert finish(tmp_path / "a.mp4", resume=True) == 0
    assert len(read(tmp_path / "a.mp4")) == TOTAL


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit there")
def test_a_disk_that_is_full_from_the_start_is_said_in_words(tmp_path):
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8, limits[1]))
    try:
        with pytest.raises(OutputError, match="cannot write in"):
            open_writer(tmp_path / "a.mp4", size=SIDE, fps=25)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not list(tmp_path.iterdir())
