"""Plugins with one fault each, and the pictures that tests run on."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

FAULTY = {
    "raises": "raise RuntimeError('no [32] luck')\n",
    "misspelt": (
        "from avatarartist_core.hookspecs import hookimpl\n"
        "@hookimpl\n"
        "def aa_component(): return ()\n"
    ),
    "twice": (
        "from avatarartist_core.entries import GeneratorEntry\n"
        "from avatarartist_core.hookspecs import hookimpl\n"
        "@hookimpl\n"
        "def aa_components():\n"
        "    yield GeneratorEntry(name='lift', summary='Another.', factory='twice:Lift')\n"
    ),
    "misfit": (
        "from avatarartist_core.entries import GeneratorEntry\n"
        "from avatarartist_core.hookspecs import hookimpl\n"
        "from avatarartist_core.specs import AvatarSpec\n"
        "@hookimpl\n"
        "def aa_components():\n"
        "    yield GeneratorEntry(name='cubes', summary='Cubes.', factory='misfit:Cubes',\n"
        "                         produces=AvatarSpec(representation='cubes'))\n"
    ),
}


@pytest.fixture
def astronaut() -> Path:
    return ROOT / "examples" / "astronaut.png"


@pytest.fixture
def cat() -> Path:
    return ROOT / "tests" / "data" / "cat.png"


@pytest.fixture
def faulty(tmp_path: Path) -> dict[str, str]:
    """Environment in which the plugins above are found beside the bundled ones."""
    folder = tmp_path / "plugins"
    folder.mkdir()
    for name, source in FAULTY.items():
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
    return {
        "PYTHONPATH": os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")]),
        "AA_PLUGINS": ",".join(f"{name}={name}" for name in FAULTY),
    }
