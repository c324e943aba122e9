"""Numbers of the generator's training, as a TOML file holds them; no torch."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from aa_dit.config import VAEShape
from avatarartist_core.training.config import (
    DataConfig,
    OptimiserConfig,
    Section,
    StageConfig,
)


class PairsDataConfig(DataConfig, frozen=True):
    """Pairs to learn from."""

    path: str = Field(
        "", description="Folder that aa data pairs made, or one that holds such folders."
    )


class VAELossConfig(Section, frozen=True):
    """Factors of the terms, each summed over all elements and divided by the batch."""

    reconstruction: float = Field(1.0, ge=0, description="Absolute error of the planes.")
    variation: float = Field(2e-3, ge=0, description="Total variation of the latent.")
    divergence: float = Field(1e-5, ge=0, description="Divergence from the standard normal.")
    axes: Literal["released", "picture"] = Field(
        "released", description="What total variation runs along: planes and rows, or a picture's."
    )


class VAESampleConfig(Section, frozen=True):
    """What is shown and measured."""

    rows: int = Field(4, ge=1, description="Triplanes that are drawn beside their originals.")
    count: int = Field(32, ge=1, description="Triplanes that are measured.")


class VAEConfig(StageConfig, frozen=True, extra="forbid"):
    """All numbers of the triplane VAE's training; the defaults are the released code's."""

    network: VAEShape = Field(VAEShape(), description="Sizes of the VAE.")
    optimiser: OptimiserConfig = Field(
        OptimiserConfig(kind="adamw", rate=3e-5, betas=(0.5, 0.9), weight_decay=1e-2, clip=1.0),
        description="How it learns.",
    )
    loss: VAELossConfig = Field(VAELossConfig(), description="Factors of the loss.")
    data: PairsDataConfig = Field(PairsDataConfig(), description="Pairs to learn from.")
    sample: VAESampleConfig = Field(VAESampleConfig(), description="What is shown and measured.")
