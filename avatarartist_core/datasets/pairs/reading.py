"""Pairs by number, in any order, for training."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any, overload

from pydantic import ValidationError

from avatarartist_core.datasets.pairs.config import NAME, PairsConfig
from avatarartist_core.datasets.pairs.pair import Pair, decode_pair
from avatarartist_core.datasets.pairs.statistics import (
    STATISTICS,
    PlaneStatistics,
    read_statistics,
)
from avatarartist_core.datasets.reading import ShardSet
from avatarartist_core.errors import InputError

READS, VERSIONS = "reads", "versions"


class PairSet(Sequence[Pair]):
    """The pairs of a folder's finished shards, in the order of their numbers."""

    def __init__(self, folder: str | PathLike[str]) -> None:
        """Read where the pairs lie.

        Raises:
            InputError: the folder holds no pairs, or is damaged.
        """
        self.folder = Path(folder)
        self.config = read_config(self.folder)[0]
        self._shards = ShardSet(self.folder)

    def __len__(self) -> int:
        return len(self._shards)

    @overload
    def __getitem__(self, number: int) -> Pair: ...
    @overload
    def __getitem__(self, number: slice) -> list[Pair]: ...
    def __getitem__(self, number: int | slice) -> Pair | list[Pair]:
        """Read a pair, or a list of them for a slice.

        Raises:
            IndexError: there are fewer.
            InputError: it is damaged.
        """
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        return decode_pair(self._shards.raw(number))

    def __iter__(self) -> Iterator[Pair]:
        return (self[number] for number in range(len(self)))

    @cached_property
    def statistics(self) -> PlaneStatistics:
        """Mean and spread of its triplanes.

        Raises:
            InputError: they are not there: the folder is not complete.
        """
        return read_statistics(self.folder / STATISTICS)


def is_pairs(folder: Path) -> bool:
    """Tell whether a folder holds pairs, rather than labelled portraits."""
    return (folder / NAME).is_file()


def read_config(folder: Path) -> tuple[PairsConfig, dict[str, Any]]:
    """Read what pairs are made of, and the tables ``reads`` and ``versions``.

    Raises:
        InputError: there are no pairs, or the file is damaged.
    """
    path = folder / NAME
    try:
        return PairsConfig.from_toml(path.read_text(encoding="utf-8"), READS, VERSIONS)
    except FileNotFoundError as error:
        raise InputError(
            f"{str(folder)!r} holds no pairs: there is no {NAME}",
            "Draw some: aa data pairs --gan BUNDLE --labels DATA --out FOLDER",
        ) from error
    except (OSError, ValueError, ValidationError) as error:
        raise InputError(
            f"{str(path)!r} cannot be read: {str(error).splitlines()[0]}",
            "Every folder of pairs has one; draw them again.",
        ) from error
