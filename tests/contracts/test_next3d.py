from typing import ClassVar

from aa_next3d.networks import CNNConfig, Next3DConfig
from aa_next3d.plugin import aa_components
from avatarartist_core.testing import AvatarSamplerContract, GeneratorContract, RendererContract

ENTRIES = {entry.name: entry for entry in aa_components()}


class TestNext3D(GeneratorContract):
    entry = ENTRIES["next3d"]
    config = Next3DConfig(config="tiny", latent_steps=3, tuning_steps=2)


class TestNext3DSamples(AvatarSamplerContract):
    entry = ENTRIES["next3d"]
    config = Next3DConfig(config="tiny")


class TestCNN(RendererContract):
    entry = ENTRIES["cnn"]
    config = CNNConfig(config="tiny")
    tolerance: ClassVar[int] = 1
