"""What a benchmark found, told to people and to ``--json``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from avatarartist_core.benchmarks.memory import HOW as MEMORY_HOW

VERSION = 1
HOW = (
    "load: import, build and weights; first: one frame alone, with all that is made once for an "
    "avatar; frame: wall time of the frames after that, drawn in one call, by their number; parts: "
    "forward hooks; GFLOP: two a multiply-add, matrix products, convolutions and attention as "
    "torch counts them, other kernels as their modules state; peak: best matrix product or "
    "convolution, measured before and after in the same process"
)


@dataclass(frozen=True)
class PartCost:
    """What one part takes in each frame.

    Attributes:
        name: of the part.
        seconds: without the parts inside it.
        gflop: arithmetic without the parts inside it; 0 where nothing could be counted.
        share: of the machine's peak, 1 is all of it; None where nothing could be counted.
    """

    name: str
    seconds: float
    gflop: float
    share: float | None

    @property
    def rate(self) -> float | None:
        """GFLOP/s, or None."""
        return self.gflop / self.seconds if self.gflop and self.seconds else None


@dataclass(frozen=True)
class Phase:
    """One frame, split into parts.

    Attributes:
        seconds: wall time.
        parts: those that ran, in the order of the renderer.
        sum: seconds of all parts; what is missing to the wall time lies outside of them.
    """

    seconds: float
    parts: tuple[PartCost, ...] = ()

    @property
    def sum(self) -> float:
        """Seconds of all parts."""
        return sum(part.seconds for part in self.parts)

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        parts = [{**asdict(part), "gflop_per_s": part.rate} for part in self.parts]
        return {"seconds": self.seconds, "sum": self.sum, "parts": parts}


@dataclass(frozen=True)
class Measured:
    """The result of ``aa bench renderer``.

    Attributes:
        renderer: name and every option.
        avatar: where the avatar comes from, in words.
        size: side of the frames in pixels.
        frames: drawn after the first.
        load: seconds to import and build the renderer and, where it names its parts, read weights.
        first: the first frame.
        following: each frame after it.
        memory: MiB above what the process held before the import, or None.
        device_memory: MiB that torch held on a CUDA device, or None.
        peak: GFLOP/s by operation.
        machine: processor, threads, device, torch.
        versions: what decides the pixels.
        notes: sentences for the user.
    """

    renderer: dict[str, Any]
    avatar: str
    size: int
    frames: int
    load: float
    first: Phase
    following: Phase
    memory: float | None
    device_memory: float | None
    peak: Mapping[str, float]
    machine: Mapping[str, object]
    versions: Mapping[str, str]
    notes: Sequence[str] = field(default_factory=tuple)

    @property
    def rate(self) -> float:
        """Frames a second after the first."""
        return 1 / self.following.seconds

    def as_json(self) -> dict[str, Any]:
        """Return plain values for JSON; ``--against`` reads them back."""
        return {
            "benchmark": "renderer",
            "version": VERSION,
            "renderer": self.renderer,
            "avatar": self.avatar,
            "size": self.size,
            "frames": self.frames,
            "load": self.load,
            "first": self.first.as_json(),
            "following": self.following.as_json(),
            "frames_per_second": self.rate,
            "memory": self.memory,
            "device_memory": self.device_memory,
            "peak": dict(self.peak),
            "machine": dict(self.machine),
            "versions": dict(self.versions),
            "notes": list(self.notes),
            "how": {"times": HOW, "memory": MEMORY_HOW},
        }
