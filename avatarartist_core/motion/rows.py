"""A motion as named columns of numbers in the units of motion files, and back."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Floats, Motion, Neutral
from avatarartist_core.errors import InputError
from avatarartist_core.motion import ARKIT
from avatarartist_core.motion.angles import angles_from_rotation, rotation_from_angles
from avatarartist_core.motion.gaze import gaze_from_coefficients
from avatarartist_core.motion.timing import LARGEST, Columns
from avatarartist_core.specs import MotionSpec

HEAD_ANGLES = ("headYaw", "headPitch", "headRoll")
HEAD_PLACE = ("headX", "headY", "headZ")
GAZE = ("gazeYaw", "gazePitch")
COLUMNS = (*ARKIT, *HEAD_ANGLES, *HEAD_PLACE, *GAZE)
"""Columns of our own files after ``time``; ``tracked`` closes the row. Angles are in degrees."""


@dataclass(frozen=True)
class Header:
    """What a file states once.

    Attributes:
        fps: frames a second, or None when only times tell it.
        name: name of the clip.
        topology: head model of the coefficients.
        neutral: values of ``COLUMNS`` at rest; missing ones are 0.
        identity: identity scores, or None.
    """

    fps: float | None = None
    name: str = ""
    topology: str = "anny-head"
    neutral: dict[str, float] = field(default_factory=dict)
    identity: tuple[float, ...] | None = None


def header_of(motion: Motion) -> Header:
    """Collect what is stated once of a motion."""
    rest = motion.neutral
    values = _values(
        rest.expression[None], rest.rotation[None], rest.translation[None], rest.gaze[None]
    )[0]
    neutral = {name: float(value) for name, value in zip(COLUMNS, values, strict=True) if value}
    identity = None if motion.identity is None else tuple(motion.identity.tolist())
    topology = motion.spec.topology or "anny-head"
    return Header(motion.fps, motion.name, topology, neutral, identity)


def values_of(motion: Motion) -> Floats:
    """Lay out (T, len(COLUMNS)) values."""
    return _values(motion.expression, motion.rotation, motion.translation, motion.gaze)


def motion_of(
    path: Path, columns: Columns, tracked: NDArray[np.bool_], header: Header, fps: float
) -> Motion:
    """Build a motion from columns; those that are missing are 0.

    Gaze without columns of its own is read off the eyeLook coefficients.

    Raises:
        InputError: not one column is known, or a coefficient is out of all bounds.
    """
    if not any(name in columns for name in COLUMNS):
        raise InputError(
            f"{path} has no column that is an ARKit coefficient or a head angle",
            "Columns are named like jawOpen, eyeBlinkLeft, headYaw; see the motion file reference.",
        )
    for name in ARKIT:
        check_range(path, name, columns.get(name))
    count = len(tracked)
    table = np.zeros((count, len(COLUMNS)), np.float32)
    for index, name in enumerate(COLUMNS):
        if name in columns:
            table[:, index] = columns[name]
    expression, rotation, translation, gaze = _parts(table)
    if not any(name in columns for name in GAZE):
        gaze = gaze_from_coefficients(expression)
    rest = np.array([[header.neutral.get(name, 0.0) for name in COLUMNS]], np.float32)
    identity = None if header.identity is None else np.array(header.identity, np.float32)
    return Motion(
        fps=fps,
        expression=expression,
        rotation=rotation,
        translation=translation,
        gaze=gaze,
        tracked=tracked,
        neutral=Neutral(*(part[0] for part in _parts(rest))),
        identity=identity,
        spec=MotionSpec(topology=header.topology),
        name=header.name or path.stem,
    )


def check_range(path: Path, name: str, values: NDArray[np.float64] | None) -> None:
    """Refuse values that are no coefficients, such as percents.

    Raises:
        InputError: a value is beyond what a face can do.
    """
    if values is not None and len(values) and (size := np.abs(values)).max() > LARGEST:
        row = int(size.argmax())
        raise InputError(
            f"{path}: {name} is {values[row]:g} in row {row + 1}",
            "Coefficients are fractions: 0 is rest, 1 the full movement.",
        )


def _values(expression: Floats, rotation: Floats, translation: Floats, gaze: Floats) -> Floats:
    angles = np.degrees(angles_from_rotation(rotation))
    return np.concatenate([expression, angles, translation, np.degrees(gaze)], axis=1)


def _parts(table: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    expression, angles, translation, gaze = np.split(table, [52, 55, 58], axis=1)
    return (
        expression,
        rotation_from_angles(np.radians(angles)),
        translation,
        np.radians(gaze),
    )
