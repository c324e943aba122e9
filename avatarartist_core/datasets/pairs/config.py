"""What a folder of pairs is made of, as values that go to ``pairs.toml`` and come back."""

from __future__ import annotations

import tomllib
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from avatarartist_core.config import Choice
from avatarartist_core.datasets.config import MOST_RECORDS, SHARD_SIZE

NAME = "pairs.toml"
"""The file that says that a folder holds pairs."""

TRUNCATION, CUTOFF = 0.7, 14
"""How far the authors let their pairs stray, and the latents they held back (spec c)."""


class PairsConfig(BaseModel):
    """All that is needed to draw the same pairs again.

    Attributes:
        generator: the GAN, every option written out.
        domain: style of its pictures.
        labels: folder of the data set that mesh maps and cameras come from, absolute.
        count: how many pairs.
        seed: decides all chance.
        planes: ``none``: a triplane is drawn again from its random vector, as the authors do;
            ``fp16``: it is kept in half precision.
        truncation: how far a latent may stray from the mean.
        cutoff: latents that are truncated; None: all.
        shard_size: how many pairs belong to one shard.
        device: where the GAN runs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    generator: Choice
    domain: str
    labels: str
    count: int = Field(ge=1, le=MOST_RECORDS)
    seed: int = Field(0, ge=0)
    planes: Literal["none", "fp16"] = "none"
    truncation: float = Field(TRUNCATION, ge=0, le=1)
    cutoff: int | None = Field(CUTOFF, ge=0)
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
        return cls.model_validate({"cutoff": None, **values}), further
