"""What a comparison is made of, as values that go to TOML and come back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from avatarartist_core.config import Choice, PrepareConfig, RetargetConfig, RunConfig
from avatarartist_core.errors import UsageError
from avatarartist_core.settings import value_of

LISTS = ("renderers", "generators", "reference")
"""What a comparison has and a run has not."""


class CompareConfig(BaseModel):
    """All that is needed to make the same comparison again.

    Attributes:
        portrait: a picture, or an avatar file.
        motion: as of a run.
        output: where the video goes.
        reference: true frames to measure against, a video or a folder of pictures, or None.
        renderers: the columns from left to right.
        generators: makers of avatars in the order in which they are tried.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    portrait: Path
    motion: str
    output: Path
    reference: Path | None = None
    renderers: tuple[Choice, ...]
    generators: tuple[Choice, ...] = ()
    motion_encoder: Choice
    weights: str | None = None
    prepare: PrepareConfig
    retarget: RetargetConfig
    size: int
    view: str
    seed: int
    device: str

    @classmethod
    def of(cls, shared: RunConfig, **own: Any) -> Self:
        """Take what a comparison shares with a run from a validated run."""
        names = [name for name in cls.model_fields if name in RunConfig.model_fields]
        return cls(**{**{name: getattr(shared, name) for name in names}, **own})


def choice_of(text: str, what: str) -> Choice:
    """Read ``name`` or ``name:option=value,option=value``.

    Args:
        text: as typed; a comma inside a list of values does not part options.
        what: ``"renderer"`` or ``"generator"``, for the message.

    Raises:
        UsageError: it is written otherwise.
    """
    name, colon, rest = text.partition(":")
    pairs = re.split(r",(?=\s*\w+\s*=)", rest) if colon else []
    options = {}
    for pair in pairs:
        option, equals, value = pair.partition("=")
        if not (name.strip() and equals and option.strip() and option.strip() != "name"):
            raise UsageError(
                f"{what} {text!r} is not written 'name' or 'name:option=value,option=value'",
                hint=f"Options of one: aa plugins info {name.strip() or 'NAME'}",
            )
        options[option.strip()] = value_of(value.strip())
    return Choice(**{**options, "name": name.strip()})
