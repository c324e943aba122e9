"""Options of volume rendering, as plain values that need no torch."""

from typing import Literal, Self

from pydantic import BaseModel, Field, field_validator, model_validator

AUTHORS_AXES = "xy,xz,zx"
"""What the paper's networks were trained with: y is seen by the front plane only."""
EVERY_AXES = "xy,xz,zy"
"""Each pair of axes once."""


class VolumeConfig(BaseModel, frozen=True, extra="forbid"):
    """How rays are laid and sampled; the defaults are the paper's numbers.

    Attributes:
        resolution: rays along a side of the raw picture.
        pixels: where a ray passes through its pixel: ``"corners"`` (the authors' sampler) or
            ``"centres"`` (EG3D's).
        coarse: evenly spaced samples a ray.
        fine: samples a ray drawn where the coarse ones found matter.
        before: how far before the origin's distance the first sample lies, in world units.
        behind: how far behind it the last one lies.
        extent: half side of the cube the planes cover, in world units.
        axes: what each plane's columns and rows are, comma between planes.
        shared_bounds: distance and depth limits are those of the whole batch, as the authors have
            it, so that a frame depends on its batch; otherwise each sample has its own.
    """

    resolution: int = Field(128, ge=1)
    pixels: Literal["corners", "centres"] = "corners"
    coarse: int = Field(48, ge=4)
    fine: int = Field(48, ge=0)
    before: float = 0.45
    behind: float = 0.6
    extent: float = Field(0.5, gt=0)
    axes: str = AUTHORS_AXES
    shared_bounds: bool = False

    @field_validator("axes")
    @classmethod
    def _names_axes(cls, axes: str) -> str:
        parse_axes(axes)
        return axes

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        if self.before + self.behind <= 0:
            raise ValueError(f"before + behind is {self.before + self.behind}, must be above 0")
        return self


def parse_axes(axes: str) -> tuple[tuple[int, int], ...]:
    """Return, for each plane of ``"xy,xz,zx"``, which coordinate its columns and rows are.

    Raises:
        ValueError: a plane is not named by two different letters of x, y, z.
    """
    planes = axes.split(",")
    for plane in planes:
        if len(plane) != 2 or plane[0] == plane[1] or not set(plane) <= set("xyz"):
            raise ValueError(f"axes {axes!r} must be pairs of x, y, z like {AUTHORS_AXES!r}")
    return tuple(("xyz".index(plane[0]), "xyz".index(plane[1])) for plane in planes)
