"""The third-party example is found, sound, chosen for its domain, and passes its own tests."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from avatarartist_core.checking import check
from avatarartist_core.config import Choice, RunConfig
from avatarartist_core.plan import resolve
from avatarartist_core.plugins import Plugins, read
from avatarartist_core.settings import with_settings

FOLDER = Path(__file__).parents[2] / "examples" / "avatarartist-toon"
POINT = "toon=avatarartist_toon.plugin"


@pytest.fixture
def plugins(monkeypatch: pytest.MonkeyPatch) -> Plugins:
    monkeypatch.syspath_prepend(FOLDER / "src")
    return read({"AA_PLUGINS": POINT, "AA_PLUGINS_OFF": ""})


def test_the_example_has_no_findings(plugins):
    assert "cel-toon" in plugins.domains
    assert [finding for finding in check(plugins) if "toon" in finding.subject] == []


def test_naming_its_domain_chooses_its_transfer(plugins):
    config = with_settings(RunConfig(portrait="a.png", domain="cel-toon"), ["transfer.tones=4"])
    plan = resolve(config, plugins)
    assert plan.transfer.entry.name == "toon"
    assert plan.config.transfer.model_extra["tones"] == 4
    assert plan.config.transfer.name == Choice(name="toon").name


def test_its_own_tests_pass():
    path = os.pathsep.join([str(FOLDER / "src"), *sys.path])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests"],
        cwd=FOLDER,
        env={**os.environ, "AA_PLUGINS": POINT, "PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
