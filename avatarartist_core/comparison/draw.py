"""Draws one column in a process of its own: ``python -m avatarartist_core.comparison.draw JOB``.

A fresh process makes renderers comparable: each pays for its own imports, and no memory or
compiled code of one serves the next. Frames go to a file as raw bytes, reports to stdout as lines
of JSON: ``{"done": 3}`` after a frame, and last the figures or the error.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from avatarartist_core.benchmarks.memory import device_peak, growth, peak_memory
from avatarartist_core.cameras import cameras_for
from avatarartist_core.compiled import place_compiled_code
from avatarartist_core.entries import RendererEntry
from avatarartist_core.errors import AvatarArtistError
from avatarartist_core.lazy import build, load
from avatarartist_core.running.device import check_device
from avatarartist_core.running.stages import frames_of
from avatarartist_core.storage import load_avatar, load_motion


@dataclass(frozen=True)
class Job:
    """What one column needs; plain values, since it crosses to another process.

    Attributes:
        avatar: its file.
        avatar_class: ``"package.module:Class"`` of the avatar.
        motion: file of the retargeted motion.
        name: of the renderer, for messages.
        factory: ``"package.module:Class"`` of the renderer.
        config: ``"package.module:Class"`` of its options.
        options: values of its options.
        device: where it runs.
        view: where the viewer stands.
        size: side of the frames in pixels.
        first: number of the first frame to draw.
        last: number after the last frame.
        frames: file that takes the frames, (size, size, 3) bytes each.
    """

    avatar: str
    avatar_class: str
    motion: str
    name: str
    factory: str
    config: str
    options: dict[str, Any]
    device: str
    view: str
    size: int
    first: int
    last: int
    frames: str


def draw(job: Job, told: Callable[[int], None]) -> dict[str, Any]:
    """Draw every frame of a job.

    Args:
        job: what to draw.
        told: called with the number of frames that are done.

    Returns:
        ``first``: seconds from the import of the renderer to its first frame; ``times``: seconds
        from there to each later frame; ``memory`` and ``device_memory`` in MiB, or None.
    """
    check_device(job.device)
    avatar = load_avatar(Path(job.avatar), load(job.avatar_class, "the avatar"))
    motion = load_motion(Path(job.motion))
    cameras = cameras_for(job.view, len(motion), motion.fps)
    shown = slice(job.first, job.last)
    place_compiled_code()
    held, began = peak_memory(), time.perf_counter()
    what = f"renderer {job.name!r}"
    entry = RendererEntry(job.name, what, job.factory, load(job.config, what))
    renderer = build(entry, entry.config.model_validate(job.options), job.device)
    stamps = []
    with Path(job.frames).open("wb") as file:
        frames = renderer.render(avatar, motion[shown], frames_of(cameras, shown), size=job.size)
        for done, frame in enumerate(frames, 1):
            stamps.append(time.perf_counter())
            file.write(frame.tobytes())
            told(done)
    return {
        "first": stamps[0] - began,
        "times": [stamp - stamps[0] for stamp in stamps[1:]],
        "memory": growth(held),
        "device_memory": device_peak(job.device),
    }


def main() -> None:
    """Read the job, draw it, and report on what was stdout when the process began."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides, and ends this process
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8") as channel:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints

        def tell(**values: Any) -> None:
            channel.write(json.dumps(values) + "\n")
            channel.flush()

        try:
            job = Job(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
            tell(made=draw(job, lambda done: tell(done=done)))
        except AvatarArtistError as error:
            tell(error={"kind": type(error).__name__, "said": str(error), "hint": error.hint})


def as_text(job: Job) -> str:
    """Write a job for ``main`` to read."""
    return json.dumps(asdict(job))


if __name__ == "__main__":
    main()
