"""What an avatar is and what a renderer reads, as plain values that compare without torch."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class AvatarSpec:
    """What a generator makes. A field left None in what a renderer accepts may hold anything.

    Attributes:
        representation: ``"layers"``, ``"triplane"`` or a third party's own word.
        topology: head model the motion is expressed on: ``"anny-head"``, ``"faceverse-v3"``.
        channels: features per plane, for triplanes.
        resolution: side of a plane in texels, for triplanes.
        axes: name of the plane axes convention, for triplanes.
        extent: half side of the rendered cube in the renderer's units, for triplanes.
        face_box: (left, top, right, bottom) of the face window in the front plane, as shares of its
            side; rows grow with y.
    """

    representation: str | None = None
    topology: str | None = None
    channels: int | None = None
    resolution: int | None = None
    axes: str | None = None
    extent: float | None = None
    face_box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class MotionSpec:
    """What a motion encoder provides.

    Attributes:
        topology: head model the coefficients belong to.
        embedding: name of the implicit embedding, or None when there is none.
    """

    topology: str | None = None
    embedding: str | None = None


def misfits(given: AvatarSpec | MotionSpec, wanted: AvatarSpec | MotionSpec) -> list[str]:
    """List, field by field, where ``given`` is not what ``wanted`` asks for (empty: it fits)."""
    faults = []
    for field in fields(wanted):
        need, have = getattr(wanted, field.name), getattr(given, field.name)
        if need is not None and have != need:
            faults.append(f"{field.name} is {have!r}, needs {need!r}")
    return faults
