"""Reads the network pickles of the EG3D family: tensors and plain attributes, nothing executed.

Such a file is a pickled dictionary of modules (``G``, ``D``, ``G_ema``, ...). A module is stored by
the name of its class, or as ``_reconstruct_persistent_obj(meta)`` with its whole source in
``meta``, which loading it the official way executes. Here only ``meta["state"]``, the module's
attributes, is looked at. (Layout: spec of the renderer, section 1.1.)
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from avatarartist_core.weights.inert import Node
from avatarartist_core.weights.pickled import Pickled
from avatarartist_core.weights.reading import ZIP, refusal, unreadable
from avatarartist_core.weights.stored import StoredTensors, TensorCalls, View
from avatarartist_core.weights.stream import Refused, Stream

if TYPE_CHECKING:
    from torch import Tensor

DEEPEST = 64
MOST_NAMES = 100_000
"""Tensors, modules and attributes of one file; shared parts count each time."""

MACHINERY = ("_parameters", "_buffers", "_modules", "_non_persistent_buffers_set")


@dataclass(frozen=True)
class NetworkState:
    """One network of a pickle.

    Attributes:
        tensors: parameters and buffers under the names of ``module.state_dict()``, in its order;
            a tensor that stands under two names is the same object.
        attributes: plain values of the outermost module: ``_init_kwargs``, ``rendering_kwargs``.
        kind: name of its class.
    """

    tensors: dict[str, Tensor]
    attributes: dict[str, Any]
    kind: str


def read_networks(path: Path, names: Collection[str] | None = None) -> dict[str, NetworkState]:
    """Read networks by name.

    Args:
        path: a ``.pkl`` file.
        names: which of them; the tensors of the others stay on the disk. None: all.

    Raises:
        WeightsError: the file is missing, cut off, damaged, no pickle of networks, or asks to run
            code; or a network is missing.
    """
    try:
        with path.open("rb") as file:
            modules = _modules(file, file.seek(0, io.SEEK_END))
            wanted = list(modules if names is None else names)
            if missing := [name for name in wanted if name not in modules]:
                raise Refused(f"holds {', '.join(modules)}, not {', '.join(missing)}")
            return {name: _Flattening(file).network(modules[name]) for name in wanted}
    except Refused as reason:
        raise refusal(path, reason) from reason
    except OSError as error:
        raise unreadable(path, error) from error


def _modules(file: IO[bytes], size: int) -> dict[str, Node]:
    file.seek(0)
    start = file.read(64)
    file.seek(0)
    if start.startswith(ZIP):
        raise Refused("is a zip file of tensors, not a pickle of networks")
    if start[:1] != b"\x80":
        raise Refused("is not a pickle of networks" if start else "is empty")
    value = Pickled(Stream(file, size), TensorCalls()).read()
    if not isinstance(value, dict):
        raise Refused("is a pickle of something other than networks by name")
    found = {
        name: node
        for name, node in value.items()
        if isinstance(name, str) and isinstance(node, Node) and "_modules" in node.state
    }
    if not found:
        raise Refused("is a pickle without a network")
    return found


class _Flattening:
    """Walks one network; counts, because shared parts can stand for any number of names."""

    def __init__(self, file: IO[bytes]) -> None:
        self._stored = StoredTensors(file)
        self._left = MOST_NAMES

    def network(self, node: Node) -> NetworkState:
        tensors = dict(self._tensors(node, "", 0))
        attributes = {}
        for name, value in node.state.items():
            if isinstance(name, str) and name not in MACHINERY and "_hook" not in name:
                try:
                    attributes[name] = self._plain(value, 0)
                except _NotPlain:
                    continue
        return NetworkState(tensors, attributes, node.kind)

    def _tensors(self, node: Node, prefix: str, depth: int) -> Iterator[tuple[str, Tensor]]:
        """Yield what ``module.state_dict()`` holds, in its order."""
        if depth > DEEPEST:
            raise Refused(f"holds modules nested deeper than {DEEPEST}")
        left_out = node.state.get("_non_persistent_buffers_set") or ()
        if not isinstance(left_out, set | frozenset | tuple):
            raise Refused(f"holds {prefix or 'a network'} whose attributes are damaged")
        for group in ("_parameters", "_buffers"):
            for name, view in self._members(node, group, prefix):
                if name in left_out:
                    continue
                if not isinstance(view, View):
                    raise Refused(f"holds {prefix}{name}, which is no tensor")
                yield prefix + name, self._stored.read(prefix + name, view)
        for name, module in self._members(node, "_modules", prefix):
            if not isinstance(module, Node):
                raise Refused(f"holds {prefix}{name}, which is no module")
            yield from self._tensors(module, f"{prefix}{name}.", depth + 1)

    def _members(self, node: Node, group: str, prefix: str) -> Iterator[tuple[str, Any]]:
        members = node.state.get(group) or {}
        members = members.items if isinstance(members, Node) else members
        if not isinstance(members, dict) or not all(isinstance(name, str) for name in members):
            raise Refused(f"holds {prefix or 'a network'} whose {group} are damaged")
        for name, member in members.items():
            self._count()
            if member is not None:
                yield name, member

    def _plain(self, value: Any, depth: int) -> Any:
        """Copy plain values; what else a dictionary holds is left out.

        Raises:
            _NotPlain: it is an object of a class we do not know.
        """
        self._count()
        if value is None or isinstance(value, str | bool | int | float):
            return value
        if depth > DEEPEST:
            raise _NotPlain
        if isinstance(value, list | tuple):
            return [self._plain(each, depth + 1) for each in value]
        items = value.items if isinstance(value, Node) and value.items else value
        if not isinstance(items, dict):
            raise _NotPlain
        kept = {}
        for name, each in items.items():
            try:
                kept[str(name)] = self._plain(each, depth + 1)
            except _NotPlain:
                continue
        return kept

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise Refused(f"holds more than {MOST_NAMES} tensors and values")


class _NotPlain(Exception):
    """A value is not plain."""
