"""Video files as PyAV reads them: their rate, orientation and time-stamped frames."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, Interpolation
from av.video.stream import VideoStream

from avatarartist_core.data import Picture
from avatarartist_core.errors import InputError
from avatarartist_core.motion.orientation import UPRIGHT, turn_of_matrix, turned
from avatarartist_core.rates import exact_rate

FASTEST = 120
"""Rates above this are a container's time base or a high-speed camera's, and are measured."""


TIMELESS = ("avi", "h264", "hevc", "m4v", "mpegvideo")
"""Containers that count frames instead of stating when they are shown."""

UNTAGGED = 2
"""The colour space of a file that names none: by custom BT.709 when it is high definition."""


@dataclass(frozen=True)
class Facts:
    """What a container says about its first video stream.

    Attributes:
        fps: real average rate.
        total: frames at that rate, as far as the file says, or None.
        size: (width, height) as shown, before any limit on the size.
        has_audio: whether a sound track is beside it.
    """

    fps: Fraction
    total: int | None
    size: tuple[int, int]
    has_audio: bool


def read_facts(path: Path) -> Facts:
    """Open a video and decode its first frame.

    Raises:
        InputError: it is no video, holds none, or not one frame of it decodes.
    """
    with opened(path) as (container, stream):
        has_audio = bool(container.streams.audio)
        fps, total = _rate(container, stream)
    with opened(path) as (container, stream):
        for _, picture in stamped_frames(container, stream, None, []):
            height, width = picture.shape[:2]
            return Facts(fps, total, (width, height), has_audio)
    raise InputError(f"{path} holds no frame that can be decoded", _HINT)


@contextmanager
def opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """Open a file and its first video stream.

    Raises:
        InputError: it is no media file or has no video stream.
    """
    try:
        container = av.open(str(path))
    except (av.error.FFmpegError, OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise InputError(f"{path} cannot be read as a video: {reason}", _HINT) from error
    with container:
        films = [stream for stream in container.streams.video if not _is_cover(stream)]
        if not films:
            raise InputError(f"{path} has no video stream", "Give a video that shows a face.")
        films[0].thread_type = "AUTO"
        yield container, films[0]


def stamped_frames(
    container: InputContainer, stream: VideoStream, largest_side: int | None, notes: list[str]
) -> Iterator[tuple[float, Picture]]:
    """Decode (seconds, upright picture) in order; damaged stretches are left out and noted.

    Args:
        container: opened file, at its start.
        stream: its video stream.
        largest_side: frames with a larger side are scaled down to it; None: never.
        notes: sentences about damage are added here.
    """
    has_times = container.format.name not in TIMELESS
    count, damaged, turn = 0, 0, UPRIGHT
    rate = float(stream.average_rate or 25)
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
            if packet is None:
                break
            frames = packet.decode()
        except av.error.EOFError:
            break
        except av.error.InvalidDataError:
            damaged += 1
            continue
        except av.error.FFmpegError as error:
            notes.append(f"reading stopped after {count} frames: {(error.strerror or '').lower()}")
            return
        for frame in frames:
            if not count:
                turn = _turn(frame)
            time = frame.time if has_times and frame.time is not None else count / rate
            yield time, turned(_picture(frame, stream, largest_side), turn)
            count += 1
    if damaged or (stream.frames and count < 0.98 * stream.frames):
        notes.append(f"the file is damaged or cut off: {count} frames could be decoded")


def _picture(frame: VideoFrame, stream: VideoStream, largest_side: int | None) -> Picture:
    ratio = stream.sample_aspect_ratio or Fraction(1)
    width, height = max(1, round(frame.width * ratio)), frame.height
    if largest_side is not None and max(width, height) > largest_side:
        factor = largest_side / max(width, height)
        width, height = max(1, round(width * factor)), max(1, round(height * factor))
    untagged = frame.colorspace == UNTAGGED
    picture = frame.to_ndarray(
        format="rgb24",
        width=width,
        height=height,
        src_colorspace=Colorspace.ITU709 if untagged and frame.height >= 720 else None,
        interpolation=Interpolation.AREA if height < frame.height else Interpolation.BICUBIC,
    )
    return picture.astype(np.uint8, copy=False)


def _turn(frame: VideoFrame) -> tuple[int, int, int, int]:
    """Read how a film is turned; asked of one frame only, since side data keeps its frame alive."""
    matrix: Any = frame.side_data.get("DISPLAYMATRIX")
    return UPRIGHT if matrix is None else turn_of_matrix(bytes(matrix))


def _rate(container: InputContainer, stream: VideoStream) -> tuple[Fraction, int | None]:
    average, base = stream.average_rate, stream.base_rate
    if average is None or not 1 <= average <= FASTEST:
        return _measured_rate(container, stream)
    if stream.frames:
        return exact_rate(average), stream.frames
    if base is None or abs(average - base) > base / 100:
        return _measured_rate(container, stream)
    fps = exact_rate(average)
    if stream.duration and stream.time_base:
        return fps, round(stream.duration * stream.time_base * fps)
    return fps, round(container.duration * fps / av.time_base) if container.duration else None


def _measured_rate(container: InputContainer, stream: VideoStream) -> tuple[Fraction, int | None]:
    """Count the packets and their span; nothing is decoded."""
    stamps: list[int] = []
    with suppress(av.error.FFmpegError):
        stamps.extend(packet.pts for packet in container.demux(stream) if packet.pts is not None)
    span = (max(stamps) - min(stamps)) * (stream.time_base or 0) if stamps else 0
    if not span:
        return Fraction(25), len(stamps) or None
    fps = exact_rate(min(max((len(stamps) - 1) / span, Fraction(1)), Fraction(FASTEST)))
    return fps, round(span * fps) + 1


def _is_cover(stream: VideoStream) -> bool:
    """Tell the cover picture of a song from a film."""
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


_HINT = "Give a video such as .mp4, .mov, .webm or .mkv, a .gif, or a folder of pictures."
