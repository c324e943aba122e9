"""The one way out for frames: encoded in the background, renamed into place when whole."""

from __future__ import annotations

import queue
import shutil
import threading
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import av
import av.error
import numpy as np

from avatarartist_core.data import Picture
from avatarartist_core.errors import OutputError, UsageError
from avatarartist_core.output.codecs import H264, LOSSLESS, VP9, VP9_ALPHA
from avatarartist_core.output.film import join_film
from avatarartist_core.output.formats import Format, format_of
from avatarartist_core.output.gif import join_gif
from avatarartist_core.output.parts import Parts, reason
from avatarartist_core.output.pictures import PictureFolder, SinglePicture, check_replaceable
from avatarartist_core.output.segments import LENGTH, Segments
from avatarartist_core.rates import exact_rate

WAITING = 4
"""Frames that wait for the encoder before ``write`` waits too."""


class Sink(Protocol):
    """Where frames go; every method is called in order, ``put`` in the background."""

    already: int

    def put(self, frame: Picture) -> None:
        """Take the next frame."""

    def finish(self) -> None:
        """Make the output whole and put it in its place."""

    def stop(self) -> None:
        """Keep what another run can go on from."""


class Writer:
    """An output being written. Use it as a context: left without error, the output is whole.

    An exception (Ctrl-C too) leaves nothing under the final name; parts stay for ``resume``.

    Attributes:
        path: final name.
        already: frames an earlier run finished; write those after them.
        notes: sentences for the user, complete after the context.
    """

    def __init__(
        self,
        path: Path,
        sink: Sink,
        shape: tuple[int, int, int],
        notes: list[str],
        parts: Path | None = None,
    ):
        """Start the encoder; ``parts`` is a folder that goes when the output does not come."""
        self.path, self.already, self.notes = path, sink.already, notes
        self._sink, self._shape, self._parts = sink, shape, parts
        self._count = sink.already
        self._frames: queue.Queue[Picture | None] = queue.Queue(WAITING)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._encode, name="encoder", daemon=True)
        self._thread.start()

    def write(self, frame: Picture) -> None:
        """Hand over the next (H, W, 3 or 4) frame; it is copied.

        Raises:
            OutputError: this frame or one before it could not be written.
        """
        if frame.shape != self._shape or frame.dtype != np.uint8:
            raise ValueError(
                f"a frame is {frame.dtype} {frame.shape}, the output takes uint8 {self._shape}"
            )
        self._pass_on(frame.copy())
        self._count += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self._stop()
            return
        try:
            self._pass_on(None)
            self._thread.join()
            self._raise()
            if not self._count:
                raise OutputError(f"no frame was drawn for {self.path}")
            self._guarded(self._sink.finish)
            self._raise()
        except BaseException:
            self._stop()
            raise

    def _pass_on(self, frame: Picture | None) -> None:
        while True:
            self._raise()
            try:
                return self._frames.put(frame, timeout=0.2)
            except queue.Full:
                continue

    def _encode(self) -> None:
        while (frame := self._frames.get()) is not None:
            self._guarded(partial(self._sink.put, frame))
            if self._error is not None:
                return

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except (OSError, av.error.FFmpegError) as error:
            way_on = "" if self._parts else "; --resume goes on from what is done"
            self._error = OutputError(
                f"{self.path} could not be written: {reason(error)}",
                f"Free some space or choose another --output{way_on}.",
            )
            self._error.__cause__ = error
        except Exception as error:  # noqa: BLE001 - carried over to the thread that writes
            self._error = error

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    def _stop(self) -> None:
        """Drop the frames that wait, end the thread, leave the parts."""
        while self._thread.is_alive():
            try:
                self._frames.get_nowait()
            except queue.Empty:
                self._frames.put(None)
                self._thread.join(0.05)
        self._sink.stop()
        if self._parts is not None:
            shutil.rmtree(self._parts, ignore_errors=True)


