from aa_vit.plugin import aa_components
from avatarartist_core.testing import TrainingStageContract
from tests.vit.small import SMALL


class TestRenderer(TrainingStageContract):
    entry = next(entry for entry in aa_components() if entry.name == "renderer")
    config = SMALL
