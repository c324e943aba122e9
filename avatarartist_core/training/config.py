"""What a training run is made of, as values that go to TOML and come back; no torch."""

from __future__ import annotations

import math
from typing import Literal, Self

from pydantic import BaseModel, Field


class Section(BaseModel, frozen=True, extra="forbid"):
    """A table of a training file."""


class OptimiserConfig(Section, frozen=True):
    """How an optimiser moves its networks."""

    kind: Literal["adam", "adamw"] = Field("adam", description="Kind of optimiser.")
    rate: float = Field(2e-3, gt=0, description="Learning rate after the warm-up.")
    betas: tuple[float, float] = Field((0.0, 0.99), description="Decay of both moments.")
    epsilon: float = Field(1e-8, gt=0, description="Keeps a step finite where moments vanish.")
    weight_decay: float = Field(0.0, ge=0, description="Decay of the weights (adamw).")
    clip: float = Field(0.0, ge=0, description="Largest norm of the gradient; 0: any.")
    warm_up: int = Field(0, ge=0, description="Steps in which the rate rises from 0.")
    schedule: Literal["constant", "cosine", "linear"] = Field(
        "constant", description="How the rate falls from the warm-up to the run's last step."
    )
    floor: float = Field(0.0, ge=0, le=1, description="Share of the rate that is left at the end.")

    def rate_at(self, step: int, share: float) -> float:
        """Return the learning rate.

        Args:
            step: steps done before.
            share: part of the run that is over, in [0, 1].
        """
        rise = min(1.0, (step + 1) / self.warm_up) if self.warm_up else 1.0
        fall = {
            "constant": 1.0,
            "cosine": (1 + math.cos(math.pi * share)) / 2,
            "linear": 1 - share,
        }[self.schedule]
        return self.rate * rise * (self.floor + (1 - self.floor) * fall)


class AverageConfig(Section, frozen=True):
    """The exponential moving average of weights.

    The half-life is at most ``ramp`` times the samples seen, so that early weights are forgotten
    early (StyleGAN2, appendix).
    """

    half_life: float = Field(10_000, gt=0, description="Samples after which a weight counts half.")
    ramp: float = Field(0.05, ge=0, description="Half-life as a share of the samples seen; 0: off.")

    def decay(self, images: int, batch: int) -> float:
        """Return what is kept of the average in a step of ``batch`` samples, in [0, 1).

        Args:
            images: samples seen before the step.
            batch: samples of the step.
        """
        half_life = self.half_life
        if self.ramp:
            half_life = min(half_life, max(images, batch) * self.ramp)
        return float(0.5 ** (batch / half_life))


class DataConfig(Section, frozen=True):
    """What is learnt from."""

    path: str = Field("", description="Folder that aa data build made.")
    domains: tuple[str, ...] = Field((), description="Styles to learn from; empty: all.")
    ahead: int = Field(2, ge=0, le=64, description="Batches read ahead, one a thread.")


class ReportConfig(Section, frozen=True):
    """How often a run tells of itself, in steps."""

    scalars: int = Field(10, ge=1, description="Losses to the log.")
    pictures: int = Field(500, ge=0, description="Sample pictures; 0: never.")
    measures: int = Field(1000, ge=0, description="Measures such as distances; 0: never.")


class KeepConfig(Section, frozen=True):
    """Which checkpoints are kept."""

    every: int = Field(500, ge=1, description="Steps between checkpoints.")
    last: int = Field(2, ge=1, description="How many of the newest are kept.")
    best: bool = Field(True, description="Keep the one that measures best too.")


class StageConfig(BaseModel, frozen=True, extra="forbid"):
    """What every training run has; each stage derives its own."""

    seed: int = Field(0, ge=0, description="Decides all chance.")
    precision: Literal["float32", "bfloat16", "float16"] = Field(
        "float32", description="Arithmetic of the networks; weights stay float32."
    )
    batch: int = Field(32, ge=1, description="Samples of a step, over all processes.")
    steps: int = Field(0, ge=0, description="Steps of the run; 0: as images says.")
    images: int = Field(200_000, ge=1, description="Samples of the run, where steps is 0.")
    minutes: float = Field(0.0, ge=0, description="Stop after so long and leave the rest; 0: no.")
    resume_from: str = Field("", description="Checkpoint whose networks are the start.")
    data: DataConfig = Field(DataConfig(), description="What is learnt from.")
    average: AverageConfig = Field(AverageConfig(), description="The average of the weights.")
    report: ReportConfig = Field(ReportConfig(), description="How often the run tells of itself.")
    keep: KeepConfig = Field(KeepConfig(), description="Which checkpoints are kept.")

    @property
    def total(self) -> int:
        """How many steps the run has."""
        return self.steps or math.ceil(self.images / self.batch)

    def without_data(self) -> Self:
        """Return the same run without its data set and its start, to measure what it would cost."""
        data = self.data.model_copy(update={"path": ""})
        return self.model_copy(update={"data": data, "resume_from": ""})
