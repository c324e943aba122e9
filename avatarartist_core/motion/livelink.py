"""CSV files of the Live Link Face app, read as it writes them."""

import math
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Motion
from avatarartist_core.errors import InputError
from avatarartist_core.motion import ARKIT
from avatarartist_core.motion.captured import captured
from avatarartist_core.motion.timing import Columns, steady

TIMECODE_BASES = (24, 25, 30, 50, 60)
ANGLES = {"headyaw": ("headYaw", 1), "headpitch": ("headPitch", 1), "headroll": ("headRoll", -1)}
"""Our column and the sign of it for each head angle of the app, which are radians."""


def is_header(names: Sequence[str]) -> bool:
    """Tell the app's header from any other by its first two columns."""
    lowered = [name.lower() for name in names]
    return lowered[:1] == ["timecode"] and "blendshapecount" in lowered


def motion_of_rows(path: Path, names: list[str], rows: list[list[str]]) -> Motion:
    """Build a motion from the app's header and rows.

    The frames in which the app saw no face (a blendshape count of 0) repeat the one before.

    Raises:
        InputError: a cell or a timecode cannot be read.
    """
    lowered = [name.lower() for name in names]
    counts = lowered.index("blendshapecount")
    seen = np.array([len(row) == len(names) and row[counts].strip() != "0" for row in rows])
    if not seen.any():
        raise InputError(f"{path} holds no frame in which a face was seen", "Record it again.")
    held = np.maximum.accumulate(np.where(seen, np.arange(len(rows)), -1))
    held[held < 0] = int(np.argmax(seen))
    columns: Columns = {}
    for name, place in _places(lowered).items():
        cells = np.array(
            [_number(path, row[place], name, line) if found else 0.0
             for line, (row, found) in enumerate(zip(rows, seen, strict=True), 2)]
        )  # fmt: skip
        columns[name] = cells[held]
    for name, sign in ANGLES.values():
        if name in columns:
            columns[name] = np.degrees(np.unwrap(columns[name])) * sign
    columns["tracked"] = seen.astype(np.float64)
    fps, columns = steady(path, _times(path, [row[0] for row in rows]), None, columns)
    tracked = columns.pop("tracked") > 0.5
    return captured(path, columns, tracked, fps)


def _places(lowered: list[str]) -> dict[str, int]:
    ours = {name.lower(): name for name in ARKIT} | {key: ANGLES[key][0] for key in ANGLES}
    return {ours[name]: place for place, name in enumerate(lowered) if name in ours}


def _number(path: Path, cell: str, name: str, line: int) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(
            f"{path} line {line}: {name} is {cell!r}, not a finite number", "Export it again."
        )
    return value


def _times(path: Path, timecodes: list[str]) -> NDArray[np.float64]:
    """Turn HH:MM:SS:FF.fff into seconds; the frames in a second show the base of the clock.

    A recording past midnight goes on counting.
    """
    seconds, frames = np.empty(len(timecodes)), np.empty(len(timecodes))
    for row, timecode in enumerate(timecodes):
        fields = re.fullmatch(r"(\d+):(\d+):(\d+)[:;](\d+(?:\.\d+)?)", timecode.strip())
        if not fields:
            raise InputError(
                f"{path} line {row + 2}: timecode is {timecode!r}, not HH:MM:SS:FF.fff",
                "Export it again.",
            )
        hours, minutes, whole, frame = (float(part) for part in fields.groups())
        seconds[row], frames[row] = hours * 3600 + minutes * 60 + whole, frame
    bases = TIMECODE_BASES if len(set(seconds)) > 1 else (30, 60)
    base = next((base for base in bases if frames.max() < base), 60)
    times = seconds + frames / base
    return times + 86400.0 * np.cumsum(np.diff(times, prepend=times[0]) < -43200)
