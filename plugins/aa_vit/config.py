"""Sizes of the ``vit`` renderer's network and options of its components."""

from typing import Self

from pydantic import BaseModel, Field, model_validator

from avatarartist_core.errors import UsageError
from avatarartist_core.nn.face_box import FaceBox
from avatarartist_core.nn.surface.config import SurfaceConfig
from avatarartist_core.nn.volume.config import EVERY_AXES, VolumeConfig

STRIDE = 8  # texels of a plane along the side of a token
NORM_GROUPS = 32  # of the plane encoder's channels


class ViTShape(BaseModel, frozen=True, extra="forbid"):
    """Every width, depth and resolution of the network.

    The defaults are those of the released network (official renderer, section 3). The portrait has
    twice the side of a plane, because the encoders stride by 8 and by 2 what the planes stride by 4
    and by 1.

    Attributes:
        plane_resolution: side R of a plane, texels.
        plane_channels: features C of a texel; the first three are the colour of the raw picture.
        motion_size: numbers of a motion embedding.
        stage_widths: channels of the four residual stages of the global encoder.
        stage_depths: residual blocks of each stage.
        pyramid_width: channels of each dilated branch, and of the global encoder's output.
        pyramid_dilations: of the branches with 3x3 kernels.
        detail_widths: channels of each convolution of the detail encoder.
        plane_encoder_widths: channels after the first 3-D convolution, after both halvings, and of
            the output.
        plane_stem_widths: channels of the convolutions over the encoded planes.
        motion_width: hidden size of a motion embedding on its way to tokens.
        motion_tokens: tokens that a motion embedding becomes.
        token_width: size of the motion transformer's tokens.
        heads: attention heads of the motion transformer.
        mlp_ratio: hidden size of a token's MLP over its own.
        neutral_depth: blocks that attend to the source motion.
        motion_depth: blocks that attend to the target motion.
        expand_widths: channels of the convolutions that follow the motion transformer.
        decoder_stem_widths: channels of the convolutions before the triplane decoder's tokens.
        decoder_token_width: size of its tokens.
        decoder_heads: its attention heads.
        decoder_reduction: factor by which a side of its keys and values is shrunk.
        decoder_widths: channels of the convolutions after it, and again of the fusion.
        style_width: size of the constant style code.
        face_capacity: channels times side of a level of the face generator, before the ceiling.
        face_ceiling: most channels of a level.
        face_encoder_widths: channels of the face encoder before and after its first block; those
            that follow are the face generator's.
        field_width: hidden size of the density and colour decoder.
        volume: rays, their samples, and the cube the planes cover.
        face_box: window of the front plane that mesh maps cover.
        output_size: side of the picture; super-resolution multiplies a side by four.
        output_widths: channels of the two blocks of super-resolution.
        residual: face generator and triplane decoder add to the planes they are given instead of
            making new ones, and start by adding nothing.
        surface: the picture takes detail from the planes' own texels, and comes with an alpha.
    """

    plane_resolution: int = Field(256, ge=32)
    plane_channels: int = Field(32, ge=3)
    motion_size: int = Field(548, ge=1)

    stage_widths: tuple[int, int, int, int] = (64, 128, 256, 512)
    stage_depths: tuple[int, int, int, int] = (3, 4, 6, 3)
    pyramid_width: int = 256
    pyramid_dilations: tuple[int, ...] = (12, 24, 36)
    detail_widths: tuple[int, ...] = (64, 96, 96, 96, 96)

    plane_encoder_widths: tuple[int, int, int, int] = (64, 128, 256, 128)
    plane_stem_widths: tuple[int, ...] = (128, 96, 256)

    motion_width: int = 512
    motion_tokens: int = 64
    token_width: int = 1024
    heads: int = 4
    mlp_ratio: int = 2
    neutral_depth: int = Field(4, ge=0)
    motion_depth: int = Field(4, ge=0)
    expand_widths: tuple[int, int, int] = (128, 128, 96)

    decoder_stem_widths: tuple[int, int] = (256, 128)
    decoder_token_width: int = 1024
    decoder_heads: int = 2
    decoder_reduction: int = 2
    decoder_widths: tuple[int, int, int] = (256, 128, 128)

    style_width: int = 512
    face_capacity: int = 32768
    face_ceiling: int = 512
    face_encoder_widths: tuple[int, int] = (64, 128)

    field_width: int = 64
    volume: VolumeConfig = VolumeConfig()
    face_box: FaceBox = FaceBox()
    output_size: int = Field(512, ge=32)
    output_widths: tuple[int, int] = (256, 128)
    residual: bool = False
    surface: SurfaceConfig | None = None

    @model_validator(mode="after")
    def _sizes_fit(self) -> Self:
        faults = []
        if self.plane_resolution & (self.plane_resolution - 1):
            faults.append(f"plane_resolution is {self.plane_resolution}, not a power of two")
        if wrong := [width for width in self.plane_encoder_widths[1:3] if width % NORM_GROUPS]:
            faults.append(f"plane_encoder_widths has {wrong[0]}, not a multiple of {NORM_GROUPS}")
        if self.output_size % 4:
            faults.append(f"output_size is {self.output_size}, not a multiple of 4")
        for name, width in (
            ("token_width", self.token_width),
            ("decoder_token_width", self.decoder_token_width),
        ):
            heads = self.heads if name == "token_width" else self.decoder_heads
            if width % 4 or width % heads:
                faults.append(f"{name} is {width}, not a multiple of 4 and of {heads} heads")
        if faults:
            raise UsageError("; ".join(faults), "The presets of aa_vit.config show what fits.")
        return self

    @property
    def image_size(self) -> int:
        """Side of the portrait, pixels."""
        return 2 * self.plane_resolution

    @property
    def token_grid(self) -> int:
        """Tokens along a side of the motion transformer's grid."""
        return self.plane_resolution // STRIDE

    @property
    def style_rows(self) -> int:
        """Rows of the constant style code: two a level of the face generator, from 4 up."""
        return 2 * (self.plane_resolution.bit_length() - 1) - 2


