"""Options of the portrait source ``folder``."""

from typing import Literal

from pydantic import BaseModel, Field

from avatarartist_core.defaults import DEFAULT_ENCODER


class FolderConfig(BaseModel, frozen=True, extra="forbid"):
    """How portraits are cut out of pictures, and which are good enough."""

    side: int = Field(256, ge=32, le=1024, description="side of the portrait in pixels")
    framing: Literal["portrait", "aligned"] = Field(
        "portrait", description="the crop that prepare makes, or the tight one of the EG3D family"
    )
    motion_encoder: str = Field(DEFAULT_ENCODER, description="what finds and measures the faces")
    least: int = Field(
        128, ge=32, description="pixels of the file's own that a side of the crop needs"
    )
    misfit: float = Field(
        0.06, gt=0, description="most distance of head model and landmarks in head units, rms"
    )
    force: bool = Field(False, description="take what does not look human, too")
