from aa_dit.config import DiTConfig, VAEShape
from aa_dit.plugin import aa_components
from aa_dit.training.config import VAEConfig
from avatarartist_core.testing import GeneratorContract, TrainingStageContract

GENERATOR, VAE = aa_components()


class TestDiT(GeneratorContract):
    entry = GENERATOR
    config = DiTConfig(config="tiny", steps=2)


class TestVAE(TrainingStageContract):
    entry = VAE
    config = VAEConfig(network=VAEShape(channels=4, hidden=16, levels=1, side=16), batch=2, steps=4)
