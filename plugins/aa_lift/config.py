"""Options of the ``lift`` generator and the ``layers`` renderer."""

from typing import Literal

from pydantic import BaseModel, Field


class LiftConfig(BaseModel, frozen=True, extra="forbid"):
    """How a portrait is bound to the head model."""

    teeth: Literal["auto", "own", "drawn"] = Field(
        "auto",
        description="Teeth: the portrait's own where it shows them (auto, own) or always drawn.",
    )


class LayersConfig(BaseModel, frozen=True, extra="forbid"):
    """How the layers are drawn."""

    background: Literal["auto", "bend"] = Field(
        "auto",
        description="auto lets the person move over a filled background where the mask of the "
        "person can be trusted; bend always bends the background with the head.",
    )
    yaw_limit: float = Field(
        30.0, gt=0, le=60, description="Largest turn from the portrait's own pose, degrees."
    )
    pitch_limit: float = Field(
        25.0, gt=0, le=45, description="Largest nod from the portrait's own pose, degrees."
    )
    supersampling: int = Field(2, ge=1, le=4, description="Samples along a pixel's side at edges.")
    workers: int = Field(2, ge=1, le=8, description="Frames drawn at the same time.")
