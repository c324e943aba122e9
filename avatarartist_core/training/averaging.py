"""Exponential moving averages of weights, the ones that are drawn with and kept."""

from __future__ import annotations

import copy
from collections.abc import Mapping

import torch
from torch import nn


class Averages:
    """A copy of each averaged network that follows it slowly.

    Args:
        networks: every network by name.
        names: those that are averaged.
    """

    def __init__(self, networks: Mapping[str, nn.Module], names: tuple[str, ...]) -> None:
        self.own = {
            name: copy.deepcopy(networks[name]).requires_grad_(False).eval() for name in names
        }
        self.networks: dict[str, nn.Module] = {**networks, **self.own}
        """Every network, averaged where there is an average."""

    @torch.no_grad()
    def follow(self, networks: Mapping[str, nn.Module], decay: float) -> None:
        """Move every average to ``decay * average + (1 - decay) * network``; buffers are copied."""
        for name, average in self.own.items():
            network = networks[name]
            for kept, new in zip(average.parameters(), network.parameters(), strict=True):
                kept.lerp_(new, 1 - decay)
            for noted, told in zip(average.buffers(), network.buffers(), strict=True):
                noted.copy_(told)
