"""Portraits, avatars and motions to safetensors and back; every file says what it is."""

from __future__ import annotations

from dataclasses import MISSING, asdict, fields, is_dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import (
    Avatar,
    HeadFit,
    Motion,
    Neutral,
    Portrait,
)
from avatarartist_core.errors import InputError
from avatarartist_core.specs import AvatarSpec, MotionSpec
from avatarartist_core.tensorfile import (
    damaged,
    read_arrays,
    read_header,
    write_arrays,
    write_whole,
)

__all__ = ["load_avatar", "load_motion", "load_portrait", "read_header", "save", "write_whole"]

T = TypeVar("T")
A = TypeVar("A", bound=Avatar)
Arrays = dict[str, NDArray[Any]]

PARTS: dict[str, type[Any]] = {"fit": HeadFit, "neutral": Neutral}
"""Fields that are groups of arrays themselves; their arrays are named like ``fit.identity``."""

SHAPES: dict[str, tuple[int | str, ...]] = {
    "expression": ("T", "E"),
    "rotation": ("T", 3, 3),
    "translation": ("T", 3),
    "gaze": ("T", 2),
    "tracked": ("T",),
    "residual": ("T", 468, 2),
    "embedding": ("T", "D"),
    "identity": ("K",),
    "neutral.expression": ("E",),
    "neutral.rotation": (3, 3),
    "neutral.translation": (3,),
    "neutral.gaze": (2,),
    "neutral.residual": (468, 2),
    "neutral.embedding": ("D",),
    "fit.identity": ("K",),
    "fit.expression": (52,),
    "fit.rotation": (3, 3),
    "fit.translation": (2,),
    "fit.gaze": (2,),
    "landmarks": (478, 3),
    "picture": ("P", "P", 3),
    "mask": ("P", "P"),
    "to_file": (2, 3),
    "planes": ("B", 4, "C", "R", "R"),
}
"""Shapes that are checked on loading; a letter stands for one number throughout a file."""


def save(value: Portrait | Avatar | Motion, path: Path) -> None:
    """Write a portrait, avatar or motion, whole or not at all.

    Raises:
        OutputError: the file cannot be written.
    """
    arrays, values = _taken_apart(value)
    stated: dict[str, object] = {
        "kind": _kind(type(value)),
        "package": _package_version(),
        "class": type(value).__name__,
        "values": values,
    }
    write_arrays(path, arrays, stated)


def load_portrait(path: Path) -> Portrait:
    """Read a portrait.

    Raises:
        InputError: it is missing, damaged or no portrait.
    """
    return _load(path, Portrait)


def load_motion(path: Path) -> Motion:
    """Read a motion.

    Raises:
        InputError: it is missing, damaged or no motion.
    """
    return _load(path, Motion)


def load_avatar(path: Path, cls: type[A]) -> A:
    """Read an avatar as the class its generator's entry names (see ``GeneratorEntry.avatar``).

    ``read_header(path)["values"]["generator"]`` tells which generator that is. Fields of the class
    that hold torch tensors or dictionaries of arrays come back as such.

    Raises:
        InputError: it is missing, damaged, no avatar, or one of another class.
    """
    return _load(path, cls)


def _load(path: Path, cls: type[T]) -> T:
    stated, kind = read_header(path), _kind(cls)
    if stated["kind"] != kind:
        raise InputError(
            f"{path} is {_with_article(stated['kind'])} file, not {_with_article(kind)}",
            f"Give the file of {_with_article(kind)}.",
        )
    if stated.get("class") != cls.__name__:
        raise InputError(
            f"{path} holds a {stated.get('class')}, not a {cls.__name__}",
            "Render it with the renderer of the generator that made it.",
        )
    arrays, values = read_arrays(path), stated.get("values")
    _check_shapes(path, arrays)
    try:
        return _put_together(cls, arrays, values if isinstance(values, dict) else {}, "")
    except (TypeError, ValueError, KeyError) as error:
        raise damaged(path, error) from error


