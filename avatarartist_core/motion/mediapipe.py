"""JSON captures of MediaPipe's face landmarker: blendshape scores and a head matrix a frame."""

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import CAMERA_DISTANCE, NECK, Motion
from avatarartist_core.errors import InputError
from avatarartist_core.motion import ARKIT
from avatarartist_core.motion.angles import angles_from_rotation
from avatarartist_core.motion.captured import captured
from avatarartist_core.motion.rows import HEAD_ANGLES, HEAD_PLACE
from avatarartist_core.motion.timing import Columns, steady

SCORES = ("blendshapes", "faceblendshapes", "face_blendshapes")
MATRICES = ("matrix", "facialtransformationmatrixes", "facial_transformation_matrixes")
TIMES = {"time": 1.0, "timestamp": 1.0, "timestamp_ms": 1e-3, "timestampms": 1e-3}
"""Seconds in one unit of each key that can state a time."""

CENTIMETRES = 10.0
"""Centimetres, which the matrices count in, in one head unit."""


def is_capture(frames: list[dict[str, Any]]) -> bool:
    """Tell such a file from our own: its scores are grouped under a key."""
    return any(_find(frame, SCORES) is not None for frame in frames)


def motion_of_frames(path: Path, content: dict[str, Any], frames: list[dict[str, Any]]) -> Motion:
    """Build a motion; frames without scores repeat the one before.

    Raises:
        InputError: a score or matrix is no finite number, or no frame has scores.
    """
    scores = [_scores(_find(frame, SCORES), path, row) for row, frame in enumerate(frames)]
    seen = np.array([bool(named) for named in scores])
    if not seen.any():
        raise InputError(f"{path} holds no frame in which a face was seen", "Record it again.")
    held = np.maximum.accumulate(np.where(seen, np.arange(len(frames)), -1))
    held[held < 0] = int(np.argmax(seen))
    columns: Columns = {
        name: np.array([scores[row].get(name, 0.0) for row in held])
        for name in ARKIT
        if any(name in named for named in scores)
    }
    matrices = [_matrix(_find(frames[row], MATRICES), path, int(row)) for row in held]
    placed = [matrix for matrix in matrices if matrix is not None]
    if len(placed) == len(matrices):
        columns |= _head(np.stack(placed))
    columns["tracked"] = seen.astype(np.float64)
    rate = content.get("fps")
    if rate is not None and not (isinstance(rate, int | float) and math.isfinite(rate)):
        raise InputError(f"{path}: fps is {rate!r}, not a number", "Mend the fps.")
    fps, columns = steady(path, _times(frames), rate, columns)
    tracked = columns.pop("tracked") > 0.5
    return captured(path, columns, tracked, fps)


def _head(matrices: NDArray[np.float64]) -> Columns:
    """Turn (T, 4, 4) face-to-camera matrices into head columns, places from the clip's median."""
    scaled = matrices[:, :3, :3]
    rotation = scaled / np.cbrt(np.linalg.det(scaled))[:, None, None]
    angles = np.degrees(angles_from_rotation(rotation.astype(np.float32)).astype(np.float64))
    neck = matrices[:, :3, 3] / CENTIMETRES + rotation @ np.array(NECK)
    depth = np.maximum(-neck[:, 2], 1e-3)
    distance = np.median(depth)
    place = np.stack(
        [
            neck[:, 0] * distance / depth,
            neck[:, 1] * distance / depth,
            CAMERA_DISTANCE * (1 - depth / distance),
        ],
        1,
    )
    place -= np.median(place, axis=0)
    columns = dict(zip(HEAD_ANGLES, angles.T, strict=True))
    return columns | dict(zip(HEAD_PLACE, place.T, strict=True))


def _scores(value: object, path: Path, row: int) -> dict[str, float]:
    """Read {name: score}, or a list of categories, however deep it is wrapped."""
    first = value[0] if isinstance(value, list) and value else None
    if isinstance(first, list) or (isinstance(first, dict) and "categories" in first):
        return _scores(first, path, row)
    if isinstance(value, dict) and isinstance(value.get("categories"), list):
        return _scores(value["categories"], path, row)
    if isinstance(value, list):
        value = {_category(entry): entry.get("score") for entry in value if isinstance(entry, dict)}
    if not isinstance(value, dict):
        return {}
    for name, score in value.items():
        if not isinstance(score, int | float) or not math.isfinite(score):
            raise InputError(
                f"{path} frame {row + 1}: {name} is {score!r}, not a finite number",
                "Mend that frame.",
            )
    return {str(name): float(score) for name, score in value.items()}


def _category(entry: dict[str, Any]) -> str:
    names = ("categoryName", "category_name", "name", "displayName")
    return str(next((entry[name] for name in names if entry.get(name)), ""))


def _matrix(value: object, path: Path, row: int) -> NDArray[np.float64] | None:
    """Read 4x4 in either order; the last row of a placed head is 0 0 0 1."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        value = value[0]
    if isinstance(value, dict):
        value = value.get("data")
    if value is None or value == []:
        return None
    try:
        matrix = np.array(value, np.float64).reshape(4, 4)
    except (ValueError, TypeError):
        matrix = np.full((4, 4), np.nan)
    if not np.isfinite(matrix).all() or np.linalg.det(matrix[:3, :3]) <= 0:
        raise InputError(
            f"{path} frame {row + 1}: its matrix is not a 4x4 of finite numbers",
            "Mend that frame.",
        )
    is_transposed = not matrix[:3, 3].any() and matrix[3, :3].any()
    return matrix.T if is_transposed else matrix


def _times(frames: list[dict[str, Any]]) -> NDArray[np.float64] | None:
    for key, unit in TIMES.items():
        values = [_find(frame, (key,)) for frame in frames]
        if all(isinstance(value, int | float) for value in values):
            return np.array(values, np.float64) * unit
    return None


def _find(frame: dict[str, Any], keys: tuple[str, ...]) -> Any:
    return next((value for key, value in frame.items() if key.lower() in keys), None)
