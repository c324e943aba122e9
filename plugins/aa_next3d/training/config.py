"""Options of ``aa train gan``; the defaults are the paper's numbers for tuning one domain."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from aa_next3d.config import DISCRIMINATOR, RASTER, DiscriminatorShape, Next3DShape
from avatarartist_core.errors import UsageError
from avatarartist_core.training.config import (
    DataConfig,
    OptimiserConfig,
    Section,
    StageConfig,
)


class GANDataConfig(DataConfig, frozen=True):
    """Labelled portraits."""

    background: Literal["keep", "black"] = Field(
        "keep", description="black: what the mask leaves out is black, as empty space is drawn."
    )
    mesh_side: int = Field(256, ge=16, le=256, description="Side that mesh maps are thinned to.")
    cached: int = Field(0, ge=0, description="Samples that are kept decoded in memory.")


class AdversaryConfig(Section, frozen=True):
    """How generator and discriminator play."""

    r1: float = Field(5.0, ge=0, description="Weight of the gradient penalty on real pictures.")
    r1_every: int = Field(16, ge=1, description="Steps between penalties.")
    blur: float = Field(10.0, ge=0, description="Blur of all pictures at first, pixels at 512.")
    blur_images: int = Field(200_000, ge=1, description="Samples after which it is gone.")
    swap: tuple[float, float] = Field(
        (1.0, 0.5), description="Chance at first and later that latents know another camera."
    )
    swap_images: int = Field(1_000_000, ge=1, description="Samples in between.")
    noise: Literal["random", "fixed"] = Field("random", description="Noise of the backbones.")
    reuse: bool = Field(
        False, description="The discriminator sees the pictures that the generator was judged by."
    )


class DensityConfig(Section, frozen=True):
    """How smooth the volume's density is kept."""

    weight: float = Field(0.25, ge=0, description="Weight of the difference of near points.")
    every: int = Field(4, ge=1, description="Steps between.")
    reach: float = Field(0.004, gt=0, description="Distance of the points, world units.")
    points: int = Field(1000, ge=1, description="Points of a sample.")


class AugmentConfig(Section, frozen=True):
    """Changes of everything the discriminator sees, as often as it begins to know its pictures."""

    target: float = Field(0.6, ge=0, le=1, description="Sign of real scores that is aimed at.")
    start: float = Field(0.0, ge=0, le=1, description="Probability at first.")
    most: float = Field(0.8, ge=0, le=1, description="Largest probability; 0: no augmentation.")
    images: float = Field(500_000, gt=0, description="Samples in which it can rise from 0 to 1.")
    every: int = Field(4, ge=1, description="Steps between changes of the probability.")


class GuideConfig(Section, frozen=True):
    """Help that fades: drawings are pulled to the pictures whose pose and mesh they have.

    Not in the paper. It teaches where a head is and that it follows mesh and camera. The first
    numbers of a guided random vector say what colours the person has (see ``likeness``), so that
    people differ; with none, what is learnt is the mean head.
    """

    colour: float = Field(0.0, ge=0, description="Weight of the difference in colour.")
    opacity: float = Field(0.0, ge=0, description="Weight of the difference to the mask.")
    face: float = Field(1.0, ge=0, description="Weight of the mesh's pixels over others.")
    share: float = Field(0.5, gt=0, le=1, description="Part of a batch that is guided.")
    alone: int = Field(
        0, ge=0, description="Samples at first that are all guided and that nobody judges."
    )
    likeness: int = Field(0, ge=0, description="Numbers of the random vector that tell colours.")
    learnt_from: int = Field(512, ge=2, description="Portraits that the colours are learnt from.")
    images: int = Field(1, ge=1, description="Samples after which it has faded.")
    floor: float = Field(0.0, ge=0, le=1, description="What stays of it.")

    def left(self, images: int) -> float:
        """Return how much of it is left after so many samples; 0: it is off."""
        if not (self.colour or self.opacity):
            return 0.0
        return max(self.floor, 1 - images / self.images)


class SampleConfig(Section, frozen=True):
    """Pictures of the averaged generator, and how it is measured."""

    rows: int = Field(5, ge=1, description="Random people.")
    columns: int = Field(10, ge=1, description="Poses and meshes of the data.")
    truncation: float = Field(0.7, ge=0, le=1, description="How far people stray from the mean.")
    features: str = Field("facemesh", description="Feature network of the distance.")
    count: int = Field(1000, ge=2, description="Pictures that are compared with as many.")


class GANConfig(StageConfig, frozen=True, extra="forbid"):
    """All numbers of a 4D GAN's training."""

    topology: str = Field("anny-head", description="Head model of the data's labels.")
    generator: Next3DShape = Field(RASTER, description="Sizes of the generator.")
    discriminator: DiscriminatorShape = Field(
        DISCRIMINATOR, description="Sizes of the discriminator."
    )
    start: Literal["random", "plain"] = Field(
        "random", description="plain: planes begin as colour and density that anyone could read."
    )
    generator_optimiser: OptimiserConfig = Field(
        OptimiserConfig(rate=2e-3), description="How the generator is moved."
    )
    discriminator_optimiser: OptimiserConfig = Field(
        OptimiserConfig(rate=2e-3), description="How the discriminator is moved."
    )
    data: GANDataConfig = Field(GANDataConfig(), description="Labelled portraits.")
    adversary: AdversaryConfig = Field(AdversaryConfig(), description="How both play.")
    density: DensityConfig = Field(DensityConfig(), description="How even the density is kept.")
    augment: AugmentConfig = Field(AugmentConfig(), description="What changes before judging.")
    guide: GuideConfig = Field(GuideConfig(), description="Help at first; none in the paper.")
    sample: SampleConfig = Field(SampleConfig(), description="Sample pictures and the distance.")

    @model_validator(mode="after")
    def _sides_fit(self) -> Self:
        if self.generator.output_size != self.discriminator.side:
            raise UsageError(
                f"generator.output_size is {self.generator.output_size}, discriminator.side is "
                f"{self.discriminator.side}",
                "They must be the same power of two.",
            )
        if self.guide.likeness > self.generator.noise_size:
            raise UsageError(
                f"guide.likeness is {self.guide.likeness}, generator.noise_size is "
                f"{self.generator.noise_size}",
                "Fewer numbers tell colours than there are.",
            )
        if self.batch % min(self.batch, self.discriminator.group):
            raise UsageError(
                f"batch is {self.batch}, no multiple of discriminator.group "
                f"{self.discriminator.group}",
                "Choose another batch.",
            )
        return self
