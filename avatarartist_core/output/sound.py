"""The sound of the driving video: copied as it is where the container allows, else re-encoded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import av.error
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet

from avatarartist_core.output.parts import reason

COPIED = {".mp4": ("aac", "mp3"), ".webm": ("opus", "vorbis")}
ENCODERS = {".mp4": "aac", ".webm": "libopus"}
OPUS_RATE = 48000

LEAD_IN = {".mp4": 0.05, ".webm": 0.0}
"""Seconds of packets kept before time zero, which decoders of AAC need to warm up."""


class Sound:
    """A sound track on its way into a film. Iterating yields (seconds, packet) in order."""

    def __init__(
        self,
        source: InputContainer,
        film: OutputContainer,
        suffix: str,
        seconds: float,
        notes: list[str],
    ) -> None:
        self._source, self._seconds = source, seconds
        self.notes = notes
        self._input = source.streams.audio[0]
        self._lead_in = LEAD_IN[suffix]
        self._is_copied = _can_copy(self._input, suffix)
        self._output: AudioStream
        if self._is_copied:
            self._output = film.add_stream_from_template(self._input)
        else:
            context = self._input.codec_context
            rate = OPUS_RATE if suffix == ".webm" else context.sample_rate
            layout = "mono" if context.channels == 1 else "stereo"
            output = film.add_stream(ENCODERS[suffix], rate=rate, layout=layout)
            assert isinstance(output, AudioStream)
            self._output = output

    def __iter__(self) -> Iterator[tuple[float, Packet[AudioStream]]]:
        """Yield what lies within the length of the film; a damaged track ends early."""
        try:
            yield from self._copied() if self._is_copied else self._encoded()
        except av.error.FFmpegError as error:
            self.notes.append(f"the sound breaks off: {reason(error)}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._source.close()

    def _copied(self) -> Iterator[tuple[float, Packet[AudioStream]]]:
        origin = self._origin()
        for packet in self._source.demux(self._input):
            if packet.pts is None or packet.dts is None or packet.time_base is None:
                continue
            shift = round(origin / packet.time_base)
            packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
            start = float(packet.pts * packet.time_base)
            if start >= self._seconds:
                return
            if start < -self._lead_in:
                continue
            packet.stream = self._output
            yield start, packet

    def _encoded(self) -> Iterator[tuple[float, Packet[AudioStream]]]:
        for frame in self._decoded():
            yield from _timed(self._output.encode(frame))
        yield from _timed(self._output.encode(None))

    def _decoded(self) -> Iterator[AudioFrame]:
        origin = self._origin()
        for frame in self._source.decode(self._input):
            if frame.pts is None or frame.time_base is None:
                continue
            frame.pts -= round(origin / frame.time_base)
            start = float(frame.pts * frame.time_base)
            if start >= self._seconds:
                return
            if start >= 0:
                yield frame

    def _origin(self) -> float:
        """Seconds at which the pictures of the source begin."""
        for film in self._source.streams.video:
            if film.start_time is not None and film.time_base is not None:
                return float(film.start_time * film.time_base)
        return 0.0


def open_sound(
    path: Path | None, film: OutputContainer, suffix: str, seconds: float, notes: list[str]
) -> Sound | None:
    """Open the sound of a file and give the film a stream for it.

    Returns:
        None when there is no sound, or (with a note) none that can be used.
    """
    if path is None or not path.is_file():
        return None
    try:
        source = av.open(str(path))
    except (av.error.FFmpegError, OSError) as error:
        notes.append(f"the sound of {path} was left out: {reason(error)}")
        return None
    if not source.streams.audio:
        source.close()
        return None
    try:
        sound = Sound(source, film, suffix, seconds, notes)
    except (av.error.FFmpegError, ValueError, OSError) as error:
        source.close()
        notes.append(f"the sound of {path} was left out: {reason(error)}")
        return None
    return sound


def _can_copy(stream: AudioStream, suffix: str) -> bool:
    """Whether the container takes the packets; AAC from a transport stream lacks its header."""
    context = stream.codec_context
    return context.name in COPIED[suffix] and (context.name == "mp3" or bool(context.extradata))


def _timed(packets: list[Packet[AudioStream]]) -> Iterator[tuple[float, Packet[AudioStream]]]:
    for packet in packets:
        if packet.pts is not None and packet.time_base is not None:
            yield float(packet.pts * packet.time_base), packet
