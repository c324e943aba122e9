"""What a run is made of, as values that go to TOML and come back."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from avatarartist_core.defaults import DEFAULT_CLIP as DEFAULT_CLIP
from avatarartist_core.defaults import DEFAULT_ENCODER as DEFAULT_ENCODER
from avatarartist_core.defaults import DEFAULT_GENERATOR as DEFAULT_GENERATOR
from avatarartist_core.defaults import DEFAULT_HEAD as DEFAULT_HEAD
from avatarartist_core.defaults import DEFAULT_RENDERER as DEFAULT_RENDERER
from avatarartist_core.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from avatarartist_core.entries import Entry


class Choice(BaseModel):
    """A component by name, with that component's own options beside it."""

    model_config = ConfigDict(frozen=True, extra="allow")

    name: str

    def options_for(self, entry: Entry) -> BaseModel:
        """Validate the options against the component's config; every fault has a way out."""
        return validated(entry.config, self.model_extra or {}, entry.name)


class PrepareConfig(BaseModel):
    """Options of portrait preparation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    face: int | None = Field(None, ge=1, description="Which face, 1 is the largest; None: largest.")
    force: bool = Field(False, description="Go on with what does not look human.")
    resolution: int = Field(1024, ge=64, le=4096, description="Largest side of the crop, pixels.")
    margin: float = Field(1.85, gt=0.8, le=4.0, description="Half side of the crop, head units.")


class RetargetConfig(BaseModel):
    """How strongly a motion moves an avatar."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    expression: float = Field(1.0, ge=0, le=2, description="Factor on expression offsets.")
    rotation: float = Field(1.0, ge=0, le=2, description="Factor on head rotation.")
    translation: float = Field(0.6, ge=0, le=2, description="Factor on head translation.")
    neutral: Literal["auto", "clip", "first"] = Field(
        "auto",
        description="What the portrait's own face stands for: the frame of the clip that is "
        "most like it when there is one (auto), the clip's rest, or its first frame.",
    )


class RunConfig(BaseModel):
    """All that is needed to make the same video again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    portrait: Path
    motion: str = DEFAULT_CLIP
    output: Path | None = None
    generator: Choice = Choice(name=DEFAULT_GENERATOR)
    renderer: Choice = Choice(name=DEFAULT_RENDERER)
    motion_encoder: Choice = Choice(name=DEFAULT_ENCODER)
    transfer: Choice | None = None
    domain: str | None = None
    weights: str | None = None
    prepare: PrepareConfig = PrepareConfig()
    retarget: RetargetConfig = RetargetConfig()
    size: int = Field(512, ge=64, le=2048, description="Side of the frames in pixels.")
    view: str = Field("front", description="front, orbit or YAW,PITCH in degrees.")
    background: str = Field("keep", description="keep, transparent or a colour like #202830.")
    seed: int = Field(0, ge=0)
    device: str = "cpu"

    @field_validator("size")
    @classmethod
    def _even(cls, size: int) -> int:
        if size % 2:
            raise ValueError(f"must be even for video, try {size + 1}")
        return size

    @field_validator("view")
    @classmethod
    def _view(cls, view: str) -> str:
        view, number = view.replace(" ", ""), r"[-+]?\d+(\.\d+)?"
        if view in ("front", "orbit"):
            return view
        if not re.fullmatch(f"{number},{number}", view):
            raise ValueError("must be 'front', 'orbit' or 'YAW,PITCH' in degrees like '20,-5'")
        yaw, pitch = (float(angle) for angle in view.split(","))
        if abs(yaw) > 90 or abs(pitch) > 90:
            raise ValueError("a head is seen from at most 90 degrees to a side, up or down")
        return view

    @field_validator("background")
    @classmethod
    def _background(cls, background: str) -> str:
        if background in ("keep", "transparent"):
            return background
        from PIL import ImageColor

        try:
            ImageColor.getrgb(background)
        except ValueError:
            raise ValueError(
                "must be 'keep', 'transparent' or a colour like '#202830' or 'white'"
            ) from None
        return background

    def to_toml(self) -> str:
        """Write every value, defaults too; None is left out."""
        import tomli_w

        return tomli_w.dumps(self.model_dump(mode="json", exclude_none=True))

    @classmethod
    def from_toml(cls, text: str) -> Self:
        """Read what ``to_toml`` wrote."""
        return cls.model_validate(tomllib.loads(text))


def validated(model: type[BaseModel], values: dict[str, Any], name: str) -> BaseModel:
    """Build ``model`` from ``values``; faults name the option, its value and what would do.

    Raises:
        UsageError: an option is unknown or holds a wrong value; every fault is listed.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        known = ", ".join(model.model_fields) or "none"
        raise UsageError(
            "; ".join(described(error, model, name)), hint=f"Options of {name}: {known}."
        ) from None


def described(
    error: ValidationError, model: type[BaseModel], name: str, what: str = "option"
) -> Iterator[str]:
    """Put the faults of values into words, each with the option, its value and what would do.

    Args:
        error: what pydantic raised.
        model: what the values were for.
        name: whose options they are.
        what: what an option is called there.
    """
    for fault in error.errors():
        option = ".".join(str(part) for part in fault["loc"])
        said = fault["msg"].removeprefix("Value error, ")
        if fault["type"] == "extra_forbidden":
            yield f"{name!r} has no {what} {option!r}{_nearest(fault['loc'], model)}"
        elif fault["type"] == "missing":
            yield f"{name!r} lacks the {what} {option!r}"
        else:
            yield f"{name} {option} = {fault['input']!r}: {said[:1].lower()}{said[1:]}"


def _nearest(place: tuple[int | str, ...], model: type[BaseModel]) -> str:
    """Suggest the option that was meant, in the table that it was written in."""
    table: Any = model
    for part in place[:-1]:
        table = getattr(getattr(table, "model_fields", {}).get(part), "annotation", None)
        if not (isinstance(table, type) and issubclass(table, BaseModel)):
            return ""
    return did_you_mean(str(place[-1]), table.model_fields)
