"""``aa doctor`` and the manifests it reads."""

import json
from importlib import resources
from pathlib import Path

import pytest

from avatarartist_core.shipped import MANIFEST, shipped_files
from tests.cli.command import aa

ROOT = Path(__file__).parents[2]
NAMES = ["avatarartist_core", *sorted(folder.name for folder in (ROOT / "plugins").glob("aa_*"))]
PACKAGES = {name: Path(str(resources.files(name))) for name in NAMES}
"""Where they are installed, which need not be the checkout."""
WRITTEN = {".py", ".md", ".typed", ".toml"}
COMPILED = {".nbi", ".nbc", ".pyc"}


def test_doctor_finds_everything_in_order() -> None:
    answer = aa("doctor", "--json")
    found = json.loads(answer.out)
    assert answer.code == 0, [each for each in found if each["state"] == "fault"]
    assert {each["group"] for each in found} >= {"machine", "dependencies", "video", "files"}


def test_doctor_names_a_plugin_that_is_broken(faulty: dict[str, str]) -> None:
    answer = aa("doctor", **faulty)
    assert answer.code == 1
    assert "no [32] luck" in answer.out


def test_doctor_says_when_compiled_code_cannot_be_kept(tmp_path: Path) -> None:
    answer = aa("doctor", "--json", NUMBA_CACHE_DIR=str(tmp_path / "a_file" / "cache"))
    (tmp_path / "a_file").write_text("")
    found = {each["name"]: each for each in json.loads(answer.out)}
    assert found["compiled code"]["value"].startswith(str(tmp_path))


@pytest.mark.parametrize("package", PACKAGES)
def test_shipped_files_are_whole(package: str) -> None:
    for file in shipped_files([package]):
        assert file.state() == "ok", f"{file.path.name} is not what {MANIFEST} says"
        assert file.licence != "unknown"


@pytest.mark.parametrize("package", PACKAGES)
def test_every_data_file_is_declared(package: str) -> None:
    declared = {file.path.resolve() for file in shipped_files([package])}
    there = {
        path.resolve()
        for path in PACKAGES[package].rglob("*")
        if path.is_file() and path.suffix not in WRITTEN | COMPILED
    }
    assert there == declared


def test_a_changed_file_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "a_package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / MANIFEST).write_text('["weights.bin"]\nsha256 = "00"\nlicence = "MIT"\n')
    monkeypatch.syspath_prepend(tmp_path)
    (file,) = shipped_files(["a_package"])
    assert file.state() == "missing"
    (package / "weights.bin").write_bytes(b"other")
    assert file.state() == "changed"
