"""Files of other projects, made here: network pickles, and files that try to run something."""

import pickle
import struct
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

PERSISTENCE = "torch_utils.persistence"
SOURCE = "import pathlib; pathlib.Path({sentinel!r}).touch()"


def _reconstruct_persistent_obj(meta: dict[str, Any]) -> object:
    raise AssertionError("the official way to load was taken")


@contextmanager
def persistence() -> Iterator[None]:
    """Stand for the module by whose name persistent classes are pickled."""
    function = types.FunctionType(
        _reconstruct_persistent_obj.__code__, {}, "_reconstruct_persistent_obj"
    )
    function.__module__, function.__qualname__ = PERSISTENCE, function.__name__
    module = types.ModuleType(PERSISTENCE)
    setattr(module, function.__name__, function)
    sys.modules |= {"torch_utils": types.ModuleType("torch_utils"), PERSISTENCE: module}
    try:
        yield
    finally:
        del sys.modules[PERSISTENCE], sys.modules["torch_utils"]


class Settings(dict[str, Any]):
    """A dictionary of a class that is not ours."""


class Block(nn.Module):
    """Everything that a state dict knows: shared, missing and turned tensors, kinds of buffers."""

    def __init__(self, sentinel: Path) -> None:
        super().__init__()
        self.sentinel = sentinel
        self.conv = nn.Conv2d(2, 3, 3, bias=False)
        self.register_parameter("weight", self.conv.weight)
        self.register_parameter("bias", None)
        self.turned = nn.Parameter(torch.randn(4, 3).half().T)
        self.register_buffer("count", torch.tensor(7))
        self.register_buffer("scratch", torch.ones(2), persistent=False)
        self.register_buffer("flags", torch.tensor([True, False]))
        self.rendering_kwargs = Settings(depth=48, box=(1, 2.5), kind=torch.float32)
        self._init_kwargs = {"z_dim": 512, "inner": {"name": "x", "device": torch.device("cpu")}}
        self.neural_rendering_resolution = 128

    def __reduce__(self) -> Any:
        meta = {
            "type": "class",
            "version": 6,
            "module_src": SOURCE.format(sentinel=str(self.sentinel)),
            "class_name": "Block",
            "state": self.__dict__,
        }
        return sys.modules[PERSISTENCE]._reconstruct_persistent_obj, (meta,)


def networks(sentinel: Path) -> dict[str, Any]:
    torch.manual_seed(0)
    block = Block(sentinel)
    inner = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm2d(2), Block(sentinel))
    return {
        "training_set_kwargs": None,
        "G": block,
        "D": nn.ModuleDict({"first": inner, "again": inner}),
        "G_ema": nn.Sequential(Block(sentinel), nn.ReLU()),
        "augment_pipe": None,
    }


def network_pickle(path: Path, sentinel: Path) -> dict[str, dict[str, Tensor]]:
    """Write a pickle of networks; returns their state dicts."""
    made = networks(sentinel)
    with persistence():
        path.write_bytes(pickle.dumps(made))
    return {name: net.state_dict() for name, net in made.items() if net is not None}


class Calls:
    """Pickles as a call of a function."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


def text(*lines: str) -> bytes:
    """Join the lines of a pickle written by hand, in protocol 2."""
    return b"\x80\x02" + "\n".join(lines).encode()


def short(value: str) -> bytes:
    """Return the instruction that puts a short string on the stack."""
    return b"\x8c" + struct.pack("<B", len(value)) + value.encode()


def named(module: str, name: str) -> bytes:
    """Return the instructions that put a name on the stack, protocol 4."""
    return short(module) + short(name) + b"\x93"
