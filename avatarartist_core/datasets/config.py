"""What a data set is made of, as values that go to ``build.toml`` and come back."""

from __future__ import annotations

import tomllib
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from avatarartist_core.config import Choice

SHARD_SIZE = 64
"""Records of a shard: about 10 MB at 256 pixels. A cut-off build loses the shard at hand."""

MOST_RECORDS = 99_999_999
"""Keys have eight digits."""


class BuildConfig(BaseModel):
    """All that is needed to make the same data set again.

    Attributes:
        source: where portraits come from.
        path: the place that the source reads, absolute; empty for one that reads none.
        domains: the styles in the order in which records take them.
        transfers: what carries a portrait into each of them, every option written out; a domain
            without one takes portraits as they come.
        count: how many records are tried; None: all that the source has.
        seed: decides all chance.
        shard_size: how many of them belong to one shard.
        device: where networks run.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Choice
    path: str = ""
    domains: tuple[str, ...]
    transfers: dict[str, Choice] = {}
    count: int | None = Field(None, ge=1, le=MOST_RECORDS)
    seed: int = Field(0, ge=0)
    shard_size: int = Field(SHARD_SIZE, ge=1, le=100_000)
    device: str = "cpu"

    def to_toml(self, **tables: dict[str, Any]) -> str:
        """Write every value, and further tables behind them."""
        import tomli_w

        return tomli_w.dumps({**self.model_dump(mode="json", exclude_none=True), **tables})

    @classmethod
    def from_toml(cls, text: str, *tables: str) -> tuple[Self, dict[str, Any]]:
        """Read what ``to_toml`` wrote; returns the config and the further tables by name."""
        values = tomllib.loads(text)
        further = {name: values.pop(name, {}) for name in tables}
        return cls.model_validate(values), further


def differences(before: dict[str, Any], now: dict[str, Any], place: str = "") -> list[str]:
    """Say which values of two nested tables differ: ``seed was 0, is 1``."""
    found = []
    for name in dict.fromkeys([*before, *now]):
        one, other = before.get(name), now.get(name)
        if isinstance(one, dict) and isinstance(other, dict):
            found += differences(one, other, f"{place}{name}.")
        elif one != other:
            found.append(f"{place}{name} was {_said(one)}, is {_said(other)}")
    return found


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("name", "set"))
    if isinstance(value, list):
        return ", ".join(str(each) for each in value) or "none"
    return "not set" if value is None else str(value)
