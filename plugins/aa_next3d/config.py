"""Sizes of the 4D GAN's networks and options of its components."""

from typing import Literal, Self

from pydantic import BaseModel, Field, model_validator

from avatarartist_core.errors import UsageError
from avatarartist_core.nn.face_box import FaceBox
from avatarartist_core.nn.surface.config import SurfaceConfig
from avatarartist_core.nn.volume.config import EVERY_AXES, VolumeConfig

LABEL = 25  # numbers of a camera label
COLOURS = 3


class Next3DShape(BaseModel, frozen=True, extra="forbid"):
    """Every width and resolution of the generator.

    The defaults are those of the released 4D GAN (official renderer, section 6).

    Attributes:
        noise_size: numbers of the random vector z.
        latent_size: width of a latent w.
        mapping_layers: fully connected layers from z to w.
        plane_resolution: side of a plane, texels.
        plane_channels: features of a texel; the first three are the colour of the raw picture.
        capacity: channels of a backbone at side S are ``min(capacity // S, ceiling)``.
        ceiling: most channels of a level.
        conditions: what the face backbone sees: ``"levels"``: both other backbones' feature maps
            of several sides (Next3D++); ``"raster"``: only what the planes hold, through an encoder
            (AvatarArtist's variant).
        face_encoder_widths: channels of that encoder before and after its first block.
        field_width: hidden size of the density and colour decoder.
        volume: rays, their samples, and the cube the planes cover.
        face_box: window of the front plane that mesh maps cover.
        output_size: side of the picture; every block of super-resolution doubles a side.
        output_widths: channels of the blocks of super-resolution; the authors have two.
        residual: the face backbone adds to the drawn face, from nothing at first, planes are added
            to fixed ones that training may begin with, and the volume's decoder begins by passing
            colours and outlines through.
        surface: the picture takes detail from the planes' own texels, and comes with an alpha.
    """

    noise_size: int = Field(512, ge=1)
    latent_size: int = Field(512, ge=1)
    mapping_layers: int = Field(2, ge=1)
    plane_resolution: int = Field(256, ge=32)
    plane_channels: int = Field(32, ge=COLOURS)
    capacity: int = 32768
    ceiling: int = 512
    conditions: Literal["levels", "raster"] = "levels"
    face_encoder_widths: tuple[int, int] = (64, 128)
    field_width: int = 64
    volume: VolumeConfig = VolumeConfig()
    face_box: FaceBox = FaceBox()
    output_size: int = Field(512, ge=32)
    output_widths: tuple[int, ...] = Field((256, 128), min_length=1)
    residual: bool = False
    surface: SurfaceConfig | None = None

    @model_validator(mode="after")
    def _sizes_fit(self) -> Self:
        _check_power("plane_resolution", self.plane_resolution)
        if (self.residual or self.surface) and self.conditions != "raster":
            raise UsageError(
                f"conditions is {self.conditions!r} with residual or surface", _PRESETS
            )
        factor = 2 ** len(self.output_widths)
        if self.output_size % factor:
            said = f"output_size is {self.output_size}, not a multiple of {factor}"
            raise UsageError(said, _PRESETS)
        return self

    @property
    def enlarged_from(self) -> int:
        """Side of the rendering that super-resolution is made for."""
        return int(self.output_size // 2 ** len(self.output_widths))

    @property
    def latents(self) -> int:
        """Latents a backbone takes: two a level, from side 4 up."""
        return 2 * (self.plane_resolution.bit_length() - 1) - 2

    @property
    def sides(self) -> list[int]:
        """Sides of a backbone's levels."""
        return [2**power for power in range(2, self.plane_resolution.bit_length())]


class DiscriminatorShape(BaseModel, frozen=True, extra="forbid"):
    """Every width of the dual discriminator (official renderer, section 5 and keys [C]).

    Attributes:
        side: of the pictures it sees.
        capacity: channels at side S are ``min(capacity // S, ceiling)``.
        ceiling: most channels of a level.
        mapping_layers: fully connected layers of the camera.
        group: samples compared with one another by the last block.
        clamp: largest magnitude after a convolution, or None.
        drawing: channels of a drawing of the mesh beside both pictures; 0: it sees none.
    """

    side: int = Field(512, ge=8)
    capacity: int = 32768
    ceiling: int = 512
    mapping_layers: int = Field(8, ge=1)
    group: int = Field(2, ge=1)
    clamp: float | None = 256.0
    drawing: int = Field(0, ge=0)

    @model_validator(mode="after")
    def _sizes_fit(self) -> Self:
        _check_power("side", self.side)
        return self

    @property
    def sides(self) -> list[int]:
        """Sides of the levels, largest first, down to 4."""
        return [2**power for power in range(self.side.bit_length() - 1, 1, -1)]


class InversionConfig(BaseModel, frozen=True, extra="forbid"):
    """How long and how strongly a portrait is searched for."""

    space: Literal["w", "w+"] = Field(
        "w+", description="One latent for all layers, or one for each."
    )
    latent_steps: int = Field(200, ge=0, le=5000, description="Steps that move the latent.")
    latent_rate: float = Field(0.05, gt=0, description="Learning rate of the latent.")
    tuning_steps: int = Field(100, ge=0, le=5000, description="Steps that move the generator.")
    tuning_rate: float = Field(1e-3, gt=0, description="Learning rate of the generator.")
    samples: int = Field(256, ge=2, description="Random latents whose mean is the start.")
    raw: float = Field(0.5, ge=0, description="Weight of the raw rendering's error.")
    perceptual: float = Field(1.0, ge=0, description="Weight of the perceptual error, if any.")
    closeness: float = Field(
        0.01, ge=0, description="Weight that keeps latents near the mean, in deviations."
    )


def _check_power(name: str, value: int) -> None:
    if value & (value - 1):
        raise UsageError(f"{name} is {value}, not a power of two", _PRESETS)


_PRESETS = "The presets of aa_next3d.config show what fits."

RELEASED = Next3DShape()
"""InvertAvatar's Next3D++ and AvatarArtist's domain GANs: 88,301,010 parameters."""

RASTER = Next3DShape(conditions="raster")
"""AvatarArtist's variant whose four planes hold the whole avatar: 97,900,274 parameters."""

TINY = Next3DShape(
    noise_size=64,
    latent_size=64,
    plane_resolution=64,
    plane_channels=8,
    capacity=1024,
    ceiling=64,
    conditions="raster",
    face_encoder_widths=(16, 24),
    field_width=32,
    volume=VolumeConfig(resolution=48, coarse=16, fine=16, axes=EVERY_AXES),
    output_size=192,
    output_widths=(32, 16),
)
"""A GAN that one processor core trains and runs, of the same classes."""

PRESETS = {"released": RELEASED, "raster": RASTER, "tiny": TINY}

DISCRIMINATOR = DiscriminatorShape()
"""The released one: 31,359,744 parameters."""

TINY_DISCRIMINATOR = DiscriminatorShape(side=64, capacity=1024, ceiling=64, mapping_layers=2)

DISCRIMINATOR_PRESETS = {"released": DISCRIMINATOR, "tiny": TINY_DISCRIMINATOR}
