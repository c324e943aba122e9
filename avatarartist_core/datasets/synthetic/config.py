"""Options of the portrait source ``synthetic``."""

from typing import Literal

from pydantic import BaseModel, Field


class SyntheticConfig(BaseModel, frozen=True, extra="forbid"):
    """What the heads look like and how they are seen."""

    side: int = Field(256, ge=32, le=1024, description="side of the picture in pixels")
    wild: float = Field(
        0.08, ge=0, le=1, description="share of heads with colours and skin that no person has"
    )
    framing: Literal["portrait", "aligned"] = Field(
        "portrait", description="the crop that prepare makes, or the tight one of the EG3D family"
    )
    yaw: float = Field(
        0.25,
        ge=0,
        le=0.6,
        description="spread of turns in radians; one head in six has 2.2 times it",
    )
    pitch: float = Field(0.12, ge=0, le=0.4, description="spread of nods in radians")
    roll: float = Field(0.06, ge=0, le=0.4, description="spread of leans in radians")
    hats: float = Field(0.08, ge=0, le=1, description="share of heads with a hat")
    glasses: float = Field(0.12, ge=0, le=1, description="share of heads with glasses")
    views: int = Field(1, ge=1, le=64, description="pictures of each person, one after another")
    view_yaw: float = Field(
        0.75, ge=0, le=1.05, description="most turn of every view but a person's first, radians"
    )
    view_pitch: float = Field(
        0.3, ge=0, le=0.5, description="most nod of every view but a person's first, radians"
    )
