"""The frames of all columns to one video, measured on the way where there are true frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from avatarartist_core.comparison.making import Sitter, picture_of
from avatarartist_core.comparison.plan import ComparePlan
from avatarartist_core.comparison.scores import Score, Scores, landmarks_in
from avatarartist_core.comparison.sheet import Sheet, squared
from avatarartist_core.comparison.truths import Truths
from avatarartist_core.data import Event, Motion, Picture
from avatarartist_core.interfaces import FaceFinder
from avatarartist_core.motion.video import VideoSource
from avatarartist_core.output.writer import open_writer
from avatarartist_core.running.events import Stage

MOST_MEASURED = 30
"""Frames that are compared with true ones, spread evenly: finding a face takes its time."""


@dataclass(frozen=True)
class Joined:
    """What joining found.

    Attributes:
        size: width and height of the video in pixels.
        scores: one a column, None where nothing is true.
        still: the score of the portrait that does not move.
        reference: what was measured against, in words; may be empty.
        notes: sentences for the user.
    """

    size: tuple[int, int]
    scores: tuple[Score | None, ...]
    still: Score | None
    reference: str
    notes: tuple[str, ...]


def join(
    plan: ComparePlan,
    sitters: Sequence[Sitter],
    files: Sequence[Path],
    shown: slice,
    motion: Motion,
    video: VideoSource | None,
    reference: VideoSource | None,
    finder: FaceFinder,
    overwrite: bool,
) -> Stage[Joined]:
    """Write the video.

    Args:
        plan: the comparison.
        sitters: the avatar of each column.
        files: the drawn frames of each column.
        shown: the frames of the motion that were drawn.
        motion: as tracked or loaded.
        video: the driving video, or None when the motion was authored.
        reference: true frames that the user gave, or None.
        finder: finds faces.
        overwrite: replace an output that is there.
    """
    config, side, total = plan.config, plan.config.size, shown.stop - shown.start
    avatars = [sitter.avatar for sitter in sitters]
    truths = Truths(avatars, motion, video, reference, finder, side, config.view)
    chosen = _spread(total) - {number - shown.start for number in truths.without}
    portrait = picture_of(avatars[0])
    still = None if portrait is None else squared(portrait, side)
    at_rest = landmarks_in(still, finder) if still is not None and truths.said else None
    before = [] if still is None else ["portrait"]
    labels = [*before, *truths.labels, *(column.label for column in plan.columns)]
    sheet, scores, still_scores = Sheet(labels, side), [Scores() for _ in sitters], Scores()
    writer = open_writer(
        config.output,
        size=sheet.size,
        fps=motion.fps,
        audio_from=video.path if video is not None and video.has_audio else None,
        overwrite=overwrite,
        total=total,
        keep_parts=False,
    )
    stage = "measure" if truths.said else "encode"
    yield Event(stage, 0, total)
    with ExitStack() as opened, writer:
        streams = [_frames(opened.enter_context(file.open("rb")), side) for file in files]
        for number, (beside, true) in enumerate(truths.frames(shown, chosen)):
            drawn = [next(stream) for stream in streams]
            writer.write(sheet.lay([*([] if still is None else [still]), *beside, *drawn]))
            for score, picture, truth in zip(scores, drawn, true, strict=True):
                if truth is not None:
                    score.add(picture, landmarks_in(picture, finder), truth)
            if still is not None and true[0] is not None:
                still_scores.add(still, at_rest, true[0])
            yield Event(stage, number + 1, total)
    return Joined(
        size=sheet.size,
        scores=tuple(score.mean() for score in scores),
        still=still_scores.mean(),
        reference=truths.said,
        notes=(*truths.notes, *writer.notes),
    )


def _frames(file: BinaryIO, side: int) -> Iterator[Picture]:
    """Read raw (side, side, 3) frames one by one."""
    while data := file.read(side * side * 3):
        yield np.frombuffer(data, np.uint8).reshape(side, side, 3)


def _spread(count: int) -> frozenset[int]:
    """Choose the frames that are measured."""
    spread = np.linspace(0, count - 1, min(count, MOST_MEASURED))
    return frozenset(int(number) for number in spread.round())
