"""``NAME.run.toml``: how a video was made, readable back as the run that makes it again.

The file is a ``RunConfig`` with every default filled in, and below it one table ``[record]`` of
what was true when it ran: versions, crop, score, seconds. Only the former is read back. Paths in
it are relative to the file, so a folder can be moved as a whole.
"""

from __future__ import annotations

import os
import platform
import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from avatarartist_core.config import PrepareConfig, RetargetConfig, RunConfig
from avatarartist_core.errors import InputError, UsageError, did_you_mean

TABLE = "record"
_TYPED = {"portrait": "PORTRAIT", "prepare.face": "--face", "prepare.force": "--force"}
"""Settings whose words on the command line are not those of the file."""

TELLING = ("avatarartist", "numpy", "numba", "opencv-python-headless", "ai-edge-litert", "av")
"""Distributions whose version can change a pixel."""

LEARNED = ("torch", "diffusers", "transformers")
"""Those that learned components add."""


def record_path(output: Path) -> Path:
    """Name the record that lies beside an output."""
    return output.with_name(f"{output.stem}.run.toml")


def versions(more: Iterable[str] = ()) -> dict[str, str]:
    """Read the versions that decide the pixels, Python's included.

    Args:
        more: distributions that matter too.
    """
    found = {"python": platform.python_version()}
    for name in (*TELLING, *more):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def write_record(path: Path, config: BaseModel, record: dict[str, Any]) -> None:
    """Write the config, paths relative to ``path``, and the table of what happened."""
    import tomli_w

    values = config.model_dump(mode="json", exclude_none=True)
    for name in _paths_in(values):
        values[name] = _relative(Path(values[name]), path.parent)
    text = tomli_w.dumps({**values, TABLE: record})
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def read_config(path: Path, command: str = "run") -> dict[str, Any]:
    """Read the values of a run from a record or a hand-written TOML file; paths made usable here.

    Raises:
        InputError: the file cannot be read, is not TOML, or is the record of another command.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            f"cannot read the config {str(path)!r}: {(error.strerror or '').lower()}",
            "Every run writes one: NAME.run.toml.",
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(
            f"{str(path)!r} is not TOML: {error}", "Every run writes one: NAME.run.toml."
        ) from None
    made_by = values.pop(TABLE, {}).get("command", command)
    if made_by != command:
        raise InputError(
            f"{str(path)!r} is the record of 'aa {made_by}'", f"Run: aa {made_by} --config {path}"
        )
    for name in _paths_in(values):
        values[name] = os.path.normpath(path.parent / str(values[name]))
    return values


def config_of(values: dict[str, Any]) -> RunConfig:
    """Validate the values of a run; faults are named as the options of ``aa run``.

    Raises:
        UsageError: a value is wrong or a key unknown; every fault is listed.
    """
    try:
        return RunConfig.model_validate(values)
    except ValidationError as error:
        faults = [
            _fault(fault["loc"], fault["type"], fault["msg"], fault["input"])
            for fault in error.errors()
        ]
        raise UsageError("; ".join(faults), "All options: aa run --help") from None


def _fault(place: tuple[int | str, ...], kind: str, said: str, value: object) -> str:
    option = ".".join(str(part) for part in place)
    typed = _TYPED.get(option) or f"--{option.replace('_', '-')}"
    if kind == "missing":
        return f"{typed} is missing"
    if kind == "extra_forbidden":
        return f"no setting is named {option!r}{did_you_mean(option, _options())}"
    said = said.removeprefix("Value error, ")
    return f"{typed} {value}: {said[:1].lower()}{said[1:]}"


def _options() -> list[str]:
    """Name every setting, those of a section with its name before them."""
    sections: dict[str, type[BaseModel]] = {"prepare": PrepareConfig, "retarget": RetargetConfig}
    inner = [f"{name}.{key}" for name, model in sections.items() for key in model.model_fields]
    return [*RunConfig.model_fields, *inner]


def _paths_in(values: dict[str, Any]) -> list[str]:
    """Name the values that are paths: a motion is one when it has a folder or an ending."""
    names: list[str] = [name for name in ("portrait", "output", "reference") if name in values]
    motion = str(values.get("motion", ""))
    return [*names, "motion"] if "/" in motion or "." in motion or os.sep in motion else names


def _relative(path: Path, folder: Path) -> str:
    """Write a path as seen from a folder; absolute where no relative way leads."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive
        return str(path.resolve())
