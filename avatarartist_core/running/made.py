"""What a run made, told to people, to ``--json`` and to the record beside the output."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from avatarartist_core.data import Motion, Portrait


@dataclass(frozen=True)
class Made:
    """The result of a stage or of a whole run.

    Attributes:
        output: the file or folder.
        record: the ``NAME.run.toml`` beside it, or None.
        frames: frames in it; 0 for an avatar.
        fps: frames a second; 0 for an avatar.
        size: side of the frames in pixels; 0 where there are none.
        seconds: time each stage took.
        face: what was found in the portrait (score, humanness, box), empty when none was read.
        untracked: first and last number of each run of frames that show no face, from 1.
        notes: sentences for the user.
        versions: Python, the distributions that decide the pixels, and who brought each part.
    """

    output: Path
    record: Path | None = None
    frames: int = 0
    fps: float = 0.0
    size: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    face: dict[str, Any] = field(default_factory=dict)
    untracked: tuple[tuple[int, int], ...] = ()
    notes: tuple[str, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def total_seconds(self) -> float:
        """Time from the first stage to the last; stages that overlapped count once."""
        return self.seconds.get("total", 0.0)

    def as_record(self) -> dict[str, Any]:
        """Return plain values for the record: what happened, without the paths."""
        values = asdict(self)
        del values["output"], values["record"], values["size"]
        return {key: value for key, value in values.items() if value not in ({}, ())}

    def as_json(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {**asdict(self), "output": str(self.output), "record": _text(self.record)}


def face_facts(portrait: Portrait) -> dict[str, Any]:
    """Tell what was found: scores, and the crop's corners in pixels of the upright file."""
    side = float(portrait.picture.shape[0])
    corners = np.array([[0, 0, 1], [side, side, 1]], np.float32) @ portrait.to_file.T
    return {
        "score": round(float(portrait.score), 4),
        "humanness": round(float(portrait.humanness), 4),
        "crop": [round(float(value), 1) for value in corners.ravel()],
        "side": int(side),
    }


def untracked_runs(motion: Motion) -> tuple[tuple[int, int], ...]:
    """List first and last number, from 1, of each run of frames where no face was seen."""
    lost = np.concatenate([[False], ~motion.tracked, [False]])
    edges = np.flatnonzero(np.diff(lost.astype(np.int8)))
    return tuple((int(first) + 1, int(last)) for first, last in edges.reshape(-1, 2))


def untracked_note(runs: tuple[tuple[int, int], ...], shown: int = 6) -> str:
    """Say in which frames the pose was held, or return an empty string."""
    if not runs:
        return ""
    said = [str(first) if first == last else f"{first}-{last}" for first, last in runs[:shown]]
    more = f" and {len(runs) - shown} more runs" if len(runs) > shown else ""
    frames = "frame" if runs[0][0] == runs[-1][1] else "frames"
    return f"no face in {frames} {', '.join(said)}{more}: the last pose was held"


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
