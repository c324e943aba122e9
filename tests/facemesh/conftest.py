from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aa_facemesh.config import FaceMeshConfig
from aa_facemesh.encoder import FaceMesh

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def facemesh():
    return FaceMesh(FaceMeshConfig())


@pytest.fixture(scope="session")
def astronaut():
    """(512, 512, 3) RGB, one face about 90 pixels wide."""
    with Image.open(ROOT / "examples/astronaut.png") as image:
        return np.asarray(image.convert("RGB"))


@pytest.fixture(scope="session")
def cat():
    with Image.open(ROOT / "tests/data/cat.png") as image:
        return np.asarray(image.convert("RGB"))
