"""Compiled code on machines where neither the package nor the user's cache can be written."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import avatarartist_core
from tests.cli.command import environment

KERNEL = """
import sys
from avatarartist_core import compiled
from avatarartist_core.running.kit import Kit

assert compiled.__file__.startswith(sys.argv[1])
Kit()
sys.path.insert(0, sys.argv[1])
import kernel
print(kernel.one())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="folders are closed in another way there")
def test_compiled_code_finds_a_place_where_nothing_can_be_written(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    shutil.copytree(
        Path(avatarartist_core.__file__).parent,
        closed / "avatarartist_core",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    kernel = "from numba import njit\n@njit(cache=True)\ndef one():\n    return 1\n"
    (closed / "kernel.py").write_text(kernel)
    for folder in (closed, closed / "avatarartist_core"):
        folder.chmod(0o555)
    if os.access(closed, os.W_OK):
        pytest.skip("this user may write everywhere")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", KERNEL, str(closed)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment(
            PYTHONPATH=str(closed), XDG_CACHE_HOME=str(closed / "cache"), TMPDIR=str(scratch)
        ),
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "1\n"), done.stderr
    assert not list(scratch.iterdir()), "the folder goes with the process"
