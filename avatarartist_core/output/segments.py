"""A video as segments that are each whole or absent, joined at the end without re-encoding."""

from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

from avatarartist_core.data import Picture
from avatarartist_core.output.codecs import Codec, SegmentEncoder
from avatarartist_core.output.parts import Parts, to_disk

LENGTH = 48
"""Frames in a segment: what a killed run loses at most."""

Join = Callable[[list[tuple[Path, int]], Path], None]
"""Makes the whole file from (segment, frames in it) and writes it to a path."""


class Segments:
    """Takes frames, keeps segments, joins them."""

    def __init__(
        self,
        parts: Parts,
        target: Path,
        codec: Codec,
        size: tuple[int, int],
        fps: Fraction,
        join: Join,
    ) -> None:
        self._parts, self._target, self._codec = parts, target, codec
        self._size, self._fps, self._join = size, fps, join
        self._encoder: SegmentEncoder | None = None
        self._unfinished = parts.folder / f"segment{codec.container}"
        self._segments = self._found()
        self.already = sum(count for _, count in self._segments)

    def put(self, frame: Picture) -> None:
        """Encode the next frame."""
        if self._encoder is None:
            self._encoder = SegmentEncoder(self._unfinished, self._codec, self._size, self._fps)
        self._encoder.add(frame)
        if self._encoder.count == LENGTH:
            self._close_segment()

    def finish(self) -> None:
        """Join the segments and put the file in its place."""
        if self._encoder is not None:
            self._close_segment()
        whole = self._parts.folder / f"whole{self._target.suffix.lower()}"
        self._join(self._segments, whole)
        to_disk(whole)
        whole.replace(self._target)
        self._parts.remove()

    def stop(self) -> None:
        """Leave whole segments for another run to go on from; leave nothing when there are none."""
        if self._encoder is not None:
            with suppress(Exception):
                self._encoder.abandon()
            self._unfinished.unlink(missing_ok=True)
        if self._segments:
            self._parts.release()
        else:
            self._parts.remove()

    def _close_segment(self) -> None:
        assert self._encoder is not None
        self._encoder.close()
        count = self._encoder.count
        name = f"{len(self._segments):06d}-{count:03d}{self._codec.container}"
        self._segments.append((self._parts.keep(self._unfinished, name), count))
        self._encoder = None

    def _found(self) -> list[tuple[Path, int]]:
        """Find the unbroken run of segments that an earlier run left."""
        found: list[tuple[Path, int]] = []
        for index, file in enumerate(self._parts.files(self._codec.container)):
            number, _, count = file.stem.partition("-")
            if int(number) != index or (found and found[-1][1] != LENGTH):
                file.unlink()
                continue
            found.append((file, int(count)))
        return found
