"""Reads ``.npy`` files that hold a pickled dictionary of arrays; nothing in them is executed.

Such files are what ``numpy.save`` makes of a ``dict``. Loading one with numpy runs whatever the
pickle asks for. Here it is read as inert values, and the arrays are made afterwards, from bytes
whose number was checked.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from avatarartist_core.weights.inert import Blob, Kept, Name, Node
from avatarartist_core.weights.pickled import Pickled
from avatarartist_core.weights.reading import refusal, unreadable
from avatarartist_core.weights.stream import MALFORMED, Refused, Stream

DEEPEST = 32
MOST_VALUES = 100_000
KINDS = "fiub"
CORES = ("numpy.core", "numpy._core")
"""Where numpy keeps what pickles name, before and since numpy 2."""


def read_numpy_pickle(path: Path) -> dict[str, Any]:
    """Read a dictionary of arrays and plain values.

    Args:
        path: a ``.npy`` file of one pickled object, or the bare pickle.

    Returns:
        Arrays of numbers, plain values, lists and dictionaries by name.

    Raises:
        WeightsError: it is missing, damaged, asks for anything but numpy arrays, or holds no
            dictionary.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, io.SEEK_END)
            _find_pickle(file)
            value = _Plain(file).of(Pickled(Stream(file, size), _Calls()).read(), 0)
    except Refused as reason:
        raise refusal(path, reason) from reason
    except OSError as error:
        raise unreadable(path, error) from error
    if not isinstance(value, dict):
        raise refusal(path, f"holds {_named(value)}, not a dictionary of arrays")
    return {str(name): part for name, part in value.items()}


class _DType(Kept):
    """Stands for ``numpy.dtype``: keeps its name and byte order."""

    def __init__(self, name: str, *_: object) -> None:
        self.name, self.order = name, "|"

    def build(self, state: tuple[Any, ...]) -> None:
        if any(part is not None for part in state[2:5]):
            raise Refused("holds an array of records, not of numbers")
        self.order = state[1]

    def made(self) -> np.dtype[Any]:
        """Make the type; only numbers and objects have one."""
        dtype = np.dtype(str(self.name))
        if dtype.kind not in KINDS + "O" or dtype.fields is not None:
            raise Refused(f"holds an array of {self.name!r}, not of numbers")
        return dtype.newbyteorder(">") if self.order == ">" else dtype


class _Array(Kept):
    """Stands for an array: keeps its shape, type and contents."""

    state: tuple[Any, ...] | None = None

    def build(self, state: tuple[Any, ...]) -> None:
        self.state = state


@dataclass(eq=False)
class _Number(Kept):
    """Stands for one number of a numpy type."""

    dtype: _DType
    data: Any


@dataclass(eq=False)
class _Calls:
    """Our own functions for the names that pickled arrays call."""

    texts: dict[int, tuple[str, bytes]] = field(default_factory=dict)

    def __call__(self, name: Name) -> Callable[..., Any] | None:
        calls: dict[str, Callable[..., Any]] = {
            **{f"{core}.multiarray._reconstruct": _reconstruct for core in CORES},
            **{f"{core}.multiarray.scalar": _Number for core in CORES},
            **{f"{core}.numeric._frombuffer": _from_buffer for core in CORES},
            "numpy.dtype": _DType,
            "_codecs.encode": self._encode,
            "__builtin__.bytes": _no_bytes,
            "builtins.bytes": _no_bytes,
        }
        return calls.get(str(name))

    def _encode(self, text: str, encoding: str) -> bytes:
        """Stand for ``codecs.encode``, by which old pickles hold bytes; once for each text."""
        if encoding not in ("latin1", "latin-1"):
            raise Refused(f"holds bytes in the encoding {encoding!r}")
        if id(text) not in self.texts:
            self.texts[id(text)] = text, text.encode("latin-1")
        return self.texts[id(text)][1]


def _no_bytes() -> bytes:
    """Stand for the class of bytes, which old pickles call for empty ones."""
    return b""


