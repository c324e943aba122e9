"""What every learned component shares: which networks, and whose weights, its options ask for."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError

from avatarartist_core.config import validated
from avatarartist_core.errors import InputError, WeightsError, did_you_mean
from avatarartist_core.weights.bundle import Bundle, bundle_at, find_bundle

RANDOM = "random"
"""Stands for untrained networks of the ``tiny`` configuration, where a bundle could be named."""

N = TypeVar("N", bound=BaseModel)


class LearnedConfig(BaseModel, frozen=True, extra="forbid"):
    """The options that every learned component has; derive its own options from this."""

    weights: str = Field(
        "tiny",
        description="Bundle of weights (aa weights list), or a folder that holds one, with a slash "
        "in it; random: untrained networks.",
    )
    config: str = Field(
        "",
        description="Untrained networks of this configuration instead of a bundle: one that "
        "ships (tiny, full, ...) or a TOML file.",
    )

    @property
    def untrained(self) -> str:
        """Name of the untrained networks that are asked for, or empty: a bundle is."""
        return self.config or ("tiny" if self.weights == RANDOM else "")


class LearnedRendererConfig(LearnedConfig, frozen=True, extra="forbid"):
    """The options that every learned renderer of triplanes has."""

    chance: Literal["fixed", "random"] = Field(
        "fixed",
        description="Noise and ray jitter: the same in every frame, or drawn anew as the released "
        "code does, which flickers.",
    )
    batch: int = Field(1, ge=1, le=64, description="Frames drawn at a time.")
    precision: Literal["auto", "float32", "bfloat16", "float16"] = Field(
        "auto", description="Arithmetic; auto: bfloat16 on a GPU, float32 elsewhere."
    )


@dataclass(frozen=True)
class NetworkKind(Generic[N]):
    """The networks a component can be made of, told without torch.

    Attributes:
        component: name of the component.
        package: import name of the package that brings it, whose shipped bundles are looked at.
        model: pydantic model that describes the networks; a bundle's ``config`` is one.
        presets: descriptions by name.
    """

    component: str
    package: str
    model: type[N]
    presets: Mapping[str, N]

    def asked(self, options: LearnedConfig) -> tuple[N, Bundle | None]:
        """Return the networks that the options ask for, and the bundle of their weights.

        Returns:
            The description, and the bundle or None: the networks are untrained.

        Raises:
            WeightsError: the bundle is not installed, not whole or of another component.
            InputError: the configuration is unknown or cannot be read.
        """
        if options.untrained:
            return self.named(options.untrained), None
        bundle = self.bundle(options.weights)
        return self.described(bundle), bundle

    def bundle(self, name: str) -> Bundle:
        """Find a bundle of the component, by its name or by the folder it lies in.

        Raises:
            WeightsError: it is not there; the hint says what would do.
        """
        if Path(name).name != name:
            return bundle_at(self.component, Path(name).expanduser())
        try:
            return find_bundle(self.component, name, self.package)
        except WeightsError as error:
            raise WeightsError(
                str(error),
                f"See what there is and what can be brought: aa weights list\n"
                f"To try untrained networks: --weights {RANDOM}",
            ) from None

    def described(self, bundle: Bundle) -> N:
        """Read the description of the networks that a bundle holds.

        Raises:
            WeightsError: there is none that makes sense.
        """
        try:
            return self.model.model_validate(bundle.config)
        except ValidationError as error:
            raise WeightsError(
                f"bundle {bundle.name!r} of {self.component!r} describes no networks: "
                f"{_first_fault(error)}",
                f"Import it again: aa weights import {bundle.name} FOLDER",
            ) from None

    def named(self, name: str) -> N:
        """Return a description by its name, or read it from a TOML file.

        Raises:
            InputError: there is no such configuration, or the file cannot be used.
        """
        if name in self.presets:
            return self.presets[name]
        path = Path(name)
        if path.suffix != ".toml":
            raise InputError(
                f"{self.component!r} has no network configuration {name!r}"
                f"{did_you_mean(name, self.presets)}",
                f"Configurations: {', '.join(self.presets)}, or a TOML file.",
            )
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise InputError(
                f"the network configuration {name!r} cannot be read: "
                f"{(error.strerror or str(error)).lower()}",
                f"Configurations that ship: {', '.join(self.presets)}.",
            ) from None
        except ValueError as error:
            raise InputError(f"{name!r} is not TOML: {error}", "Mend the file.") from None
        made = validated(self.model, values, name)
        assert isinstance(made, self.model)
        return made


def _first_fault(error: ValidationError) -> str:
    fault = error.errors()[0]
    place = ".".join(str(part) for part in fault["loc"])
    said = fault["msg"].removeprefix("Value error, ")
    return f"{place}: {said}" if place else said
