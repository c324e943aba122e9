"""Motion as JSON: an object a frame, what is stated once beside them."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from avatarartist_core.data import Motion
from avatarartist_core.errors import InputError
from avatarartist_core.motion import mediapipe
from avatarartist_core.motion.csv_file import FORMAT, KNOWN, header_from
from avatarartist_core.motion.rows import COLUMNS, header_of, motion_of, values_of
from avatarartist_core.motion.timing import steady


def write_json(motion: Motion) -> str:
    """Lay out a motion as text, zeros left out; residual and embedding are left out too."""
    header = header_of(motion)
    frames = []
    rows = zip(values_of(motion).tolist(), motion.tracked.tolist(), strict=True)
    for index, (values, tracked) in enumerate(rows):
        named = {
            name: float(f"{value:.7g}")
            for name, value in zip(COLUMNS, values, strict=True)
            if value
        }
        time = {"time": float(f"{index / motion.fps:.9g}")}
        frames.append(json.dumps(time | named | ({} if tracked else {"tracked": False})))
    stated = {
        "format": FORMAT,
        "fps": header.fps,
        "name": header.name,
        "topology": header.topology,
        "neutral": header.neutral,
        "identity": header.identity,
    }
    head = json.dumps(stated, indent=1).removesuffix("\n}")
    return head + ',\n "frames": [\n  ' + ",\n  ".join(frames) + "\n ]\n}\n"


def read_json(path: Path, text: str) -> Motion:
    """Read our own JSON or one with MediaPipe's blendshapes.

    Raises:
        InputError: it is neither, or a value is no finite number.
    """
    try:
        content: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{path} is not JSON: {str(error)[:1].lower()}{str(error)[1:]}",
            "The file may be cut off; save it again.",
        ) from error
    if isinstance(content, list):
        content = {"frames": content}
    frames = content.get("frames") if isinstance(content, dict) else None
    if not isinstance(frames, list) or not all(isinstance(frame, dict) for frame in frames):
        raise InputError(
            f"{path} has no list of frames", 'Expected {"fps": 25, "frames": [{...}, ...]}.'
        )
    if not frames:
        raise InputError(f"{path} holds no frames", "Save it with at least one frame.")
    if mediapipe.is_capture(frames):
        return mediapipe.motion_of_frames(path, content, frames)
    return _own(path, content, frames)


def _own(path: Path, content: dict[str, Any], frames: list[dict[str, Any]]) -> Motion:
    neutral = content.get("neutral")
    stated = {key: value for key, value in content.items() if key not in ("frames", "neutral")}
    if isinstance(neutral, dict):
        stated |= {f"neutral.{name}": value for name, value in neutral.items()}
    header = header_from(path, stated)
    columns = {
        name: np.zeros(len(frames))
        for name in {KNOWN.get(key.lower()) for frame in frames for key in frame} - {None}
        if name is not None
    }
    has_time = sum("time" in frame for frame in frames)
    tracked = np.ones(len(frames), bool)
    for row, frame in enumerate(frames):
        for key, value in frame.items():
            name = KNOWN.get(key.lower())
            if name is not None:
                columns[name][row] = number(path, value, name, row)
        tracked[row] = bool(frame.get("tracked", True))
    times = columns.pop("time", None)
    columns["tracked"] = tracked.astype(np.float64)
    fps, columns = steady(path, times if has_time == len(frames) else None, header.fps, columns)
    tracked = columns.pop("tracked") > 0.5
    return motion_of(path, columns, tracked, header, fps)


def number(path: Path, value: object, name: str, row: int) -> float:
    """Check one number.

    Raises:
        InputError: naming frame and column.
    """
    if isinstance(value, int | float) and math.isfinite(value):
        return float(value)
    raise InputError(
        f"{path} frame {row + 1}: {name} is {value!r}, not a finite number", "Mend that frame."
    )