def _taken_apart(value: Any, prefix: str = "") -> tuple[Arrays, dict[str, object]]:
    """Split a value into arrays by dotted name and plain values."""
    arrays: Arrays = {}
    values: dict[str, object] = {}
    for field in fields(value):
        name, part = prefix + field.name, getattr(value, field.name)
        if isinstance(part, np.ndarray):
            arrays[name] = part
        elif isinstance(part, AvatarSpec | MotionSpec):
            values[name] = asdict(part)
        elif is_dataclass(part):
            inner_arrays, inner_values = _taken_apart(part, f"{name}.")
            arrays |= inner_arrays
            values |= inner_values
        elif isinstance(part, dict):
            arrays |= {f"{name}.{key}": np.asarray(array) for key, array in part.items()}
        elif hasattr(part, "detach"):
            arrays[name] = _numpy(part)
        elif part is None or isinstance(part, str | int | float | bool):
            values[name] = part
        else:
            raise TypeError(f"{name} is a {type(part).__name__}, which files do not hold")
    return arrays, values


def _put_together(cls: type[T], arrays: Arrays, values: dict[str, Any], prefix: str) -> T:
    """Make a value of what ``_taken_apart`` gave.

    Raises:
        KeyError: a field without a default is in neither.
    """
    made: dict[str, Any] = {}
    for field in fields(cls):  # type: ignore[arg-type]
        name = prefix + field.name
        if field.name in PARTS:
            made[field.name] = _put_together(PARTS[field.name], arrays, values, f"{name}.")
        elif field.name == "spec":
            made["spec"] = _spec(cls, values[name])
        elif field.name == "planes":
            made["planes"] = _torch(arrays[name])
        elif name in arrays:
            made[field.name] = arrays[name]
        elif name in values:
            made[field.name] = values[name]
        elif field.default_factory is dict:
            made[field.name] = {
                key.removeprefix(f"{name}."): array
                for key, array in arrays.items()
                if key.startswith(f"{name}.")
            }
        elif field.default is MISSING and field.default_factory is MISSING:
            raise KeyError(f"{name} is missing")
    return cls(**made)


def _spec(cls: type[Any], values: dict[str, Any]) -> AvatarSpec | MotionSpec:
    if issubclass(cls, Motion):
        return MotionSpec(**values)
    box = values.get("face_box")
    return AvatarSpec(**{**values, "face_box": None if box is None else tuple(box)})


def _torch(planes: NDArray[Any]) -> Any:
    import torch

    return torch.from_numpy(planes)


def _numpy(planes: Any) -> NDArray[Any]:
    """Take a torch tensor off its device; bfloat16, which numpy lacks, becomes float32."""
    planes = planes.detach().cpu()
    return (planes.float() if str(planes.dtype) == "torch.bfloat16" else planes).numpy()


def _check_shapes(path: Path, arrays: Arrays) -> None:
    sizes: dict[str, int] = {}
    for name, array in arrays.items():
        wanted = SHAPES.get(name, array.shape)
        fits = len(wanted) == array.ndim and all(
            size == (sizes.setdefault(want, size) if isinstance(want, str) else want)
            for want, size in zip(wanted, array.shape, strict=True)
        )
        if not fits:
            raise InputError(
                f"{path}: {name} has the shape {array.shape}, expected {wanted}",
                "The file is damaged or edited; make it again.",
            )
        if name in SHAPES and array.dtype.kind == "f" and not np.isfinite(array).all():
            raise InputError(
                f"{path}: {name} holds a value that is not finite", "Make the file again."
            )


def _kind(cls: type[Any]) -> str:
    for base, kind in ((Motion, "motion"), (Portrait, "portrait"), (Avatar, "avatar")):
        if issubclass(cls, base):
            return kind
    raise TypeError(f"{cls.__name__} is no portrait, avatar or motion")


def _with_article(kind: str) -> str:
    return f"{'an' if kind[:1] in 'aeiou' else 'a'} {kind}"


def _package_version() -> str:
    try:
        return version("avatarartist")
    except PackageNotFoundError:
        return "unknown"
