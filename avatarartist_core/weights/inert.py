"""What stands for the objects of a pickle, and which names a harmless one holds."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Name:
    """A class or function that a file names; never looked up."""

    module: str
    name: str

    def __str__(self) -> str:
        full = f"{self.module}.{self.name}"
        return full if re.fullmatch(r"[\w.<>]{1,100}", full) else ascii(full)[:100]


@dataclass(eq=False)
class Node:
    """What stands for an object.

    Attributes:
        kind: name of its class.
        state: its attributes.
        items: its items, when it is a kind of dictionary.
        elements: its elements, when it is a kind of list or set.
    """

    kind: str
    state: dict[Any, Any] = field(default_factory=dict)
    items: dict[Any, Any] = field(default_factory=dict)
    elements: list[Any] = field(default_factory=list)


class Kept:
    """What a reader's own call returns for an object whose state it wants to be told."""

    def build(self, state: Any) -> None:
        """Take the state that the file has for it.

        Raises:
            TypeError: it has none.
        """
        raise TypeError("the state of what has none")


@dataclass(frozen=True, eq=False)
class Blob:
    """Bytes that were left in the file.

    Attributes:
        offset: where they start.
        length: how many they are.
    """

    offset: int
    length: int


_PYTHON = {
    "builtins": "set frozenset slice complex bytearray object int float bool str bytes list tuple "
    "dict range",
    "collections": "OrderedDict defaultdict deque Counter",
    "functools": "partial",
    "copyreg": "_reconstructor",
    "_codecs": "encode",
    "argparse": "Namespace",
    "types": "SimpleNamespace",
    "pathlib": "Path PosixPath WindowsPath PurePosixPath",
    "__builtin__": "set frozenset object int float bool str list tuple dict",
    "copy_reg": "_reconstructor",
}
"""Names of Python's own library that harmless files hold."""

_OLD_PYTHON = {"__builtin__", "copy_reg", "commands", "popen2", "urllib2", "__main__"}
_DATA_CALLS = re.compile(
    r"(functools\.partial|_codecs\.encode|copy_?reg\._reconstructor|types\.SimpleNamespace|pathlib\.\w+"
    r"|collections\.(defaultdict|deque|Counter)|builtins\.(slice|complex|bytearray|range|object)"
    r"|numpy(\.\w+)*\.(_reconstruct|scalar|dtype|_frombuffer)|torch\.(Generator|dtype))"
)
"""Calls in harmless files whose results nobody needs; each becomes a ``Node``."""


def may_stand(name: Name) -> bool:
    """Tell whether a harmless file may name it at all: no part of Python itself but data types."""
    top = name.module.partition(".")[0]
    if top in sys.stdlib_module_names or top in _OLD_PYTHON:
        return name.name in _PYTHON.get(name.module, "").split()
    return True


def may_be_called(name: Name) -> bool:
    """Tell whether a call of it can become a ``Node``: a class of another package, or data.

    A function is code that the file wants to run. It would not run, but such a file is refused.
    """
    if _DATA_CALLS.fullmatch(f"{name.module}.{name.name}"):
        return True
    top = name.module.partition(".")[0]
    ours = top in sys.stdlib_module_names or top in _OLD_PYTHON
    networks = top != "torch" or name.module.startswith("torch.nn.")
    last = name.name.rpartition(".")[2].lstrip("_")
    return not ours and networks and last[:1].isupper()
