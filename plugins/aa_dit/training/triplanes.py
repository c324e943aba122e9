"""Triplanes of pairs as networks want them: standardised, channels before planes."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from avatarartist_core.datasets.pairs.collection import PairCollection
from avatarartist_core.datasets.pairs.pair import Pair


@dataclass(frozen=True, eq=False)
class PairBatch:
    """Pairs that were read, their triplanes perhaps still to be drawn.

    Attributes:
        numbers: of the pairs in the collection.
        pairs: as they were read.
    """

    numbers: list[int]
    pairs: list[Pair]


@dataclass(frozen=True, eq=False)
class Standard:
    """Takes the mean off planes and divides them by their deviation, plane by plane.

    Attributes:
        mean: (4,) float32.
        deviation: (4,) float32.
    """

    mean: Tensor
    deviation: Tensor

    @classmethod
    def of(cls, pairs: PairCollection) -> Standard:
        """Take the statistics of all pairs; a plane that is the same everywhere is not scaled."""
        found = pairs.statistics
        deviation = torch.from_numpy(found.deviation).float()
        return cls(
            torch.from_numpy(found.mean).float(),
            torch.where(deviation > 1e-8, deviation, torch.ones_like(deviation)),
        )

    def __call__(self, planes: Tensor) -> Tensor:
        """Standardise (B, 4, C, R, R) to (B, C, 4, R, R)."""
        mean, deviation = (each.to(planes)[:, None, None, None] for each in self.both)
        return ((planes - mean) / deviation).transpose(1, 2).contiguous()

    def undo(self, stack: Tensor) -> Tensor:
        """Bring (B, C, 4, R, R) back to (B, 4, C, R, R)."""
        mean, deviation = (each.to(stack)[:, None, None, None] for each in self.both)
        return stack.transpose(1, 2) * deviation + mean

    @property
    def both(self) -> tuple[Tensor, Tensor]:
        """Mean and deviation."""
        return self.mean, self.deviation
