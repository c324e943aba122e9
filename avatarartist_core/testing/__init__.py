"""Contract kits: what every component must do, ours and a stranger's; needs pytest.

Subclass the kit of your component's kind in a test file::

    class TestToon(DomainTransferContract):
        entry = next(aa_components())
"""

import pytest

from avatarartist_core.samples import (
    sample_cameras,
    sample_motion,
    sample_picture,
    sample_portrait,
)

pytest.register_assert_rewrite(
    "avatarartist_core.testing.component",
    "avatarartist_core.testing.encoder",
    "avatarartist_core.testing.features",
    "avatarartist_core.testing.generator",
    "avatarartist_core.testing.head",
    "avatarartist_core.testing.renderer",
    "avatarartist_core.testing.source",
    "avatarartist_core.testing.sampler",
    "avatarartist_core.testing.stage",
    "avatarartist_core.testing.transfer",
)

from avatarartist_core.testing.encoder import MotionEncoderContract  # noqa: E402
from avatarartist_core.testing.features import FeatureContract  # noqa: E402
from avatarartist_core.testing.generator import GeneratorContract  # noqa: E402
from avatarartist_core.testing.head import HeadModelContract  # noqa: E402
from avatarartist_core.testing.renderer import RendererContract  # noqa: E402
from avatarartist_core.testing.sampler import AvatarSamplerContract  # noqa: E402
from avatarartist_core.testing.source import PortraitSourceContract  # noqa: E402
from avatarartist_core.testing.stage import TrainingStageContract  # noqa: E402
from avatarartist_core.testing.transfer import DomainTransferContract  # noqa: E402

__all__ = [
    "AvatarSamplerContract",
    "DomainTransferContract",
    "FeatureContract",
    "GeneratorContract",
    "HeadModelContract",
    "MotionEncoderContract",
    "PortraitSourceContract",
    "RendererContract",
    "TrainingStageContract",
    "sample_cameras",
    "sample_motion",
    "sample_picture",
    "sample_portrait",
]
