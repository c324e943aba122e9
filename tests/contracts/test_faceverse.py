import pytest

from aa_faceverse.config import PdfgcConfig
from aa_faceverse.plugin import aa_components
from avatarartist_core.testing import HeadModelContract, MotionEncoderContract
from tests.faceverse import synthetic

HEAD, ENCODER = aa_components()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("weights")
    synthetic.install(tmp_path_factory.mktemp("files"), home)
    return home


@pytest.fixture(autouse=True)
def weights(home, monkeypatch):
    monkeypatch.setenv("AA_WEIGHTS", str(home))


class TestFaceVerse(HeadModelContract):
    entry = HEAD
    identities = 150
    expressions = 175
    still = frozenset()


class TestPdfgc(MotionEncoderContract):
    entry = ENCODER
    config = PdfgcConfig(identity_frames=2)
    expressions = 175
