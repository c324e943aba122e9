from aa_next3d.config import DiscriminatorShape, Next3DShape
from aa_next3d.plugin import aa_components
from aa_next3d.training.config import DensityConfig, GANConfig, GuideConfig
from avatarartist_core.nn.volume.config import EVERY_AXES, VolumeConfig
from avatarartist_core.testing import TrainingStageContract

SMALL = GANConfig(
    batch=2,
    images=8,
    generator=Next3DShape(
        noise_size=8,
        latent_size=8,
        plane_resolution=32,
        plane_channels=4,
        capacity=128,
        ceiling=8,
        face_encoder_widths=(4, 4),
        field_width=8,
        volume=VolumeConfig(resolution=8, coarse=4, fine=0, axes=EVERY_AXES),
        output_size=32,
        output_widths=(4,),
    ),
    discriminator=DiscriminatorShape(side=32, capacity=64, ceiling=8, mapping_layers=1, drawing=3),
    start="plain",
    density=DensityConfig(points=10),
    guide=GuideConfig(colour=1, opacity=1, images=100, likeness=2, learnt_from=2),
)


class TestGAN(TrainingStageContract):
    entry = next(entry for entry in aa_components() if entry.name == "gan")
    config = SMALL
