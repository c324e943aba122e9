"""Network shapes and options of its components; everything here is plain values."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from avatarartist_core.weights.learned import LearnedConfig


class DiTShape(BaseModel):
    """Sizes of the diffusion transformer; the defaults are the released network's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    latent_channels: int = Field(8, ge=1, description="Channels of the triplane latent.")
    planes: int = Field(4, ge=1, description="Planes, stacked from top to bottom.")
    latent_side: int = Field(32, ge=1, description="Side of one plane of the latent.")
    width: int = Field(1152, ge=4, description="Features of a token.")
    depth: int = Field(28, ge=1, description="Transformer blocks.")
    heads: int = Field(16, ge=1, description="Attention heads of a block.")
    patch: int = Field(2, ge=1, description="Side of the patch that makes a token.")
    mlp_ratio: int = Field(4, ge=1, description="Hidden features of an MLP over its width.")
    clip_channels: int = Field(1280, ge=1, description="Features of a CLIP token.")
    dino_channels: int = Field(768, ge=1, description="Features of a DINO token.")
    clip_tokens: int = Field(16, ge=1, description="Tokens that the CLIP resampler keeps.")
    dino_tokens: int = Field(256, ge=1, description="Tokens that the DINO resampler keeps.")
    resampler_depth: int = Field(4, ge=1, description="Layers of each resampler.")
    resampler_heads: int = Field(12, ge=1, description="Attention heads of the resamplers.")
    resampler_head_width: int = Field(64, ge=1, description="Features of a resampler's head.")
    position: Literal["planes", "square"] = Field(
        "planes",
        description="Position embedding: rows and columns of each plane and which plane it is "
        "(planes), or the table of the released weights, laid out for a square picture (square).",
    )

    @property
    def latent_height(self) -> int:
        """Rows of the latent: the planes lie one below the other."""
        return self.planes * self.latent_side

    @property
    def latent_width(self) -> int:
        """Columns of the latent."""
        return self.latent_side

    @property
    def tokens(self) -> int:
        """Tokens that the latent is cut into."""
        return self.planes * (self.latent_side // self.patch) ** 2

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.latent_side % self.patch:
            raise ValueError(f"latent_side {self.latent_side} is no multiple of patch {self.patch}")
        if self.width % self.heads:
            raise ValueError(f"width {self.width} is no multiple of heads {self.heads}")
        if self.width % 4:
            raise ValueError(f"width {self.width} is no multiple of 4, as its positions need")
        if self.position == "square" and int(self.tokens**0.5) ** 2 != self.tokens:
            raise ValueError(f"{self.tokens} tokens make no square, as position 'square' needs")
        return self


DIT_SHAPES = {
    "released": DiTShape(position="square"),
    "paper": DiTShape(latent_side=64),
    "tiny": DiTShape(
        latent_channels=4,
        latent_side=8,
        width=64,
        depth=2,
        heads=4,
        clip_channels=32,
        dino_channels=32,
        clip_tokens=4,
        dino_tokens=16,
        resampler_depth=1,
        resampler_heads=4,
        resampler_head_width=16,
    ),
}
"""Network shapes by name: the released weights', the one that the paper states, a small one."""

Sampler = Literal[
    "dpm", "iddpm", "ddim", "ddpm", "euler", "euler-ancestral", "heun", "unipc", "dpmsolver++"
]
"""Samplers by name: ``dpm`` and ``iddpm`` are the released code's, the rest diffusers'."""


class VAEShape(BaseModel):
    """Sizes of the triplane VAE; presets are in ``VAE_SHAPES``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channels: int = Field(32, ge=1, description="Features of a texel.")
    planes: int = Field(4, ge=1, description="Planes: the UV plane and three static ones.")
    hidden: int = Field(
        128, ge=16, multiple_of=16, description="Features of the finest level; coarser: double."
    )
    levels: int = Field(3, ge=1, le=5, description="Halvings of the side.")
    latent_channels: int = Field(8, ge=1, description="Numbers at a position of the latent.")
    side: int = Field(256, ge=8, description="Side of a plane, texels.")

    @model_validator(mode="after")
    def _divides(self) -> Self:
        if self.side % 2**self.levels:
            raise ValueError(
                f"a side of {self.side} texels cannot be halved {self.levels} times; "
                f"use a multiple of {2**self.levels}"
            )
        return self

    @property
    def latent_side(self) -> int:
        """Side of a plane of the latent."""
        return self.side >> self.levels


VAE_SHAPES = {
    "released": VAEShape(),
    "paper": VAEShape(levels=2),
    "tiny": VAEShape(channels=8, hidden=16, latent_channels=4, side=64),
}
"""The published weights (latent 32 x 32 x 4 x 8), the paper's text (64 x 64 x 4 x 8), for tests."""


class TowerShape(BaseModel):
    """Sizes of a vision transformer that looks at a portrait."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    width: int = Field(ge=1, description="Features of a token.")
    layers: int = Field(ge=1, description="Blocks.")
    heads: int = Field(ge=1, description="Attention heads.")
    mlp: int = Field(ge=1, description="Features inside a block's MLP.")
    patch: int = Field(14, ge=1, description="Side of a patch, pixels.")
    side: int = Field(224, ge=1, description="Side of the picture, pixels.")
    trained_side: int = Field(224, ge=1, description="Side its positions were trained for, pixels.")
    resized: int = Field(224, ge=1, description="Shorter edge before the centre is cut, pixels.")
    projection: int = Field(0, ge=0, description="Features of its unused projection, 0: none.")

    @property
    def tokens(self) -> int:
        """One for the whole picture and one for each patch."""
        return 1 + (self.side // self.patch) ** 2


class ConditionShape(BaseModel):
    """The two encoders that tell the transformer about the portrait."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["clip-dino", "small"] = Field(
        "clip-dino", description="The published pair of frozen encoders, or a small trained pair."
    )
    clip: TowerShape = TowerShape(width=1280, layers=32, heads=16, mlp=5120, projection=1024)
    dino: TowerShape = TowerShape(
        width=768, layers=12, heads=12, mlp=3072, trained_side=518, resized=256
    )


CONDITION_SHAPES = {
    "released": ConditionShape(),
    "tiny": ConditionShape(
        kind="small",
        clip=TowerShape(width=32, layers=1, heads=2, mlp=64, patch=16, side=64, resized=64),
        dino=TowerShape(width=32, layers=1, heads=2, mlp=64, patch=16, side=64, resized=64),
    ),
}
"""OpenCLIP ViT-H/14 with DINOv2-base as the authors use them, and a pair for tests."""


class DiTConfig(LearnedConfig, frozen=True, extra="forbid"):
    """Options of the ``dit`` generator."""

    steps: int = Field(20, ge=1, le=1000, description="Sampler steps.")
    guidance: float = Field(4.5, ge=1.0, le=50.0, description="Classifier-free guidance scale.")
    sampler: Sampler = Field("dpm", description="How noise becomes planes.")
    null: Literal["partial", "full"] = Field(
        "partial",
        description="What guidance leads away from: the image's CLIP features gone, its DINO "
        "features kept (partial, as the weights were released), or both gone (full).",
    )
    precision: Literal["auto", "float32", "bfloat16", "float16"] = Field(
        "auto", description="Arithmetic; auto: bfloat16 on a GPU, float32 elsewhere."
    )
