"""What a component of any kind must do, and what the kits share."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, ClassVar

import numpy as np
import pytest
import tomli_w
from numpy.typing import NDArray
from pydantic import BaseModel

from avatarartist_core.checking import check, heavy_imports
from avatarartist_core.config import Choice
from avatarartist_core.entries import Entry
from avatarartist_core.errors import UsageError
from avatarartist_core.lazy import build
from avatarartist_core.plugins import Plugins
from avatarartist_core.vetting import faults


class ComponentContract:
    """Tests that every kit has.

    Attributes:
        entry: the description under test.
        config: its options; None: the defaults. Choose small ones, the tests make several.
        plugin: module of the hooks; empty: ``plugin`` beside the factory's package.
        device: where it runs.
    """

    entry: ClassVar[Any]
    config: ClassVar[BaseModel | None] = None
    plugin: ClassVar[str] = ""
    device: ClassVar[str] = "cpu"

    def component(self) -> Any:
        """Make the component as a run would."""
        return build(self.entry, self._options(), self.device)

    def test_the_entry_is_sound(self) -> None:
        entry: Entry = self.entry
        assert list(faults(entry)) == []
        alone = Plugins()
        alone.add(entry, "test")
        assert [finding.problem for finding in check(alone)] == []

    def test_its_plugin_module_is_light(self) -> None:
        package = self.entry.factory.partition(":")[0].partition(".")[0]
        module = self.plugin or f"{package}.plugin"
        assert heavy_imports(module) == [], f"{module} slows every command"

    def test_its_options_come_back_from_toml(self) -> None:
        options = self._options()
        written = tomli_w.dumps(options.model_dump(mode="json", exclude_none=True))
        choice = Choice(name=self.entry.name, **tomllib.loads(written))
        assert choice.options_for(self.entry) == options

    def test_an_unknown_option_is_refused_by_name(self) -> None:
        choice = Choice(name=self.entry.name, no_such_option=1)
        with pytest.raises(UsageError, match="has no option 'no_such_option'"):
            choice.options_for(self.entry)

    def _options(self) -> BaseModel:
        options = self.config if self.config is not None else self.entry.config()
        assert isinstance(options, self.entry.config), "config is not of the entry's config class"
        return options


class Told:
    """Takes reports of progress and holds them to the rules."""

    def __init__(self) -> None:
        self.reports: list[tuple[int, int | None]] = []

    def __call__(self, done: int, total: int | None) -> None:
        """Take one report."""
        self.reports.append((done, total))

    def check(self) -> None:
        """Assert that something was told, that it only grew, and that it came to its end."""
        assert self.reports, "progress was never told"
        counts = [done for done, _ in self.reports]
        assert counts == sorted(counts), f"progress went back: {counts}"
        done, total = self.reports[-1]
        assert total is None or done == total, f"progress ended at {done} of {total}"


def arrays(value: Any, path: str = "") -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield every array and number inside a value with the path to it; tensors as arrays."""
    if is_dataclass(value):
        for field in fields(value):
            yield from arrays(getattr(value, field.name), f"{path}.{field.name}")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from arrays(item, f"{path}[{key!r}]")
    elif isinstance(value, np.ndarray | int | float):
        yield path, np.asarray(value)
    elif hasattr(value, "detach"):
        yield path, value.detach().cpu().numpy()


def differences(first: Any, second: Any) -> list[str]:
    """List the paths at which two values of one type hold different numbers."""
    one, other = dict(arrays(first)), dict(arrays(second))
    return [
        path
        for path in sorted(one.keys() | other.keys())
        if path not in one
        or path not in other
        or not np.array_equal(one[path], other[path], equal_nan=one[path].dtype.kind == "f")
    ]
