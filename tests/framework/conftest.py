"""Plugins that tests write: modules in a temporary folder, with or without a distribution."""

import itertools
from pathlib import Path

import pytest

from avatarartist_core.plugins import Plugins, read

_numbers = itertools.count()

PREAMBLE = """
from avatarartist_core.entries import *
from avatarartist_core.hookspecs import hookimpl
"""

TRANSFER = """
@hookimpl
def aa_components():
    yield TransferEntry(name={name!r}, summary="A test.", factory="nowhere.at_all:Class")
"""


class Workshop:
    """A folder on the import path into which plugins are put."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def module(self, body: str) -> str:
        """Write a module with the usual imports; returns its name, new every time."""
        name = f"written_plugin_{next(_numbers)}"
        (self.folder / f"{name}.py").write_text(PREAMBLE + body)
        return name

    def install(self, distribution: str, points: dict[str, str], version: str = "0.2") -> None:
        """Write what pip leaves behind: a dist-info folder with entry points."""
        info = self.folder / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
        )
        lines = [f"{name} = {target}" for name, target in points.items()]
        text = "\n".join(["[avatarartist.plugins]", *lines, ""])
        (info / "entry_points.txt").write_text(text)

    def read(self, **environ: str) -> Plugins:
        """Load what is in this folder alone."""
        return read(environ, [str(self.folder)])


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    monkeypatch.syspath_prepend(tmp_path)
    return Workshop(tmp_path)


@pytest.fixture
def sound_plugin() -> str:
    """The body of a plugin that brings one domain transfer, ``sound``."""
    return TRANSFER.format(name="sound")
