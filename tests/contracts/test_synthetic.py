from avatarartist_core.datasets.plugin import aa_components
from avatarartist_core.testing.component import ComponentContract


class TestSynthetic(ComponentContract):
    entry = next(entry for entry in aa_components() if entry.name == "synthetic")
    plugin = "avatarartist_core.datasets.plugin"
