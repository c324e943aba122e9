"""``build.toml``: what a data set is made of, written before its first shard and held against."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from avatarartist_core.datasets.config import BuildConfig, differences
from avatarartist_core.datasets.making import open_source
from avatarartist_core.datasets.plan import BuildPlan
from avatarartist_core.errors import InputError, UsageError
from avatarartist_core.running.record import LEARNED, versions
from avatarartist_core.tensorfile import write_whole

NAME = "build.toml"
_READS, _VERSIONS = "reads", "versions"


def settled(plan: BuildPlan, folder: Path) -> tuple[BuildPlan, str]:
    """Fill in the count and write ``build.toml``, or hold the plan against the one that is there.

    Returns:
        The plan, and a note for the user where versions changed, or an empty string.

    Raises:
        UsageError: the folder holds another data set, or something else; the count is wrong.
        OutputError: it cannot be written.
    """
    source = open_source(plan)
    config = plan.config.model_copy(update={"count": _count(plan, source.count)})
    plan = replace(plan, config=config)
    reads, made_with = dict(source.reads()), _versions(plan)
    path = folder / NAME
    if not path.exists():
        _check_empty(folder)
        tables: dict[str, dict[str, Any]] = {_READS: reads, _VERSIONS: made_with}
        write_whole(path, config.to_toml(**tables).encode())
        return plan, ""
    before, tables = read_config(folder)
    changed = differences(_values(before), _values(config))
    changed += differences({_READS: tables[_READS]}, {_READS: reads})
    if changed:
        raise UsageError(
            f"{str(folder)!r} holds a data set of other settings: {'; '.join(changed)}",
            f"Name another --out, or go on with its own: aa data build --resume --out {folder}",
        )
    newer = differences(tables[_VERSIONS], made_with)
    note = f"going on with other versions, pictures may differ: {'; '.join(newer)}"
    return plan, note if newer else ""


def same_settings(folder: Path, *, resume: bool, **given: Any) -> BuildConfig:
    """Read the settings to go on with; what was typed again must be the same.

    Args:
        folder: of the data set.
        resume: whether the user said to go on.
        given: fields of ``BuildConfig``; None means not given.

    Raises:
        UsageError: the user did not, there is nothing to go on with, or a setting differs.
    """
    if not resume:
        raise UsageError(
            "--source is missing",
            "Say where portraits come from: --source synthetic or folder:PATH; or go on with the "
            "data set that is there: --resume",
        )
    config, _ = read_config(folder)
    values = _values(config)
    now = {name: value for name, value in given.items() if value is not None}
    if changed := differences({name: values.get(name) for name in now}, now):
        raise UsageError(
            f"{str(folder)!r} holds a data set of other settings: {'; '.join(changed)}",
            "Leave them out, or name another --out.",
        )
    return config


def read_config(folder: Path) -> tuple[BuildConfig, dict[str, Any]]:
    """Read what a data set is made of, and the tables ``reads`` and ``versions``.

    Raises:
        InputError: there is no data set, or the file is damaged.
    """
    path = folder / NAME
    try:
        return BuildConfig.from_toml(path.read_text(encoding="utf-8"), _READS, _VERSIONS)
    except FileNotFoundError as error:
        raise InputError(
            f"{str(folder)!r} holds no data set: there is no {NAME}",
            "Build one: aa data build --out FOLDER",
        ) from error
    except (OSError, ValueError, ValidationError) as error:
        raise InputError(
            f"{str(path)!r} cannot be read: {str(error).splitlines()[0]}",
            "Every data set has one; build it again.",
        ) from error


def _count(plan: BuildPlan, portraits: int | None) -> int:
    wanted, name = plan.config.count, plan.source.entry.name
    if portraits is None:
        if wanted is None:
            raise UsageError(
                f"--count is missing: portrait source {name!r} has no end",
                "Say how many records: --count 280",
            )
        return wanted
    most = portraits * len(plan.routes)
    if wanted is not None and wanted > most:
        raise UsageError(
            f"--count {wanted} is more than there is: {portraits} portraits in "
            f"{len(plan.routes)} domains are {most} records",
            "Lower it, or leave it out: then every portrait is taken once.",
        )
    return wanted or portraits


def _versions(plan: BuildPlan) -> dict[str, str]:
    """Tell the versions that decide the bytes, and who brought the parts."""
    parts = [plan.source, *(route.transfer for route in plan.routes if route.transfer)]
    brought = {part.entry.name: part.provider for part in parts}
    learned = LEARNED if plan.config.transfers else ()
    return {**versions(learned), **{f"part {name}": by for name, by in brought.items()}}


def _values(config: BuildConfig) -> dict[str, Any]:
    return config.model_dump(mode="json", exclude_none=True)


def _check_empty(folder: Path) -> None:
    others = [path.name for path in folder.iterdir() if not path.name.startswith(".")]
    if others:
        raise UsageError(
            f"{str(folder)!r} is not empty and holds no data set: {others[0]!r}",
            "Name a new folder: --out FOLDER",
        )
