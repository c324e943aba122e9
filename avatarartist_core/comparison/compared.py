"""What a comparison found, told to people, to ``--json`` and to the record beside the video."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from avatarartist_core.benchmarks.memory import HOW as MEMORY_HOW
from avatarartist_core.comparison.alone import Speed
from avatarartist_core.comparison.scores import HOW as SCORES_HOW
from avatarartist_core.comparison.scores import Score

SPEED_HOW = (
    "each renderer in a process of its own, one after another; first: from its import to its first "
    "frame; frame: median over runs of 8 frames after that"
)


@dataclass(frozen=True)
class Drawn:
    """One column of a comparison.

    Attributes:
        label: what stands above it.
        renderer: name and every option.
        avatar: name of the generator whose avatar it drew, or ``"file"``.
        create: seconds from the prepared portrait to that avatar; None: it came from the file.
        speed: how fast it drew and what memory it took.
        score: how near it came to the true frames; None: there were none.
    """

    label: str
    renderer: dict[str, Any]
    avatar: str
    create: float | None
    speed: Speed
    score: Score | None


@dataclass(frozen=True)
class Compared:
    """The result of a comparison.

    Attributes:
        output: the video.
        record: the ``NAME.compare.toml`` beside it.
        frames: frames in it.
        fps: frames a second.
        size: width and height in pixels.
        columns: the renderers from left to right.
        reference: what the frames were measured against; empty: there was nothing true.
        still: how near the portrait that does not move comes to the same frames.
        seconds: time each stage took.
        notes: sentences for the user.
        versions: Python, the distributions that decide the pixels, and who brought each part.
    """

    output: Path
    record: Path
    frames: int
    fps: float
    size: tuple[int, int]
    columns: tuple[Drawn, ...]
    reference: str = ""
    still: Score | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return plain values for JSON, with a word on how each was measured."""
        how = {"speed": SPEED_HOW, "memory": MEMORY_HOW, "score": SCORES_HOW}
        return {
            **asdict(self),
            "output": str(self.output),
            "record": str(self.record),
            "how": how,
        }

    def as_record(self) -> dict[str, Any]:
        """Return plain values for TOML, which has no null: what happened, without the paths."""
        values = self.as_json()
        for name in ("output", "record", "how"):
            del values[name]
        return _without_none(values)


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(inner) for key, inner in value.items() if inner is not None}
    return [_without_none(inner) for inner in value] if isinstance(value, list | tuple) else value
