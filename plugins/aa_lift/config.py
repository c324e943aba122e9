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

    design: Literal["auto", "sheet", "cutout"] = Field(
        "auto",
        description="sheet bends the background with the head, cutout moves the person over a "
        "filled background, auto cuts out where the person's mask is certain.",
    )
    yaw_limit: float = Field(
        30.0, gt=0, le=60, description="Largest turn from the portrait's own pose, degrees."
    )
    pitch_limit: float = Field(
        25.0, gt=0, le=45, description="Largest nod from the portrait's own pose, degrees."
    )
    supersampling: int = Field(2, ge=1, le=4, description="Samples along a pixel's side at edges.")
    workers: int = Field(2, ge=1, le=8, description="Frames drawn at the same time.")
