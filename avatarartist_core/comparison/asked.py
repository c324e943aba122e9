"""From options and a config file to a comparison; an option that was given wins over the file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from avatarartist_core.comparison.config import LISTS, CompareConfig, choice_of
from avatarartist_core.config import Choice
from avatarartist_core.errors import AvatarArtistError, UsageError
from avatarartist_core.running.record import config_of, read_config
from avatarartist_core.settings import with_settings

COMMAND = "compare"
PLACES = ("motion_encoder", "prepare", "retarget")


def compare_config(
    config: Path | None,
    settings: Sequence[str],
    renderers: Sequence[str],
    generators: Sequence[str],
    reference: Path | None,
    **shared: Any,
) -> CompareConfig:
    """Build the config of a comparison.

    Args:
        config: the record of an earlier one, or None.
        settings: ``component.option=value`` for what is neither renderer nor generator.
        renderers: ``name`` or ``name:option=value`` each.
        generators: the same.
        reference: true frames.
        shared: fields of ``RunConfig`` by name; None (and False) means not given.

    Raises:
        UsageError: a value is wrong; every fault is listed with its option.
    """
    values = read_config(config, COMMAND) if config else {}
    lists = {name: values.pop(name) for name in LISTS if name in values}
    if config and "reference" in lists:
        lists["reference"] = os.path.normpath(config.parent / lists["reference"])
    errors: list[AvatarArtistError] = []
    for name, what, texts in (
        ("renderers", "renderer", renderers),
        ("generators", "generator", generators),
    ):
        choices = []
        for text in texts:
            try:
                choices.append(choice_of(text, what))
            except AvatarArtistError as error:
                errors.append(error)
        if texts:
            lists[name] = choices
        else:
            lists[name] = [Choice(**each) for each in lists.get(name, [])]
    try:
        run = with_settings(config_of(_merged(values, shared)), settings, PLACES)
    except AvatarArtistError as error:
        errors.append(_with_hint(error, lists))
    if errors:
        hints = dict.fromkeys(error.hint for error in errors if error.hint)
        raise UsageError("; ".join(map(str, errors)), hint="\n".join(hints))
    return CompareConfig.of(
        run,
        output=run.output or Path(f"{run.portrait.stem}.{COMMAND}.mp4"),
        renderers=tuple(lists["renderers"]),
        generators=tuple(lists["generators"]),
        reference=reference or lists.get("reference"),
    )


def _merged(values: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    """Lay what was typed over what the file says."""
    merged = dict(values)
    for name, value in shared.items():
        if value is None or value is False:
            continue
        if name in ("face", "force"):
            merged["prepare"] = {**merged.get("prepare", {}), name: value}
        elif name == "motion_encoder":
            same = merged.get(name, {}).get("name") == value
            merged[name] = merged[name] if same else {"name": value}
        else:
            merged[name] = value
    if merged.get("device") == "auto":
        from avatarartist_core.running.device import best_device

        merged["device"] = best_device()
    return merged


def _with_hint(error: AvatarArtistError, lists: dict[str, Any]) -> AvatarArtistError:
    """Say how options of a renderer are written here, where ``--set`` was tried for one."""
    names = [*(choice.name for choice in lists["renderers"] + lists["generators"]), "renderer"]
    if not any(f"'{name}" in str(error) for name in names):
        return type(error)(str(error), error.hint.replace("aa run --help", "aa compare --help"))
    return UsageError(str(error), "Options of a renderer go with it: --renderer NAME:option=value")
