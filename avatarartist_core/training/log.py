"""The log of a run: a line of JSON for every few steps, each step once however often it was killed.

TensorBoard gets the same scalars and pictures where it is installed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from avatarartist_core.data import Picture

LOG = "log.jsonl"
PICTURES = "pictures"
TENSORBOARD = "tensorboard"


class RunLog:
    """Writes scalars and pictures of a run.

    Args:
        home: folder of the run.
        step: steps done; lines of later steps are dropped, for they are done again.
    """

    def __init__(self, home: Path, step: int) -> None:
        self._home = home
        path = home / LOG
        kept = [line for line in read_log(home) if line["step"] <= step]
        text = "".join(json.dumps(line) + "\n" for line in kept)
        draft = path.with_suffix(".part")
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
        self._stream = path.open("a", encoding="utf-8")
        self._board = _board(home, step)

    def write(self, step: int, scalars: Mapping[str, float], **facts: Any) -> None:
        """Add a line; ``facts`` go to the file only."""
        self._stream.write(json.dumps({"step": step, **facts, **scalars}) + "\n")
        self._stream.flush()
        if self._board:
            for name, value in scalars.items():
                self._board.add_scalar(name.replace(".", "/", 1), value, step)

    def picture(self, step: int, name: str, picture: Picture) -> Path:
        """Write ``pictures/NAME-STEP.png``, and the same to TensorBoard."""
        path = self._home / PICTURES / f"{name}-{step:08d}.png"
        path.parent.mkdir(exist_ok=True)
        _, png = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
        draft = path.with_suffix(".part")
        draft.write_bytes(png.tobytes())
        draft.replace(path)
        if self._board:
            self._board.add_image(name, picture, step, dataformats="HWC")
        return path

    def close(self) -> None:
        """Close the files."""
        self._stream.close()
        if self._board:
            self._board.close()


def read_log(home: Path) -> list[dict[str, Any]]:
    """Read the lines of a run's log; a last line that was cut off is left out."""
    path = home / LOG
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            lines.append(json.loads(line))
        except ValueError:
            break
    return lines


class Means:
    """Adds up scalars until they are asked for."""

    def __init__(self, sums: Mapping[str, list[float]] | None = None) -> None:
        self.sums: dict[str, list[float]] = {k: list(v) for k, v in (sums or {}).items()}
        """Sum and count by name; plain values, so that they outlive a kill."""

    def add(self, scalars: Mapping[str, float]) -> None:
        """Count one more of each."""
        for name, value in scalars.items():
            total = self.sums.setdefault(name, [0.0, 0])
            total[0] += value
            total[1] += 1

    def take(self) -> dict[str, float]:
        """Return the means and begin anew."""
        means = {name: total / count for name, (total, count) in self.sums.items()}
        self.sums = {}
        return means


def sheet(rows: list[list[Picture]]) -> Picture:
    """Lay out rows of equally large pictures."""
    return np.concatenate([np.concatenate(row, 1) for row in rows], 0)


def _board(home: Path, step: int) -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        return None
    return SummaryWriter(str(home / TENSORBOARD), purge_step=step + 1)
