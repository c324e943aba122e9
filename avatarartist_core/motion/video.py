"""The one way in for driving videos: any container, an animated picture, a still, a folder."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from pathlib import Path

from avatarartist_core.data import Picture
from avatarartist_core.errors import InputError
from avatarartist_core.motion import container, stills
from avatarartist_core.motion.resample import constant_rate

LARGEST_SIDE = 1280
"""Frames with a larger side are scaled down to it: tracking gains nothing from more."""


@dataclass(frozen=True)
class VideoSource:
    """A video that can be read from its start as often as needed; frames are not kept.

    Iterating yields upright (H, W, 3) uint8 RGB at the constant rate ``fps``; a clip of varying
    rate is resampled on its time stamps to its average rate.

    Attributes:
        path: file or folder.
        fps: exact frames a second.
        total: frames to come as far as the file says; the truth may differ a little. None: unknown.
        size: (width, height) of the frames.
        has_audio: whether there is a sound track.
        frame_limit: frames after which iterating stops, or None.
        largest_side: limit of the sides of the frames.
        notes: sentences about damage, filled while iterating.
    """

    path: Path
    fps: Fraction
    total: int | None
    size: tuple[int, int]
    has_audio: bool = False
    frame_limit: int | None = None
    largest_side: int = LARGEST_SIDE
    notes: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Frames a second as a float."""
        return float(self.fps)

    def __iter__(self) -> Iterator[Picture]:
        """Decode from the start.

        Raises:
            InputError: not one frame can be decoded.
        """
        return islice(constant_rate(self._stamped(), self.fps), self.frame_limit)

    def _stamped(self) -> Iterator[tuple[float, Picture]]:
        self.notes.clear()
        if self.path.is_dir():
            yield from stills.folder_frames(stills.pictures_in(self.path), self.largest_side)
        elif self.path.suffix.lower() in stills.SUFFIXES:
            yield from stills.animated_frames(self.path, self.largest_side)
        else:
            with container.opened(self.path) as (file, stream):
                yield from container.stamped_frames(file, stream, self.largest_side, self.notes)


def open_video(
    path: Path | str, *, frame_limit: int | None = None, largest_side: int = LARGEST_SIDE
) -> VideoSource:
    """Look at a video without reading it through.

    Args:
        path: a media file, a picture, or a folder of pictures.
        frame_limit: read no more frames than this.
        largest_side: scale frames down to this many pixels on their larger side.

    Raises:
        InputError: it is missing, empty, damaged from the start, or no video.
    """
    path = Path(path)
    if not path.exists():
        raise InputError(f"{path} does not exist", "Check the spelling of the path.")
    if path.is_dir():
        facts = _folder_facts(path)
    elif not path.stat().st_size:
        raise InputError(f"{path} is empty", "Give a video that shows a face.")
    elif path.suffix.lower() in stills.SUFFIXES:
        facts = container.Facts(*stills.animated_rate(path), has_audio=False)
    else:
        facts = container.read_facts(path)
    total = facts.total
    if frame_limit is not None:
        total = frame_limit if total is None else min(total, frame_limit)
    return VideoSource(
        path=path,
        fps=facts.fps,
        total=total,
        size=_limited(facts.size, largest_side),
        has_audio=facts.has_audio,
        frame_limit=frame_limit,
        largest_side=largest_side,
    )


def _folder_facts(folder: Path) -> container.Facts:
    files = stills.pictures_in(folder)
    if not files:
        raise InputError(
            f"{folder} holds no pictures", f"Frames of a folder are {', '.join(stills.SUFFIXES)}."
        )
    _, _, size = stills.animated_rate(files[0])
    return container.Facts(stills.STILL_RATE, len(files), size, has_audio=False)


def _limited(size: tuple[int, int], largest_side: int) -> tuple[int, int]:
    factor = min(1.0, largest_side / max(size))
    width, height = (max(1, round(side * factor)) for side in size)
    return width, height
