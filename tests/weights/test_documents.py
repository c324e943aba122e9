"""What the documents about weights show is true."""

import re
import tomllib
from pathlib import Path

import pytest

from avatarartist_core.specs import AvatarSpec, MotionSpec
from avatarartist_core.weights.bundle import read_bundle
from tests.cli.command import aa

DOCS = Path(__file__).parents[2] / "docs"
HOW_TO = DOCS / "how-to" / "bring-your-own-weights.md"


def blocks(file: Path, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", file.read_text(encoding="utf-8"), re.DOTALL)


def test_the_manifest_of_the_reference_is_one(tmp_path: Path) -> None:
    (text,) = blocks(DOCS / "reference" / "bundle.md", "toml")
    (tmp_path / "bundle.toml").write_text(text)
    bundle = read_bundle(tmp_path)
    assert bundle.spec == AvatarSpec("triplane", "anny-head", 32, 64)
    assert bundle.motion == MotionSpec("anny-head", "arkit")
    assert bundle.files[0].size == 10485760
    assert set(tomllib.loads(text)) == {
        *("format", "name", "component", "licence", "source"),
        *("spec", "motion", "config", "files", "made_from"),
    }


@pytest.mark.parametrize(
    "line", [line for block in blocks(HOW_TO, "console") for line in block.splitlines()]
)
def test_every_command_shown_is_one(line: str, tmp_path: Path) -> None:
    prompt, name, *words = line.split()
    assert (prompt, name) == ("$", "aa")
    command = words[:2] if words[0] == "weights" else words[:1]
    answer = aa(*command, "--help", cwd=tmp_path, COLUMNS="200")
    assert answer.code == 0, answer.err
    for option in (word for word in words if word.startswith("--")):
        assert option in answer.out


def test_the_converter_shown_is_python() -> None:
    for block in blocks(HOW_TO, "python"):
        compile(block, "a block", "exec")
