"""Training files: presets that ship with a stage, the user's own TOML, and ``--set key=value``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import tomli_w

from avatarartist_core.config import validated
from avatarartist_core.entries import StageEntry
from avatarartist_core.errors import InputError, UnknownNameError, UsageError, did_you_mean
from avatarartist_core.settings import value_of
from avatarartist_core.shipped import package_folders
from avatarartist_core.training.config import StageConfig

DEFAULT = "tiny"
RUN = "run.toml"


def presets(entry: StageEntry) -> dict[str, Path]:
    """Return the training files that ship with a stage, by name."""
    package, _, inner = entry.presets.partition("/")
    return {
        path.stem: path
        for folder in package_folders(package)
        for path in sorted((folder / inner).glob("*.toml"))
    }


def preset(entry: StageEntry, name: str) -> Path:
    """Find a preset.

    Raises:
        UnknownNameError: the stage has none of that name.
    """
    known = presets(entry)
    if name not in known:
        raise UnknownNameError(
            f"training stage {entry.name!r} has no preset {name!r}{did_you_mean(name, known)}",
            f"Presets: {', '.join(known) or 'none'}; or name a file: --config FILE.toml",
        )
    return known[name]


def stage_config(
    entry: StageEntry,
    file: Path,
    settings: Iterable[str] = (),
    given: Mapping[str, Any] | None = None,
) -> StageConfig:
    """Read a training file and lay options over it.

    Args:
        entry: the stage.
        file: TOML; a ``run.toml`` of an earlier run will do.
        settings: ``table.option=value``, later ones win.
        given: values by dotted name that win over both; None means not given.

    Raises:
        InputError: the file cannot be read.
        UsageError: an option is unknown or holds a wrong value; every fault is listed.
    """
    values = _values(file)
    values.pop("made_by", None)
    for setting in settings:
        place, equals, text = setting.partition("=")
        if not (equals and place.strip()):
            raise UsageError(
                f"setting {setting!r} is not written 'option=value'",
                "Example: --set generator_optimiser.rate=0.001",
            )
        _put(values, place.strip(), value_of(text.strip()))
    for name, value in (given or {}).items():
        if value is not None:
            _put(values, name, value)
    config = validated(entry.config, values, entry.name)
    if not isinstance(config, StageConfig):
        raise TypeError(f"the config of training stage {entry.name!r} is no StageConfig")
    return config


def write_run(config: StageConfig, stage: str, home: Path, made_by: Mapping[str, str]) -> None:
    """Write ``run.toml``: every value, defaults too, and the versions that made the run."""
    values = config.model_dump(mode="json", exclude_none=True)
    text = tomli_w.dumps({**values, "made_by": {"stage": stage, **made_by}})
    draft = home / f".{RUN}"
    draft.write_text(text, encoding="utf-8")
    draft.replace(home / RUN)


def _values(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        said = (error.strerror or str(error)).lower()
        raise InputError(
            f"the training file {str(file)!r} cannot be read: {said}",
            "Name a TOML file, or a --preset that ships.",
        ) from error
    except ValueError as error:
        raise InputError(f"{str(file)!r} is not TOML: {error}", "Mend the file.") from error


def _put(values: dict[str, Any], place: str, value: Any) -> None:
    *tables, option = place.split(".")
    for table in tables:
        inner = values.setdefault(table, {})
        if not isinstance(inner, dict):
            raise UsageError(f"{table!r} in {place!r} is no table", "See the training file.")
        values = inner
    values[option] = value
