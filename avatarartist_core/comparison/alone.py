"""Starts the process that draws one column, and turns its reports into events and figures."""

from __future__ import annotations

import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from avatarartist_core import errors
from avatarartist_core.comparison.draw import Job, as_text
from avatarartist_core.data import Event
from avatarartist_core.errors import AvatarArtistError
from avatarartist_core.running.events import Stage

RUN = 8
"""Frames whose time is averaged before the median is taken: renderers draw several at once."""


@dataclass(frozen=True)
class Speed:
    """How fast one renderer drew, and what it held.

    Attributes:
        first: seconds from the import of the renderer to its first frame.
        frame: seconds a frame after that, the median over runs of ``RUN`` frames; None: no more.
        rate: frames a second after the first, all of them; None: there was one alone.
        memory: MiB of memory above what its process held before the import; None: unknown.
        device_memory: MiB that torch held on a CUDA device; None on others.
    """

    first: float
    frame: float | None
    rate: float | None
    memory: float | None
    device_memory: float | None


def draw_alone(job: Job, label: str, folder: Path) -> Stage[Speed]:
    """Draw a column in a process of its own; closing the stage ends the process.

    Raises:
        AvatarArtistError: what the renderer raised, or the process ended without an answer.
    """
    file = folder / "job.json"
    file.write_text(as_text(job), encoding="utf-8")
    stage, total = f"render {label}", job.last - job.first
    yield Event(stage, 0, total)
    command = [sys.executable, "-P", "-m", "avatarartist_core.comparison.draw", str(file)]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=said, text=True, env=environ
        ) as process,
    ):
        try:
            assert process.stdout is not None
            answer: dict[str, Any] = {}
            for line in process.stdout:
                answer = json.loads(line)
                if "done" in answer:
                    yield Event(stage, answer["done"], total)
            process.wait()
        finally:
            process.kill()
        if "made" not in answer:
            raise _error(answer, label, said)
    return _speed(answer["made"])


def _speed(made: dict[str, Any]) -> Speed:
    times: list[float] = made["times"]
    return Speed(
        first=round(made["first"], 3),
        frame=round(_typical(times), 5) if times else None,
        rate=round(len(times) / times[-1], 2) if times else None,
        memory=made["memory"],
        device_memory=made["device_memory"],
    )


def _typical(times: Sequence[float]) -> float:
    """Return the median time a frame over runs of frames; ``times`` count from the first frame."""
    ends = [0.0, *times][::RUN]
    if len(ends) < 2:
        return times[-1] / len(times)
    return statistics.median((end - start) / RUN for start, end in itertools.pairwise(ends))


def _error(answer: dict[str, Any], label: str, said: IO[str]) -> AvatarArtistError:
    """Bring an error over from the other process."""
    if told := answer.get("error"):
        kind = getattr(errors, told["kind"], AvatarArtistError)
        return kind(told["said"], told["hint"])
    said.seek(0)
    last = ([line for line in said.read().splitlines() if line.strip()] or ["it said nothing"])[-1]
    return AvatarArtistError(
        f"the process that drew {label!r} ended early: {last.strip()}",
        "Draw with this renderer alone: aa run PORTRAIT --renderer NAME --debug",
    )
