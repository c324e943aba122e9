"""``--set component.option=value``: one option of one component, written on the command line."""

import tomllib
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel

from avatarartist_core.config import (
    Choice,
    PrepareConfig,
    RetargetConfig,
    RunConfig,
    validated,
)
from avatarartist_core.errors import AvatarArtistError, UnknownNameError, UsageError, did_you_mean

_CHOICES = {
    "generator": "generator",
    "renderer": "renderer",
    "motion_encoder": "motion_encoder",
    "motion-encoder": "motion_encoder",
    "encoder": "motion_encoder",
    "transfer": "transfer",
}
_SECTIONS: dict[str, type[BaseModel]] = {"prepare": PrepareConfig, "retarget": RetargetConfig}


EVERYWHERE = ("generator", "renderer", "motion_encoder", "transfer", "prepare", "retarget")
"""Fields of ``RunConfig`` whose options can be set."""


def with_settings(
    config: RunConfig, settings: Iterable[str], places: Sequence[str] = EVERYWHERE
) -> RunConfig:
    """Return ``config`` with every ``component.option=value`` put in; later ones win.

    A component goes by its place (``renderer``, ``encoder``, ``prepare``, ...) or by the name of
    the component chosen for it (``layers``). Values are read as TOML, and as plain text when they
    are not TOML. Options of components are validated when the plan is resolved.

    Args:
        config: what is chosen so far.
        settings: ``component.option=value``.
        places: fields of ``config`` that the command makes use of.

    Raises:
        UsageError: settings are malformed or name what is not there; every fault is listed.
    """
    errors: list[AvatarArtistError] = []
    for setting in settings:
        try:
            config = _with(config, setting, places)
        except AvatarArtistError as error:
            errors.append(error)
    if len(errors) == 1:
        raise errors[0]
    if errors:
        hints = dict.fromkeys(error.hint for error in errors if error.hint)
        raise UsageError("; ".join(map(str, errors)), hint="\n".join(hints))
    return config


def _with(config: RunConfig, setting: str, places: Sequence[str]) -> RunConfig:
    path, equals, text = setting.partition("=")
    component, dot, option = path.strip().partition(".")
    if not (equals and dot and component and option):
        raise UsageError(
            f"setting {setting!r} is not written 'component.option=value'",
            hint="Example: --set layers.supersampling=1",
        )
    place, value = _place(config, component), value_of(text.strip())
    if place not in places:
        raise UsageError(
            f"setting {setting!r} has no effect here: {component!r} takes no part",
            hint=f"What takes part: {', '.join(places)}.",
        )
    if place in _SECTIONS:
        section = getattr(config, place)
        values = {**section.model_dump(), option: value}
        return config.model_copy(update={place: validated(_SECTIONS[place], values, place)})
    choice = getattr(config, place) or Choice(name=component if component not in _CHOICES else "")
    if option == "name":
        value = text.strip()
    return config.model_copy(update={place: Choice(**{**choice.model_dump(), option: value})})


def _place(config: RunConfig, component: str) -> str:
    """Return the field of ``config`` that a component's place or name stands for."""
    if component in _SECTIONS or component in _CHOICES:
        return _CHOICES.get(component, component)
    chosen = [
        place
        for place in dict.fromkeys(_CHOICES.values())
        if (choice := getattr(config, place)) and choice.name == component
    ]
    if len(chosen) == 1:
        return chosen[0]
    if chosen:
        raise UsageError(
            f"{component!r} is the name of several chosen components: {' and '.join(chosen)}",
            hint=f"Write {chosen[0]}.option=value.",
        )
    names = [
        choice.name
        for place in dict.fromkeys(_CHOICES.values())
        if (choice := getattr(config, place)) and choice.name
    ]
    known = [*dict.fromkeys(_CHOICES.values()), *_SECTIONS, *dict.fromkeys(names)]
    if config.domain and config.transfer is None and not did_you_mean(component, known):
        return "transfer"  # the plan knows whether a transfer has that name
    raise UnknownNameError(
        f"no chosen component is named {component!r}{did_you_mean(component, known)}",
        hint=f"Components: {', '.join(known)}.",
    )


def value_of(text: str) -> Any:
    """Read a value as TOML, and as plain text when it is not TOML."""
    try:
        parsed = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return text
    value = parsed["value"]
    if len(parsed) > 1 or not isinstance(value, bool | int | float | str | list):
        return text
    return value
