"""Options of ``stylize``: which look, and the few knobs that every look understands."""

from typing import Literal

from pydantic import BaseModel, Field, field_validator

from aa_stylize.looks.names import LOOKS
from avatarartist_core.errors import did_you_mean


class StylizeConfig(BaseModel, frozen=True, extra="forbid", defer_build=True):
    """How a portrait is redrawn. A domain's recipe names the look and may set the rest."""

    look: str = Field("greek-statue", description="Name of the look.")
    strength: float = Field(
        1.0, ge=0, le=1, description="Share of the look in the result; 0 is the portrait itself."
    )
    detail: float = Field(
        1.0, ge=0, le=2, description="How much of the portrait's own fine detail remains."
    )
    scale: float = Field(
        1.0, gt=0.2, le=5, description="Size of tiles, strokes and grain, 1 is the look's own."
    )
    palette: tuple[str, ...] = Field(
        (), description="Colours as '#rrggbb', for looks that paint with a palette; empty: its own."
    )
    ground: Literal["look", "own"] = Field(
        "look", description="Background: the look's own backdrop, or the portrait's, restyled."
    )

    @field_validator("look")
    @classmethod
    def _is_a_look(cls, name: str) -> str:
        if name not in LOOKS:
            known = ", ".join(LOOKS)
            raise ValueError(f"no look is named {name!r}{did_you_mean(name, LOOKS)}: {known}")
        return name

    @field_validator("palette")
    @classmethod
    def _are_colours(cls, palette: tuple[str, ...]) -> tuple[str, ...]:
        for colour in palette:
            digits = colour.removeprefix("#")
            if len(digits) != 6 or set(digits.lower()) - set("0123456789abcdef"):
                raise ValueError(f"{colour!r} is not a colour; write it as '#c0ffee'")
        return palette
