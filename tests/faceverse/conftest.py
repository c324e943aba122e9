import pytest

from aa_faceverse.basis import face_basis
from aa_faceverse.head import FaceVerseHead
from tests.faceverse import synthetic


@pytest.fixture(scope="session")
def bundles(tmp_path_factory):
    home = tmp_path_factory.mktemp("weights")
    synthetic.install(tmp_path_factory.mktemp("files"), home)
    return home


@pytest.fixture(autouse=True)
def weights(bundles, monkeypatch):
    monkeypatch.setenv("AA_WEIGHTS", str(bundles))


@pytest.fixture
def basis():
    return face_basis("official")


@pytest.fixture
def head():
    return FaceVerseHead(synthetic.HEAD.config())
