"""Options of the ``facemesh`` motion encoder."""

from pydantic import BaseModel, Field


class FaceMeshConfig(BaseModel, frozen=True, extra="forbid"):
    """How faces are looked for and how a clip is smoothed."""

    threads: int = Field(2, ge=1, le=64, description="Threads of each network.")
    score: float = Field(0.5, gt=0, lt=1, description="Detector score a face needs.")
    presence: float = Field(0.5, gt=0, lt=1, description="Landmark score a face needs.")
    smoothing: float = Field(
        1.0,
        ge=0,
        le=10,
        description="Standard deviation of the temporal filter, frames at 25/s.",
    )
    identity_frames: int = Field(
        12, ge=1, le=64, description="Frames of a clip that its identity is fitted to."
    )
