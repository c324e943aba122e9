"""Options of its components, and the sizes of the FaceVerse v3 model."""

from pydantic import BaseModel, Field

TOPOLOGY = "faceverse-v3"
EMBEDDING = "pdfgc"

IDENTITIES, EXPRESSIONS, TEXTURES, EYES = 150, 171, 251, 4
"""Coefficients of a face. ``Motion.expression`` holds the expressions, then the eyes: 175."""


class FaceVerseConfig(BaseModel, frozen=True, extra="forbid"):
    """Which model file is used."""

    weights: str = Field("official", description="Bundle that holds the model.")


class PdfgcConfig(BaseModel, frozen=True, extra="forbid"):
    """How a clip is tracked."""

    weights: str = Field("official", description="Bundle of the PD-FGC network.")
    head: str = Field("official", description="Bundle of the FaceVerse head model.")
    finder: str = Field("", description="Motion encoder that finds faces; empty: any installed.")
    identity_frames: int = Field(
        8, ge=1, le=64, description="Frames of a clip that its identity is fitted to."
    )
    batch: int = Field(8, ge=1, le=256, description="Frames the network sees at once.")
