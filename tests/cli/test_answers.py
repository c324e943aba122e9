"""How the command line ends when something unexpected happens."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import aa, environment

BROKEN = """
from avatarartist_core.entries import GeneratorEntry
from avatarartist_core.hookspecs import hookimpl
from avatarartist_core.interfaces import FourDGenerator
from avatarartist_core.specs import AvatarSpec


class Broken(FourDGenerator):
    def generate(self, portrait, *, seed=0, progress=None):
        raise ZeroDivisionError("[bold]of all things")


@hookimpl
def aa_components():
    yield GeneratorEntry(
        name="broken", summary="Breaks.", factory="breaks:Broken",
        produces=AvatarSpec(representation="layers", topology="anny-head"),
    )
"""


@pytest.fixture
def broken(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "plugin").mkdir()
    (tmp_path / "plugin" / "breaks.py").write_text(BROKEN)
    path = [str(tmp_path / "plugin"), os.environ.get("PYTHONPATH", "")]
    return {"PYTHONPATH": os.pathsep.join(path), "AA_PLUGINS": "breaks=breaks"}


def test_a_mistake_of_ours_is_one_sentence(
    astronaut: Path, tmp_path: Path, broken: dict[str, str]
) -> None:
    answer = aa("run", str(astronaut), "-g", "broken", "-q", cwd=tmp_path, **broken)
    assert answer.code == 1
    first, second = answer.err.splitlines()
    assert first.endswith("ZeroDivisionError: [bold]of all things")
    assert "--debug" in second
    assert not list(tmp_path.glob("*.mp4"))


def test_debug_keeps_the_traceback(astronaut: Path, tmp_path: Path, broken: dict[str, str]) -> None:
    answer = aa("run", str(astronaut), "-g", "broken", "--debug", cwd=tmp_path, **broken)
    assert answer.code == 1
    assert "Traceback" in answer.err
    assert 'raise ZeroDivisionError("[bold]of all things")' in answer.err


@pytest.mark.skipif(sys.platform == "win32", reason="pipes close in another way there")
@pytest.mark.parametrize("words", ["plugins list", "--help", "run --help", "--version", "plugins"])
def test_a_reader_that_has_had_enough_is_no_failure(words: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "avatarartist_core", *words.split()],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) == 0
    assert "Traceback" not in said
    assert "Exception ignored" not in said


@pytest.mark.skipif(sys.platform == "win32", reason="folders are closed in another way there")
def test_a_folder_that_is_closed_to_the_user_is_named(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    if os.access(closed, os.X_OK):
        pytest.skip("this user may go everywhere")
    answer = aa("run", "closed/face.png", cwd=tmp_path)
    assert answer.code == 2
    assert answer.err.startswith("error: permission denied: 'closed/face.png'\n")