RELEASED = ViTShape()
"""The authors' ``render.pkl``: 266,615,896 parameters."""

PAPER = RELEASED
"""The paper gives no size of this network that differs; where it differs is the training."""

TINY = ViTShape(
    plane_resolution=64,
    plane_channels=8,
    motion_size=54,
    stage_widths=(16, 24, 32, 48),
    stage_depths=(1, 1, 1, 1),
    pyramid_width=32,
    pyramid_dilations=(2, 4, 6),
    detail_widths=(16, 24, 24),
    plane_encoder_widths=(16, 32, 32, 16),
    plane_stem_widths=(32, 32),
    motion_width=64,
    motion_tokens=8,
    token_width=128,
    heads=4,
    neutral_depth=1,
    motion_depth=2,
    expand_widths=(32, 32, 24),
    decoder_stem_widths=(32, 32),
    decoder_token_width=64,
    decoder_heads=2,
    decoder_widths=(48, 32, 32),
    style_width=64,
    face_capacity=1024,
    face_ceiling=64,
    face_encoder_widths=(16, 24),
    field_width=32,
    volume=VolumeConfig(resolution=48, coarse=16, fine=16, axes=EVERY_AXES),
    output_size=192,
    output_widths=(32, 16),
)
"""A renderer that one processor core trains and runs, of the same classes."""

SMALL_SURFACE = TINY.model_copy(
    update={
        "plane_resolution": 128,
        "plane_channels": 16,
        "face_capacity": 2048,
        "volume": VolumeConfig(resolution=64, coarse=24, fine=0, axes=EVERY_AXES, pixels="centres"),
        "output_size": 256,
        "residual": True,
        "surface": SurfaceConfig(width=24),
    }
)
"""What ``aa train renderer --preset tiny`` teaches: it draws heads before it has learnt anything,
because planes carry colour and density, and texels are laid over the marched rays."""

PRESETS = {
    "released": RELEASED,
    "paper": PAPER,
    "tiny": TINY,
    "small-surface": SMALL_SURFACE,
}
