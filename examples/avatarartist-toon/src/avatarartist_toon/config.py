"""Options of the ``toon`` domain transfer."""

from pydantic import BaseModel, Field


class ToonConfig(BaseModel, frozen=True, extra="forbid"):
    """How the cartoon is drawn."""

    tones: int = Field(7, ge=2, le=16, description="Steps of lightness; fewer look flatter.")
    smoothing: float = Field(1.0, ge=0, le=3, description="How much texture is painted over.")
    ink: float = Field(0.85, ge=0, le=1, description="Strength of the lines; 0 draws none.")
    line_width: float = Field(1.0, ge=0.3, le=3, description="Width of the lines.")
    colour: float = Field(1.2, ge=0, le=2, description="Factor on saturation; 0 is grey.")
