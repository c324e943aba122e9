from pathlib import Path

import pytest

from aa_facemesh.config import FaceMeshConfig
from aa_facemesh.encoder import FaceMesh

ROOT = Path(__file__).parents[2]
ASSETS = ROOT.parent / "shared/assets/portraits"


@pytest.fixture(scope="session")
def finder():
    return FaceMesh(FaceMeshConfig())


@pytest.fixture(scope="session")
def astronaut():
    return ROOT / "examples/astronaut.png"


@pytest.fixture(scope="session")
def cat():
    return ROOT / "tests/data/cat.png"
