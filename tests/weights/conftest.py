"""A folder of bundles that is nobody's."""

from pathlib import Path

import pytest


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that stands for the user's bundles; it is not there yet."""
    folder = tmp_path / "home" / "weights"
    monkeypatch.setenv("AA_WEIGHTS", str(folder))
    return folder
