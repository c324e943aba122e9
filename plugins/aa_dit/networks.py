"""Which networks the generator is made of, told without torch: what a bundle's config holds."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from aa_dit.config import (
    CONDITION_SHAPES,
    DIT_SHAPES,
    VAE_SHAPES,
    ConditionShape,
    DiTConfig,
    DiTShape,
    VAEShape,
)
from avatarartist_core.nn.face_box import FaceBox
from avatarartist_core.nn.volume.config import AUTHORS_AXES, EVERY_AXES
from avatarartist_core.specs import AvatarSpec
from avatarartist_core.weights.learned import NetworkKind

LATENT_SCALE = 0.3994218
"""Factor that brings the released VAE's latents to unit variance (released inference config)."""


class Networks(BaseModel):
    """A VAE, a transformer and an image condition that belong together.

    Attributes:
        mean: what is added to decoded planes: one number, or one for each plane.
        std: what decoded planes are multiplied with before.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    dit: DiTShape
    vae: VAEShape
    condition: ConditionShape
    latent_scale: float = Field(LATENT_SCALE, gt=0)
    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)
    topology: str = "anny-head"
    axes: str = EVERY_AXES

    @model_validator(mode="after")
    def _belong_together(self) -> Self:
        latent = (self.vae.latent_channels, self.vae.planes, self.vae.latent_side)
        wanted = (self.dit.latent_channels, self.dit.planes, self.dit.latent_side)
        if latent != wanted:
            raise ValueError(
                f"the VAE's latent is {latent} (channels, planes, side), the transformer's {wanted}"
            )
        features = (self.condition.clip.width, self.condition.dino.width)
        if features != (self.dit.clip_channels, self.dit.dino_channels):
            raise ValueError(
                f"the condition has {features} features, the transformer reads "
                f"{(self.dit.clip_channels, self.dit.dino_channels)}"
            )
        for name, values in (("mean", self.mean), ("std", self.std)):
            if len(values) not in (1, self.vae.planes):
                raise ValueError(f"{name} has {len(values)} numbers, not 1 or {self.vae.planes}")
        return self

    @property
    def spec(self) -> AvatarSpec:
        """The avatars that these networks make."""
        return AvatarSpec(
            representation="triplane",
            topology=self.topology,
            channels=self.vae.channels,
            resolution=self.vae.side,
            axes=self.axes,
            extent=0.5,
            face_box=FaceBox().shares,
        )


NETWORKS = {
    "released": Networks(
        dit=DIT_SHAPES["released"],
        vae=VAE_SHAPES["released"],
        condition=CONDITION_SHAPES["released"],
        topology="faceverse-v3",
        axes=AUTHORS_AXES,
    ),
    "paper": Networks(
        dit=DIT_SHAPES["paper"],
        vae=VAE_SHAPES["paper"],
        condition=CONDITION_SHAPES["released"],
        topology="faceverse-v3",
    ),
    "full": Networks(
        dit=DIT_SHAPES["released"],
        vae=VAE_SHAPES["released"],
        condition=CONDITION_SHAPES["released"],
        axes=AUTHORS_AXES,
    ),
    "tiny": Networks(
        dit=DIT_SHAPES["tiny"], vae=VAE_SHAPES["tiny"], condition=CONDITION_SHAPES["tiny"]
    ),
}
"""Networks by name: of the published weights, of the paper's text, the published sizes and small
ones on the head model that ships."""


KIND = NetworkKind("dit", "aa_dit", Networks, NETWORKS)
"""Finds the networks that options ask for."""


def spec_of(options: DiTConfig) -> AvatarSpec:
    """Tell what avatars the generator makes under these options.

    Raises:
        WeightsError: the bundle that the options name is not installed or not whole.
        InputError: the network configuration cannot be used.
    """
    return KIND.asked(options)[0].spec
