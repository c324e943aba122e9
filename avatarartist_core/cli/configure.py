"""From options and a config file to a RunConfig; an option that was given wins over the file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from avatarartist_core.config import RunConfig
from avatarartist_core.running.record import config_of, read_config
from avatarartist_core.settings import EVERYWHERE, with_settings

_CHOICES = ("generator", "renderer", "motion_encoder", "transfer")
_PLACES = {
    "run": EVERYWHERE,
    "create": ("generator", "motion_encoder", "transfer", "prepare"),
    "preview": ("motion_encoder", "transfer", "prepare"),
    "track": ("motion_encoder",),
    "render": ("renderer", "motion_encoder", "retarget"),
    "bench": ("renderer", "retarget"),
}
_PREPARE = ("face", "force")


def configured(
    config: Path | None, settings: Sequence[str] | None, command: str, **options: Any
) -> RunConfig:
    """Build the config of a run.

    Args:
        config: a TOML file, or None.
        settings: ``component.option=value``.
        command: the command that asks, which a record must have been made by.
        options: fields of RunConfig by name; None (and False) means not given.

    Raises:
        UsageError: a value is wrong; every fault is listed with its option.
    """
    values = read_config(config, command) if config else {}
    for name, value in options.items():
        if value is None or value is False:
            continue
        if name in _CHOICES:
            values[name] = _chosen(values.get(name), str(value))
        elif name in _PREPARE:
            values["prepare"] = {**values.get("prepare", {}), name: value}
        else:
            values[name] = value
    if values.get("device") == "auto":
        from avatarartist_core.running.device import best_device

        values["device"] = best_device()
    return with_settings(config_of(values), settings or (), _PLACES[command])


def _chosen(before: Any, name: str) -> dict[str, Any]:
    """Keep the options of a component that is named again; another one starts from its own."""
    same = isinstance(before, dict) and before.get("name") == name
    return before if same else {"name": name}
