"""The pairs of one or several domains as one, with their triplanes: what learns from them reads."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from functools import cached_property
from itertools import accumulate
from os import PathLike
from pathlib import Path

import torch
from torch import Tensor

from avatarartist_core.choosing import choose
from avatarartist_core.datasets.pairs.config import NAME, PairsConfig
from avatarartist_core.datasets.pairs.drawing import regenerate
from avatarartist_core.datasets.pairs.pair import Pair
from avatarartist_core.datasets.pairs.reading import PairSet
from avatarartist_core.datasets.pairs.statistics import PlaneStatistics, joined
from avatarartist_core.errors import InputError, UnknownNameError, UsageError, did_you_mean
from avatarartist_core.interfaces import AvatarSampler
from avatarartist_core.lazy import build
from avatarartist_core.plugins import installed


class PairCollection:
    """Pairs by number, over all folders; triplanes that are not kept are drawn again."""

    def __init__(
        self, path: str | PathLike[str], domains: Collection[str] = (), *, device: str = "cpu"
    ) -> None:
        """Read where the pairs lie.

        Args:
            path: a folder of pairs, or one that holds such folders.
            domains: styles to keep; empty: all.
            device: where GANs run that draw triplanes again.

        Raises:
            InputError: there are no pairs, or they are damaged.
            UnknownNameError: no folder is of that domain.
            UsageError: the folders hold triplanes of different GANs' shapes or head models.
        """
        self.sets = [PairSet(folder) for folder in _folders(Path(path))]
        known = dict.fromkeys(each.config.domain for each in self.sets)
        for name in domains:
            if name not in known:
                raise UnknownNameError(
                    f"{str(path)!r} holds no pairs of domain {name!r}{did_you_mean(name, known)}",
                    f"It holds: {', '.join(known)}.",
                )
        self.sets = [each for each in self.sets if not domains or each.config.domain in domains]
        topologies = sorted({each[0].topology for each in self.sets})
        if len(topologies) > 1:
            raise UsageError(
                f"{str(path)!r} holds pairs of head models {' and '.join(topologies)}",
                "Learn from one of them at a time: name its folder.",
            )
        self.topology = topologies[0]
        self._ends = list(accumulate(len(each) for each in self.sets))
        self._device = device
        self._samplers: dict[int, AvatarSampler] = {}

    def __len__(self) -> int:
        return self._ends[-1]

    def __getitem__(self, number: int) -> Pair:
        place, inner = self._place(number)
        return self.sets[place][inner]

    @cached_property
    def statistics(self) -> PlaneStatistics:
        """Mean and spread of all triplanes.

        Raises:
            InputError: a folder is not complete.
            UsageError: the folders hold triplanes of different shapes.
        """
        parts = [each.statistics for each in self.sets]
        if len({(part.texels // part.triplanes, part.spread.shape) for part in parts}) > 1:
            raise UsageError(
                "the folders of pairs hold triplanes of different sizes",
                "Learn from GANs of one shape at a time: name their domains.",
            )
        return joined(parts)

    @torch.no_grad()
    def planes(self, numbers: Sequence[int], pairs: Sequence[Pair]) -> Tensor:
        """Return the (B, 4, C, R, R) float32 triplanes of pairs that were read by number."""
        return torch.stack([self._planes(*each) for each in zip(numbers, pairs, strict=True)])

    def _planes(self, number: int, pair: Pair) -> Tensor:
        if pair.planes is not None:
            return torch.from_numpy(pair.planes).to(self._device).float()
        place, _ = self._place(number)
        config = self.sets[place].config
        if place not in self._samplers:
            self._samplers[place] = sampler_of(config, self._device)
        return regenerate(pair, self._samplers[place], config)

    def _place(self, number: int) -> tuple[int, int]:
        """Return which folder a pair lies in, and its number there."""
        if not 0 <= number < len(self):
            raise IndexError(f"there is no pair {number}")
        place = bisect_right(self._ends, number)
        return place, number - (self._ends[place - 1] if place else 0)


def sampler_of(config: PairsConfig, device: str = "cpu") -> AvatarSampler:
    """Make the GAN that pairs were drawn with.

    Raises:
        AvatarArtistError: it is not installed, or its weights are gone.
    """
    part = choose(config.generator, installed().generators)
    sampler: AvatarSampler = build(part.entry, part.options, device)
    return sampler


def _folders(path: Path) -> list[Path]:
    if (path / NAME).is_file():
        return [path]
    found = sorted(place.parent for place in path.glob(f"*/{NAME}"))
    if not found:
        raise InputError(
            f"{str(path)!r} holds no pairs: there is no {NAME} in it, nor in a folder in it",
            "Draw some: aa data pairs --gan BUNDLE --labels DATA --out FOLDER",
        )
    return found
