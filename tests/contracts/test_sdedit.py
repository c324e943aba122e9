import pytest

from aa_sdedit.config import SDEditConfig
from aa_sdedit.plugin import aa_components
from avatarartist_core.entries import DomainEntry
from avatarartist_core.testing import DomainTransferContract
from tests.sdedit.tiny import ARRAY_COPY, write_tiny


@pytest.mark.filterwarnings(ARRAY_COPY)
class TestSDEdit(DomainTransferContract):
    entry = next(iter(aa_components()))

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def _weights(cls, tmp_path_factory):
        model, controlnet = write_tiny(tmp_path_factory.mktemp("tiny"))
        cls.config = SDEditConfig(
            model=str(model),
            controlnet_model=str(controlnet),
            steps=3,
            resolution=64,
            check=False,
        )

    def domain(self):
        return DomainEntry(name="statue", title="Statue", prompt="a white statue")
