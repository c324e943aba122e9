"""Tensors of a network pickle, still on the disk, and the calls that describe them there."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

from avatarartist_core.weights.inert import Blob, Name, Node
from avatarartist_core.weights.reading import check_tensor, load_saved
from avatarartist_core.weights.stream import Refused

if TYPE_CHECKING:
    from torch import Tensor

MOST_AXES = 8
LARGEST_SIZE = 1 << 62


@dataclass(frozen=True, eq=False)
class Storage:
    """A row of values, in the file as ``torch.save`` wrote it."""

    blob: Blob


@dataclass(frozen=True, eq=False)
class View:
    """A tensor: which values of a storage, in elements."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]


@dataclass(eq=False)
class TensorCalls:
    """Our own functions for the names that harmless network pickles call."""

    storages: dict[int, Storage] = field(default_factory=dict)

    def __call__(self, name: Name) -> Callable[..., Any] | None:
        """Return the function that stands for a name, or None."""
        if name.name == "_reconstruct_persistent_obj":
            return _module
        ours: dict[str, Callable[..., Any]] = {
            "torch.storage._load_from_bytes": self._storage,
            "torch._utils._rebuild_tensor": _view,
            "torch._utils._rebuild_tensor_v2": _view,
            "torch._utils._rebuild_parameter": _parameter,
            "torch._utils._rebuild_parameter_with_state": _parameter,
            "torch.Size": _sizes,
            "torch.device": _device,
        }
        return ours.get(str(name))

    def _storage(self, blob: Blob) -> Storage:
        if not isinstance(blob, Blob):
            raise TypeError("a storage without bytes")
        return self.storages.setdefault(blob.offset, Storage(blob))


class StoredTensors:
    """Brings tensors from the file, each storage once.

    Args:
        file: the pickle.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._rows: dict[Storage, Tensor] = {}
        self._made: dict[View, Tensor] = {}

    def read(self, name: str, view: View) -> Tensor:
        """Return a tensor; the same view gives the same tensor.

        Args:
            name: what it is called, for messages.
            view: which one.

        Raises:
            Refused: its storage is damaged, or it reaches beyond it.
        """
        if view not in self._made:
            self._made[view] = self._make(name, view)
        return self._made[view]

    def _make(self, name: str, view: View) -> Tensor:
        import torch

        if view.storage not in self._rows:
            self._rows[view.storage] = self._row(name, view.storage.blob)
        row = self._rows[view.storage]
        steps = zip(view.shape, view.stride, strict=True)
        last = view.offset + sum((size - 1) * stride for size, stride in steps)
        if 0 not in view.shape and last >= len(row):
            raise Refused(f"holds {name}, which reaches beyond its {len(row)} values")
        tensor = torch.as_strided(row, view.shape, view.stride, view.offset)
        check_tensor(name, tensor)
        return tensor

    def _row(self, name: str, blob: Blob) -> Tensor:
        import torch

        self._file.seek(blob.offset)
        saved = load_saved(io.BytesIO(self._file.read(blob.length)), blob.length)
        if not isinstance(saved, torch.storage.TypedStorage):
            raise Refused(f"holds {name}, whose values are a {type(saved).__name__}")
        whole = (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.bool)
        real = saved.dtype.is_floating_point or saved.dtype.is_complex or saved.dtype in whole
        if saved._untyped_storage.device.type != "cpu" or not real:
            raise Refused(f"holds {name}, whose values are not plain numbers")
        return torch.empty(0, dtype=saved.dtype).set_(saved._untyped_storage)


def _module(meta: dict[str, Any]) -> Node:
    """Stand for a module whose class came with its source: the source is not looked at."""
    kind, state = meta["class_name"], meta["state"]
    if not isinstance(kind, str) or not isinstance(state, dict):
        raise TypeError("a module without attributes")
    return Node(kind, state)


def _view(storage: Any, offset: Any, shape: Any, stride: Any, *_: Any) -> View:
    if not isinstance(storage, Storage) or not len(shape) == len(stride) <= MOST_AXES:
        raise TypeError("a tensor without values")
    if any(type(size) is not int or not 0 <= size < LARGEST_SIZE for size in (*shape, *stride)):
        raise TypeError("a shape that is none")
    if type(offset) is not int or not 0 <= offset < LARGEST_SIZE:
        raise TypeError("a place that is none")
    return View(storage, offset, tuple(shape), tuple(stride))


def _parameter(tensor: Any, *_: Any) -> View:
    if not isinstance(tensor, View):
        raise TypeError("a parameter without values")
    return tensor


def _sizes(sizes: Any = ()) -> tuple[Any, ...]:
    if len(sizes) > MOST_AXES:
        raise TypeError("a shape that is none")
    return tuple(sizes)


def _device(kind: str, number: int = 0) -> str:
    if not isinstance(kind, str) or type(number) is not int:
        raise TypeError("a device that is none")
    return kind
