"""Reads flatbuffers, the container of the shipped networks, without a schema compiler.

The layout is that of the FlatBuffers internals document: a table points back at its list of field
offsets; strings, vectors and tables are reached by relative offsets; everything little-endian.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike, NDArray


@dataclass(frozen=True)
class Table:
    """A table inside a buffer; fields go by their number in the schema, and may be absent.

    Attributes:
        buffer: the whole file.
        start: where the table begins.
    """

    buffer: bytes
    start: int

    @classmethod
    def root(cls, buffer: bytes) -> Table:
        """Return the outermost table of a file."""
        return cls(buffer, _unsigned(buffer, 0))

    def number(self, field: int, kind: str, default: int = 0) -> int:
        """Return a whole number; ``kind`` is its letter in ``struct``."""
        place = self._place(field)
        return int(struct.unpack_from(f"<{kind}", self.buffer, place)[0]) if place else default

    def array(self, field: int, kind: DTypeLike) -> NDArray[np.generic]:
        """Return a vector of numbers; empty where it is absent."""
        place = self._pointed(field)
        if not place:
            return np.zeros(0, kind)
        return np.frombuffer(self.buffer, kind, _unsigned(self.buffer, place), place + 4)

    def table(self, field: int) -> Table | None:
        """Return a table."""
        place = self._pointed(field)
        return Table(self.buffer, place) if place else None

    def tables(self, field: int) -> list[Table]:
        """Return a vector of tables."""
        place = self._pointed(field)
        if not place:
            return []
        first = place + 4
        places = range(first, first + 4 * _unsigned(self.buffer, place), 4)
        return [Table(self.buffer, each + _unsigned(self.buffer, each)) for each in places]

    def _place(self, field: int) -> int:
        """Return where a field lies, 0 where it is absent."""
        fields = self.start - int(struct.unpack_from("<i", self.buffer, self.start)[0])
        entry = 4 + 2 * field
        if entry >= struct.unpack_from("<H", self.buffer, fields)[0]:
            return 0
        offset = int(struct.unpack_from("<H", self.buffer, fields + entry)[0])
        return self.start + offset if offset else 0

    def _pointed(self, field: int) -> int:
        place = self._place(field)
        return place + _unsigned(self.buffer, place) if place else 0


def _unsigned(buffer: bytes, place: int) -> int:
    return int(struct.unpack_from("<I", buffer, place)[0])
