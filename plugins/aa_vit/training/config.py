"""Options of ``aa train renderer``; the defaults are the released numbers."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from aa_vit.config import RELEASED, ViTShape
from avatarartist_core.errors import UsageError
from avatarartist_core.nn.completion.config import CompletionConfig
from avatarartist_core.training.config import DataConfig, OptimiserConfig, Section, StageConfig


class RendererDataConfig(DataConfig, frozen=True):
    """People in several views."""

    held_out: int = Field(24, ge=1, description="People that are measured, and not learnt from.")
    first: float = Field(
        0.7, ge=0, le=1, description="Share of samples that show a person's first view."
    )


class LossConfig(Section, frozen=True):
    """Weights of the losses; 0 leaves one out. Colours are in [-1, 1]."""

    colour: float = Field(1.0, ge=0, description="L1 of the picture.")
    raw: float = Field(1.0, ge=0, description="L1 of the marched rays' colours.")
    perceptual: float = Field(1.0, ge=0, description="Distance of features of both pictures.")
    perceptual_by: str = Field(
        "facemesh", description="A feature network (aa plugins list), or lpips-vgg, lpips-alex."
    )
    edges: float = Field(0.0, ge=0, description="L1 of the picture's differences along x and y.")
    alpha: float = Field(0.0, ge=0, description="L1 of the picture's alpha.")
    opacity: float = Field(1.0, ge=0, description="L1 of the rays' opacity.")
    depth: float = Field(1.0, ge=0, description="L1 of the rays' depth, where it is known.")
    features: float = Field(1.0, ge=0, description="L1 of the rays' features to a teacher's.")
    triplane: float = Field(0.1, ge=0, description="L1 of the planes to a teacher's.")
    density: float = Field(0.25, ge=0, description="Difference of the density of near points.")
    identity: float = Field(1.0, ge=0, description="Distance of a face recogniser's vectors.")
    identity_after: int = Field(400_000, ge=0, description="Samples before it begins.")
    adversarial: float = Field(0.01, ge=0, description="A discriminator's score.")
    adversarial_after: int = Field(1_000_000, ge=0, description="Samples before it begins.")
    person: float = Field(0.0, ge=0, description="Added to the weight of the person's pixels.")
    face: float = Field(0.0, ge=0, description="Added to the weight of textured pixels.")
    inner: float = Field(0.0, ge=0, description="Added to that of eyes, teeth and mouth.")


class RendererConfig(StageConfig, frozen=True, extra="forbid"):
    """All numbers of the renderer's training."""

    topology: str = Field("anny-head", description="Head model of the data's labels.")
    planes: Literal["completion", "pairs"] = Field(
        "pairs",
        description="Where triplanes come from: a network that completes the portrait, taught "
        "along, or the pairs of a 4D GAN.",
    )
    renderer: ViTShape = Field(RELEASED, description="Sizes of the renderer.")
    completion: CompletionConfig = Field(
        CompletionConfig(), description="Sizes of the network that completes."
    )
    optimiser: OptimiserConfig = Field(
        OptimiserConfig(rate=1e-4, betas=(0.9, 0.999), epsilon=1e-5),
        description="How both are moved.",
    )
    data: RendererDataConfig = Field(RendererDataConfig(), description="What is learnt from.")
    loss: LossConfig = Field(LossConfig(), description="Weights of the losses.")
    static: float = Field(
        0.5, ge=0, le=1, description="Share of a batch that is drawn without implicit motion."
    )
    jitter: bool = Field(True, description="Rays are sampled at random places of their steps.")
    pictures: int = Field(8, ge=1, description="Held-out people on a sample sheet.")

    @model_validator(mode="after")
    def _planes_fit(self) -> Self:
        if self.planes != "completion":
            return self
        made = (self.completion.channels, self.completion.side)
        read = (self.renderer.plane_channels, self.renderer.plane_resolution)
        if made != read:
            raise UsageError(
                f"completion makes planes of {made[0]} channels and side {made[1]}, the renderer "
                f"reads {read[0]} and {read[1]}",
                "Set completion.channels and completion.side as the renderer has them.",
            )
        return self
