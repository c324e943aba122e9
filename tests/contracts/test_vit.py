from typing import ClassVar

from aa_vit.networks import ViTConfig
from aa_vit.plugin import aa_components
from avatarartist_core.testing import RendererContract


class TestViT(RendererContract):
    entry = next(iter(aa_components()))
    config = ViTConfig(config="tiny")
    tolerance: ClassVar[int] = 1
