from pathlib import Path

import pytest

from aa_facemesh.config import FaceMeshConfig
from aa_facemesh.encoder import FaceMesh
from aa_lift.config import LiftConfig
from aa_lift.generator import LiftGenerator
from avatarartist_core.data import LayeredPortrait, Portrait
from avatarartist_core.prepare.portrait import prepare

ASTRONAUT = Path(__file__).parents[2] / "examples" / "astronaut.png"


@pytest.fixture(scope="session")
def portrait() -> Portrait:
    return prepare(ASTRONAUT, FaceMesh(FaceMeshConfig()))


@pytest.fixture(scope="session")
def avatar(portrait: Portrait) -> LayeredPortrait:
    return LiftGenerator(LiftConfig()).generate(portrait)
