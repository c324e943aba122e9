"""Mean and spread of triplanes, gathered while they are drawn, for standardising them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from avatarartist_core.errors import InputError
from avatarartist_core.tensorfile import read_arrays, read_header, write_arrays

if TYPE_CHECKING:
    from torch import Tensor

Doubles = NDArray[np.float64]

STATISTICS = "statistics.safetensors"
_KIND = "triplane statistics"


@dataclass(frozen=True, eq=False)
class PlaneStatistics:
    """What is known of a number of triplanes (C channels).

    Attributes:
        triplanes: how many.
        texels: of each plane and channel, in all of them.
        channel_mean: (4, C) over all texels.
        spread: (4, C) sum of squared differences from ``channel_mean``.
    """

    triplanes: int
    texels: int
    channel_mean: Doubles
    spread: Doubles

    @property
    def channel_deviation(self) -> Doubles:
        """(4, C) standard deviation of a plane's channel."""
        return np.sqrt(self.spread / self.texels)

    @property
    def mean(self) -> Doubles:
        """(4,) of each plane, all channels as one: what a triplane VAE takes off."""
        return self.channel_mean.mean(1)

    @property
    def deviation(self) -> Doubles:
        """(4,) of each plane, all channels as one: what a triplane VAE divides by."""
        between = np.square(self.channel_mean - self.mean[:, None]).mean(1)
        return np.sqrt(self.spread.mean(1) / self.texels + between)

    def __add__(self, other: PlaneStatistics) -> PlaneStatistics:
        """Join two, by the pairwise update of Chan, Golub and LeVeque 1983."""
        if self.channel_mean.shape != other.channel_mean.shape:
            shapes = f"{self.channel_mean.shape} and {other.channel_mean.shape}"
            raise ValueError(f"triplanes of {shapes} planes and channels have no joint statistics")
        texels = self.texels + other.texels
        gap = other.channel_mean - self.channel_mean
        return PlaneStatistics(
            self.triplanes + other.triplanes,
            texels,
            self.channel_mean + gap * (other.texels / texels),
            self.spread + other.spread + np.square(gap) * (self.texels * other.texels / texels),
        )

    def write(self, path: Path, domains: Iterable[str] = ()) -> None:
        """Write ``mean`` and ``std`` of a plane, those of its channels, and what joins them.

        Raises:
            OutputError: it cannot be written.
        """
        arrays: dict[str, NDArray[Any]] = {
            "mean": self.mean.astype(np.float32),
            "std": self.deviation.astype(np.float32),
            "channel_mean": self.channel_mean,
            "channel_std": self.channel_deviation,
            "spread": self.spread,
        }
        counts = {"triplanes": self.triplanes, "texels": self.texels, "domains": [*domains]}
        write_arrays(path, arrays, {"kind": _KIND, "values": counts})


def statistics_of(planes: Tensor) -> PlaneStatistics:
    """Measure one triplane (4, C, R, R) in double precision."""
    texels = planes.double().flatten(2)
    mean = texels.mean(2)
    spread = (texels - mean[..., None]).square().sum(2)
    return PlaneStatistics(1, texels.shape[2], mean.cpu().numpy(), spread.cpu().numpy())


def read_statistics(path: Path) -> PlaneStatistics:
    """Read what ``write`` wrote.

    Raises:
        InputError: it is missing, damaged, or something else.
    """
    stated: dict[str, Any] = read_header(path)
    if stated["kind"] != _KIND:
        raise InputError(f"{path} holds {stated['kind']}, not {_KIND}", "Draw pairs: aa data pairs")
    arrays, counts = read_arrays(path), stated["values"]
    return PlaneStatistics(
        counts["triplanes"], counts["texels"], arrays["channel_mean"], arrays["spread"]
    )


def joined(parts: Iterable[PlaneStatistics]) -> PlaneStatistics:
    """Join the statistics of several shards or domains, in their order.

    Raises:
        ValueError: there are none, or their triplanes differ in shape.
    """
    first, *others = parts
    for other in others:
        first = first + other
    return first
