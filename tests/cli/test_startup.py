"""Looking around and wrong words cost no heavy import."""

import subprocess
import sys

import pytest

from tests.cli.command import environment

HEAVY = ("torch", "numpy", "numba", "cv2", "PIL", "av", "ai_edge_litert")
AT_MOST = 475  # modules after start-up; measured: 340 to 463. Ratchet down only.


def modules_after(arguments: list[str]) -> list[str]:
    script = (
        "import atexit, sys\n"
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
        f"sys.argv = ['aa', *{arguments!r}]\n"
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
    return done.stderr.splitlines()[-1].split()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["run", "--help"],
        ["--version"],
        ["plugins", "list"],
        ["plugins", "matrix"],
        ["plugins", "info", "layers"],
        ["domains", "list"],
        ["run", "face.png", "--generator", "lft"],
        ["run", "face.png", "--set", "layers.supersample=2"],
        ["run", "face.png", "--dry-run"],
    ],
    ids=" ".join,
)
def test_looking_around_is_light(arguments: list[str]) -> None:
    modules = modules_after(arguments)
    assert "typer" in modules
    assert not set(HEAVY) & set(modules)
    if "--help" in arguments:
        assert len(modules) <= AT_MOST, "something new is imported at start-up"