def open_writer(
    path: Path | str,
    *,
    size: int | tuple[int, int],
    fps: float | Fraction,
    transparent: bool = False,
    audio_from: Path | None = None,
    overwrite: bool = False,
    resume: bool = False,
    total: int | None = None,
    fingerprint: str = "",
    keep_parts: bool = True,
) -> Writer:
    """Open an output; its format is known from its name (see ``formats``).

    Args:
        path: .mp4, .webm, .gif, .png, or a path without a suffix for a folder of pictures.
        size: side of the frames, or (width, height), in pixels.
        fps: frames a second.
        transparent: frames are RGBA.
        audio_from: file whose sound goes with mp4 and webm, from its first picture on.
        overwrite: replace what has that name, and forget parts of an earlier run.
        resume: go on from the parts of an earlier run of the same settings, if there are any.
        total: frames to come, if known; a single picture shows the middle one.
        fingerprint: any text that changes with whatever changes the frames.
        keep_parts: leave what is done for ``resume`` when the output does not become whole.

    Raises:
        UsageError: the name, size or transparency does not suit, the output exists, or there are
            parts of an earlier run that neither or another of the options would use.
        OutputError: the place cannot be written to.
    """
    form = format_of(path, transparent=transparent)
    path = Path(path)
    width, height = (size, size) if isinstance(size, int) else size
    if form.even and (width % 2 or height % 2):
        raise UsageError(
            f"{form.suffix} needs even sides, not {width}x{height}",
            f"Use --size {width + width % 2}.",
        )
    rate = exact_rate(fps)
    state: dict[str, object] = {
        "size": [width, height],
        "fps": str(rate),
        "transparent": transparent,
        "segment": LENGTH,
        "encoder": av.__version__,
        "fingerprint": fingerprint,
    }
    parts = Parts(_part_folder(path, form), state)
    _check_free(path, form, overwrite=overwrite, resume=resume)
    parts.open(overwrite=overwrite, resume=resume)
    notes: list[str] = []
    sink: Sink
    if form.suffix == ".png":
        sink = SinglePicture(parts, path, total)
    elif not form.suffix:
        sink = PictureFolder(parts, path)
    elif form.suffix == ".gif":
        sink = Segments(parts, path, LOSSLESS, (width, height), rate, partial(join_gif, fps=rate))
    else:
        codec = H264 if form.suffix == ".mp4" else VP9_ALPHA if transparent else VP9
        join = partial(join_film, fps=rate, sound_from=audio_from, notes=notes)
        sink = Segments(parts, path, codec, (width, height), rate, join)
    shape = (height, width, 4 if transparent else 3)
    return Writer(path, sink, shape, notes, None if keep_parts else parts.folder)


def check_output(
    path: Path | str, *, transparent: bool = False, overwrite: bool = False, resume: bool = False
) -> None:
    """Refuse what ``open_writer`` would refuse, before there is anything to write.

    Raises:
        UsageError: the name or the transparency does not suit, the output exists, or there are
            parts of an earlier run that neither option would use.
    """
    form = format_of(path, transparent=transparent)
    _check_free(Path(path), form, overwrite=overwrite, resume=resume)
    if not overwrite and not resume:
        Parts(_part_folder(Path(path), form), {}).refuse_left()


def _part_folder(path: Path, form: Format) -> Path:
    return path.with_name(f".{path.name}.part" if form.suffix else f"{path.name}.part")


def _check_free(path: Path, form: Format, *, overwrite: bool, resume: bool) -> None:
    if path.is_dir():
        if form.suffix:
            raise UsageError(f"{path} is a folder", "Choose another --output.")
        if not any(path.iterdir()):
            return
        if overwrite:
            check_replaceable(path)
            return
    elif path.exists() and not form.suffix:
        raise UsageError(f"{path} is a file, not a folder", "Choose another --output.")
    if path.exists() and not overwrite:
        beside = ": it goes on from parts if there are any" if resume else ""
        raise UsageError(f"{path} exists", f"Choose another --output or add --overwrite{beside}.")
