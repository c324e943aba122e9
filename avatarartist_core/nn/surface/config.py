"""Sizes of the surface path of small renderers, as plain values that need no torch."""

from pydantic import BaseModel, Field


class SurfaceConfig(BaseModel, frozen=True, extra="forbid"):
    """How the picture takes detail from the planes' own texels.

    Attributes:
        width: channels of the network that weighs what it is shown.
    """

    width: int = Field(24, ge=8)
