"""Sizes of the plane completion, as plain values that need no torch."""

from pydantic import BaseModel, Field


class CompletionConfig(BaseModel, frozen=True, extra="forbid"):
    """The networks that complete unprojected pictures to planes.

    Attributes:
        channels: C of the planes; the first three are colours as logits, the fourth density.
        side: R of the planes.
        widths: channels of the levels of the texture's and the front's network, finest first.
        side_width: channels of the networks of the two other planes.
    """

    channels: int = Field(16, ge=5)
    side: int = Field(128, ge=32)
    widths: tuple[int, ...] = (16, 32, 48, 64)
    side_width: int = 24
