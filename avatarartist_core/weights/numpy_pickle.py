"""Reads ``.npy`` files that hold a pickled dictionary of arrays; nothing in them is executed.

Such files are what ``numpy.save`` makes of a ``dict``. Loading one with numpy runs whatever the
pickle asks for. Here every name a pickle may ask for stands for a class of this file, which only
keeps what it is given; the arrays are made afterwards, from bytes whose number was checked.
"""

from __future__ import annotations

import io
import math
import pickle
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from avatarartist_core.errors import WeightsError

LARGEST = 2 << 30
"""Bytes of a file that is read at all; FaceVerse has 0.2 GB."""

_DEEPEST = 32
_KINDS = "fiub"
_NUMPY = ("numpy.core", "numpy._core")  # before and since numpy 2


def read_numpy_pickle(path: Path) -> dict[str, Any]:
    """Read a dictionary of arrays and plain values.

    Args:
        path: a ``.npy`` file of one pickled object, or the bare pickle.

    Returns:
        Arrays of numbers, plain values, lists and dictionaries by name.

    Raises:
        WeightsError: it is missing, too large, damaged, asks for anything but numpy arrays, or
            holds no dictionary.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise _refused(path, f"has {size} bytes, more than {LARGEST}")
        data = path.read_bytes()
    except OSError as error:
        said = (error.strerror or str(error)).lower()
        raise WeightsError(f"{path} cannot be read: {said}", "Check the path.") from error
    try:
        value = _plain(_Unpickler(io.BytesIO(_pickled(data))).load(), 0)
    except _Unwanted as error:
        raise _refused(path, str(error)) from error
    except Exception as error:  # a damaged pickle raises anything
        raise _refused(path, "is cut off or damaged") from error
    if not isinstance(value, dict):
        raise _refused(path, f"holds {_named(value)}, not a dictionary of arrays")
    return {str(name): part for name, part in value.items()}


class _Unwanted(Exception):
    """What a file holds beyond arrays; the end of a sentence that starts with the file."""


class _DType:
    """Stands for ``numpy.dtype``: keeps its name and byte order."""

    def __init__(self, name: str, align: object = False, copy: object = False) -> None:
        self.name, self.order = name, "|"

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        if any(part is not None for part in state[2:5]):
            raise _Unwanted("holds an array of records, not of numbers")
        self.order = state[1]

    def made(self) -> np.dtype[Any]:
        """Make the type; only numbers and objects have one."""
        dtype = np.dtype(str(self.name))
        if dtype.kind not in _KINDS + "O" or dtype.fields is not None:
            raise _Unwanted(f"holds an array of {self.name!r}, not of numbers")
        return dtype.newbyteorder(">") if self.order == ">" else dtype


class _Array:
    """Stands for an array: keeps its shape, type and contents."""

    state: tuple[Any, ...] | None = None

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.state = state


class _NDArray:
    """Stands for the class ``numpy.ndarray``, which pickles only name."""


def _reconstruct(kind: object, shape: object, typecode: object) -> _Array:
    """Stand for the function that makes an empty array; the contents come afterwards."""
    if kind is not _NDArray:
        raise _Unwanted("holds a kind of array that is not numpy's own")
    return _Array()


def _from_buffer(data: object, dtype: object, shape: object, order: object) -> _Array:
    """Stand for the function that makes a whole array, as protocol 5 has it."""
    array = _Array()
    content = bytes(data) if isinstance(data, bytes | bytearray) else None
    array.state = (1, shape, dtype, order == "F", content)
    return array


def _scalar(dtype: _DType, data: object = b"") -> Any:
    """Read one number."""
    made = dtype.made()
    if made.kind == "O" or not isinstance(data, bytes) or len(data) != made.itemsize:
        raise _Unwanted("holds a number whose bytes do not fit its type")
    return np.frombuffer(data, made)[0].item()


def _encode(text: str, encoding: str) -> bytes:
    """Stand for ``codecs.encode``, by which old pickles hold bytes."""
    if encoding not in ("latin1", "latin-1"):
        raise _Unwanted(f"holds bytes in the encoding {encoding!r}")
    return text.encode("latin1")


def _no_bytes() -> bytes:
    """Stand for the class of bytes, which old pickles call for empty ones."""
    return b""


_KNOWN: dict[tuple[str, str], Any] = {
    **{(f"{core}.multiarray", "_reconstruct"): _reconstruct for core in _NUMPY},
    **{(f"{core}.multiarray", "scalar"): _scalar for core in _NUMPY},
    **{(f"{core}.numeric", "_frombuffer"): _from_buffer for core in _NUMPY},
    ("numpy", "ndarray"): _NDArray,
    ("numpy", "dtype"): _DType,
    ("_codecs", "encode"): _encode,
    **{(module, "bytes"): _no_bytes for module in ("__builtin__", "builtins")},
}


class _Unpickler(pickle.Unpickler):
    """Knows arrays and nothing else: no name leads to code of another module."""

    def find_class(self, module: str, name: str) -> Any:
        """Return what stands for a name.

        Raises:
            _Unwanted: it is none of those that arrays need.
        """
        if (module, name) not in _KNOWN:
            raise _Unwanted(
                f"carries code or objects other than arrays: it asks for {module}.{name}"
            )
        return _KNOWN[module, name]

    def persistent_load(self, pid: object) -> NoReturn:
        """Refuse a reference to something outside the file."""
        raise _Unwanted("refers to something outside itself")


def _pickled(data: bytes) -> bytes:
    """Return the pickle behind the header of a ``.npy`` file."""
    if not data.startswith(npy.MAGIC_PREFIX):
        if data.startswith(b"\x80"):
            return data
        if data.startswith(b"version https://git-lfs"):
            raise _Unwanted("is a Git LFS pointer, not the file it points to")
        raise _Unwanted("is no .npy file")
    stream = io.BytesIO(data)
    version = npy.read_magic(stream)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, _, dtype = read(stream)
    if dtype.kind != "O":
        raise _Unwanted(f"holds one array of {dtype}, not a dictionary of arrays")
    if math.prod(shape) != 1:
        raise _Unwanted("holds more than one object")
    return data[stream.tell() :]


def _plain(value: Any, depth: int) -> Any:
    """Turn what stands for arrays into arrays, inside lists and dictionaries too."""
    if depth > _DEEPEST:
        raise _Unwanted(f"is nested deeper than {_DEEPEST} levels")
    if isinstance(value, _Array):
        return _made(value, depth)
    if isinstance(value, dict):
        return {key: _plain(part, depth + 1) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part, depth + 1) for part in value]
    if value is None or isinstance(value, str | int | float | bool | bytes):
        return value
    raise _Unwanted(f"holds {_named(value)}, which is no array")


def _made(array: _Array, depth: int) -> Any:
    if array.state is None:
        raise _Unwanted("holds an array without contents")
    _, shape, dtype, is_fortran, data = array.state
    if not isinstance(dtype, _DType) or not all(type(n) is int and n >= 0 for n in shape):
        raise _Unwanted("holds an array of no known type or shape")
    made = dtype.made()
    if made.kind == "O":
        if not isinstance(data, list) or len(data) != math.prod(shape):
            raise _Unwanted("holds an array whose contents do not fit its shape")
        parts = [_plain(part, depth + 1) for part in data]
        return parts[0] if shape == () else parts
    if not isinstance(data, bytes) or len(data) != math.prod(shape) * made.itemsize:
        raise _Unwanted("holds an array whose contents do not fit its shape")
    flat: NDArray[Any] = np.frombuffer(data, made)
    native = flat.reshape(shape, order="F" if is_fortran else "C")
    return native.astype(made.newbyteorder("="))


def _named(value: object) -> str:
    kind = type(value).__name__.removeprefix("_").lower()
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _refused(path: Path, reason: str) -> WeightsError:
    return WeightsError(
        f"{path} {reason}", "Get the file again from its owners; nothing in it was executed."
    )
