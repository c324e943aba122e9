"""Records of a data set by number, in any order, for training."""

from __future__ import annotations

import mmap
from collections import OrderedDict
from collections.abc import Collection, Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, overload

from avatarartist_core.datasets.encoding import decode, decode_values
from avatarartist_core.datasets.record import Record
from avatarartist_core.datasets.shards import Placed, ShardFacts, facts_in, members_of
from avatarartist_core.errors import InputError, UnknownNameError, did_you_mean

_OPEN = 64
"""Shards that are mapped at one time; a process may open about a thousand files."""


class ShardSet(Sequence[Record]):
    """The records of a data set's finished shards, in the order of their numbers.

    Reading record ``i`` depends on nothing read before, so a batch can be a function of a seed and
    a step alone. It can be pickled; each process maps the shards anew.
    """

    def __init__(self, folder: str | PathLike[str], domains: Collection[str] | None = None) -> None:
        """Read where the records lie.

        Args:
            folder: the data set.
            domains: styles to keep; None: all.

        Raises:
            InputError: there is no data set, or it is damaged.
            UnknownNameError: no record has that domain.
        """
        self.folder = Path(folder)
        self._shards: list[ShardFacts] = facts_in(self.folder)
        known = dict.fromkeys(placed.domain for facts in self._shards for placed in facts.records)
        for name in domains or ():
            if name not in known:
                raise UnknownNameError(
                    f"{str(self.folder)!r} holds no domain {name!r}{did_you_mean(name, known)}",
                    f"It holds: {', '.join(known)}.",
                )
        self._places: list[tuple[int, Placed]] = [
            (number, placed)
            for number, facts in enumerate(self._shards)
            for placed in facts.records
            if domains is None or placed.domain in domains
        ]
        self._mapped: OrderedDict[int, mmap.mmap] = OrderedDict()

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, number: int) -> Record: ...
    @overload
    def __getitem__(self, number: slice) -> list[Record]: ...
    def __getitem__(self, number: int | slice) -> Record | list[Record]:
        """Read a record, or a list of them for a slice.

        Raises:
            IndexError: there are fewer.
            InputError: it is damaged.
        """
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        return decode(self.raw(number))

    def __iter__(self) -> Iterator[Record]:
        return (self[number] for number in range(len(self)))

    @property
    def domains(self) -> tuple[str, ...]:
        """The styles it holds, in the order in which they come."""
        return tuple(dict.fromkeys(placed.domain for _, placed in self._places))

    def placed(self, number: int) -> Placed:
        """Tell key, index and domain of a record without reading it."""
        return self._places[number][1]

    def values(self, number: int) -> dict[str, Any]:
        """Read the labels and words of a record, without its pictures.

        Returns:
            The fields of ``Record`` by name, without picture, mask, mesh map, landmarks and depth.
        """
        return decode_values(self.raw(number))

    def raw(self, number: int) -> dict[str, bytes]:
        """Read the members of a record as they lie in the shard, by name: ``png``, ``json``, ...

        Raises:
            InputError: the shard is missing or was cut short.
        """
        shard, placed = self._places[number]
        return members_of(self._map(shard)[placed.offset : placed.offset + placed.length])

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_mapped": OrderedDict()}

    def _map(self, shard: int) -> mmap.mmap:
        if shard in self._mapped:
            self._mapped.move_to_end(shard)
            return self._mapped[shard]
        facts = self._shards[shard]
        path = self.folder / facts.shard
        try:
            with path.open("rb") as stream:
                mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise InputError(
                f"shard {str(path)!r} cannot be read: {error}", "Look at: aa data verify"
            ) from error
        if len(mapped) != facts.size:
            raise InputError(
                f"shard {str(path)!r} has {len(mapped)} bytes, not {facts.size}",
                "Look at: aa data verify",
            )
        self._mapped[shard] = mapped
        while len(self._mapped) > _OPEN:
            self._mapped.popitem(last=False)  # closes when its last reader is done
        return mapped
