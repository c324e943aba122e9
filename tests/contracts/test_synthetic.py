from avatarartist_core.datasets.plugin import aa_components
from avatarartist_core.datasets.synthetic.config import SyntheticConfig
from avatarartist_core.testing import PortraitSourceContract


class TestSynthetic(PortraitSourceContract):
    entry = next(entry for entry in aa_components() if entry.name == "synthetic")
    config = SyntheticConfig(side=128)
    plugin = "avatarartist_core.datasets.plugin"
