"""What a training stage is: networks, their losses, and the pictures that show what they learnt."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from avatarartist_core.interfaces import Component
from avatarartist_core.training.config import OptimiserConfig

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray
    from torch import Tensor, nn

    from avatarartist_core.data import Picture

Networks = Mapping[str, "nn.Module"]
"""Networks by name, on their device."""


@dataclass(frozen=True, eq=False)
class Moment:
    """One step of a run; everything in it follows from the run's seed and the step's number.

    Attributes:
        step: steps done before.
        images: samples seen before, by all processes.
        share: part of the run that is over, in [0, 1].
        indices: (B,) numbers of the samples that this process learns from.
        chance: of this step and this process; on the CPU, so every device draws the same. Torch's
            global generator is seeded for the step too.
        device: where networks are.
    """

    step: int
    images: int
    share: float
    indices: NDArray[np.int64]
    chance: torch.Generator
    device: torch.device


@dataclass(frozen=True, eq=False)
class Update:
    """A loss that one optimiser takes a step down.

    Attributes:
        optimiser: its name.
        loss: a number with a gradient.
        scalars: what the log says of it.
    """

    optimiser: str
    loss: Tensor
    scalars: Mapping[str, Tensor | float] = field(default_factory=dict)


@dataclass(frozen=True)
class Optimised:
    """What an optimiser moves.

    Attributes:
        networks: names of the networks.
        config: how it moves them.
        parts: beginnings of parameter names that it is kept to; empty: all.
    """

    networks: tuple[str, ...]
    config: OptimiserConfig
    parts: tuple[str, ...] = ()


class TrainingStage(Component, ABC):
    """One thing that ``aa train`` teaches. ``config`` is a ``StageConfig`` of its own kind.

    A stage holds no state between steps but what its networks hold: what must outlive a step is a
    buffer of a network, so that a run that was killed goes on exactly.

    Attributes:
        averaged: networks of which an exponential moving average is kept.
    """

    averaged: ClassVar[tuple[str, ...]] = ()

    @property
    def judged_by(self) -> str:
        """The measure that says which checkpoint is best, the lowest; empty: none does."""
        return ""

    @abstractmethod
    def networks(self) -> dict[str, nn.Module]:
        """Make fresh networks; the trainer seeds torch and moves them to their device."""

    @abstractmethod
    def optimisers(self) -> dict[str, Optimised]:
        """Name the optimisers."""

    @abstractmethod
    def count(self) -> int:
        """Return how many samples the data hold.

        Raises:
            AvatarArtistError: there are no data, or none that can be used.
        """

    @abstractmethod
    def batch(self, moment: Moment) -> Any:
        """Read the samples of a step; a function of the moment alone, called by other threads."""

    @abstractmethod
    def example(self, moment: Moment) -> Any:
        """Make up a batch of the same shapes without any data, to measure what a step costs."""

    @abstractmethod
    def updates(self, networks: Networks, batch: Any, moment: Moment) -> Iterator[Update]:
        """Yield the losses of a step; each is descended before the next is asked for."""

    def pictures(self, networks: Networks, step: int) -> dict[str, Picture]:
        """Draw what the averaged networks can do, by name; gradients are off."""
        return {}

    def measures(self, networks: Networks, step: int) -> dict[str, float]:
        """Measure the averaged networks; gradients are off."""
        return {}

    def export(self, networks: Networks, folder: Path, about: str) -> list[Path]:
        """Write what components load into a folder; returns what was written.

        Args:
            networks: averaged where there is an average.
            folder: where to.
            about: says in words where the weights come from.
        """
        return []


@contextmanager
def frozen(network: nn.Module) -> Iterator[None]:
    """Leave a network's parameters out of the gradients of what is computed inside."""
    learning = [parameter for parameter in network.parameters() if parameter.requires_grad]
    for parameter in learning:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in learning:
            parameter.requires_grad_(True)
