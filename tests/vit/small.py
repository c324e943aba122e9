"""A renderer's training as small as it can be."""

from aa_vit.config import TINY
from aa_vit.training.config import LossConfig, RendererConfig, RendererDataConfig
from avatarartist_core.nn.completion.config import CompletionConfig
from avatarartist_core.nn.surface.config import SurfaceConfig
from avatarartist_core.nn.volume.config import EVERY_AXES, VolumeConfig
from avatarartist_core.training.config import AverageConfig, OptimiserConfig, ReportConfig

SHAPE = TINY.model_copy(
    update={
        "plane_resolution": 32,
        "plane_channels": 8,
        "face_capacity": 512,
        "token_width": 32,
        "decoder_token_width": 32,
        "field_width": 16,
        "volume": VolumeConfig(resolution=16, coarse=8, fine=0, axes=EVERY_AXES, pixels="centres"),
        "output_size": 64,
        "output_widths": (8, 8),
        "residual": True,
        "surface": SurfaceConfig(width=8),
    }
)
LOSS = LossConfig(
    edges=0.5,
    alpha=1,
    perceptual=0,
    features=0,
    triplane=0,
    density=0,
    identity=0,
    adversarial=0,
    person=2,
    face=1,
    inner=3,
)
SMALL = RendererConfig(
    batch=4,
    images=24,
    planes="completion",
    renderer=SHAPE,
    completion=CompletionConfig(channels=8, side=32, widths=(8, 12), side_width=8),
    optimiser=OptimiserConfig(rate=2e-3, betas=(0.9, 0.99)),
    average=AverageConfig(half_life=4),
    data=RendererDataConfig(held_out=1, ahead=1),
    loss=LOSS,
    static=0.25,
    report=ReportConfig(scalars=1, pictures=3, measures=3),
    pictures=1,
)
