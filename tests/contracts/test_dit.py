from aa_dit.config import DiTConfig
from aa_dit.plugin import aa_components
from avatarartist_core.testing import GeneratorContract


class TestDiT(GeneratorContract):
    entry = next(iter(aa_components()))
    config = DiTConfig(config="tiny", steps=2)