def _reconstruct(kind: object, *_: object) -> _Array:
    """Stand for the function that makes an empty array; the contents come afterwards."""
    if kind != Name("numpy", "ndarray"):
        raise Refused("holds a kind of array that is not numpy's own")
    return _Array()


def _from_buffer(data: object, dtype: object, shape: object, order: object) -> _Array:
    """Stand for the function that makes a whole array, as protocol 5 has it."""
    array = _Array()
    array.state = (1, shape, dtype, order == "F", data)
    return array


def _find_pickle(file: IO[bytes]) -> None:
    """Go past the header of a ``.npy`` file, if there is one."""
    file.seek(0)
    start = file.read(64)
    file.seek(0)
    if not start.startswith(npy.MAGIC_PREFIX):
        if start.startswith(b"version https://git-lfs"):
            raise Refused("is a Git LFS pointer, not the file it points to")
        if not start.startswith(b"\x80"):
            raise Refused("is no .npy file")
        return
    try:
        old = npy.read_magic(file) == (1, 0)
        read = npy.read_array_header_1_0 if old else npy.read_array_header_2_0
        shape, _, dtype = read(file)
    except MALFORMED as error:
        raise Refused("is cut off or damaged: its header cannot be read") from error
    if dtype.kind != "O":
        raise Refused(f"holds one array of {dtype}, not a dictionary of arrays")
    if math.prod(shape) != 1:
        raise Refused("holds more than one object")


class _Plain:
    """Makes arrays and plain values of what stands for them; counts, as parts may be shared."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._left = MOST_VALUES
        self._made: dict[_Array, Any] = {}

    def of(self, value: Any, depth: int) -> Any:
        self._left -= 1
        if self._left < 0:
            raise Refused(f"holds more than {MOST_VALUES} values")
        if depth > DEEPEST:
            raise Refused(f"is nested deeper than {DEEPEST} levels")
        try:
            if isinstance(value, _Array):
                if value not in self._made:
                    self._made[value] = self._array(value, depth)
                return self._made[value]
            if isinstance(value, _Number):
                return self._numbers(value.dtype, value.data, (), fortran=False).item()
        except MALFORMED as error:
            raise Refused("is cut off or damaged: an array of no known type or shape") from error
        if isinstance(value, dict):
            return {key: self.of(part, depth + 1) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return [self.of(part, depth + 1) for part in value]
        if value is None or isinstance(value, str | int | float | bool):
            return value
        if isinstance(value, Node | Name):
            asked = value.kind if isinstance(value, Node) else value
            raise Refused(f"carries code or objects other than arrays: it asks for {asked}")
        raise Refused(f"holds {_named(value)}, which is no array")

    def _array(self, array: _Array, depth: int) -> Any:
        if array.state is None:
            raise Refused("holds an array without contents")
        _, shape, dtype, fortran, data = array.state
        if dtype.made().kind != "O":
            return self._numbers(dtype, data, shape, fortran=bool(fortran))
        if not isinstance(data, list) or len(data) != math.prod(shape):
            raise Refused("holds an array whose contents do not fit its shape")
        parts = [self.of(part, depth + 1) for part in data]
        return parts[0] if shape == () else parts

    def _numbers(self, dtype: Any, data: Any, shape: Any, *, fortran: bool) -> NDArray[Any]:
        if not isinstance(dtype, _DType) or not all(type(n) is int and n >= 0 for n in shape):
            raise Refused("holds an array of no known type or shape")
        made = dtype.made()
        held = data.length if isinstance(data, Blob) else len(data)
        if made.kind == "O" or held != math.prod(shape) * made.itemsize:
            raise Refused("holds an array whose contents do not fit its shape")
        if isinstance(data, Blob):
            self._file.seek(data.offset)
            data = self._file.read(data.length)
        flat: NDArray[Any] = np.frombuffer(data, made)
        native = flat.reshape(shape, order="F" if fortran else "C")
        return native.astype(made.newbyteorder("="))


def _named(value: object) -> str:
    kind = type(value).__name__.removeprefix("_").lower()
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
