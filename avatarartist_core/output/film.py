"""Segments to one mp4 or webm: packets copied in order, sound beside them, time stamps exact."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.audio.stream import AudioStream
from av.packet import Packet
from av.video.stream import VideoStream

from avatarartist_core.output.sound import Sound, open_sound

MUXER_OPTIONS = {".mp4": {"movflags": "+faststart"}, ".webm": {}}


def join_film(
    segments: list[tuple[Path, int]],
    target: Path,
    *,
    fps: Fraction,
    sound_from: Path | None,
    notes: list[str],
) -> None:
    """Write the whole film.

    Args:
        segments: (file, frames in it) in order.
        target: .mp4 or .webm to write.
        fps: frames a second.
        sound_from: file whose sound goes with it, or None.
        notes: a sentence is added when the sound had to be left out.
    """
    seconds = float(sum(count for _, count in segments) / fps)
    options = MUXER_OPTIONS[target.suffix]
    with av.open(str(target), "w", options=options) as film, av.open(str(segments[0][0])) as first:
        template = first.streams.video[0]
        stream = film.add_stream_from_template(template)
        stream.time_base = 1 / fps
        stream.metadata.update(template.metadata)
        sound = open_sound(sound_from, film, target.suffix, seconds, notes)
        tracks: list[Iterator[tuple[float, Any]]]
        tracks = [_pictures(segments, stream, fps), _sounds(sound)]
        for _, packet in heapq.merge(*tracks, key=lambda timed: timed[0]):
            film.mux(packet)


def _pictures(
    segments: list[tuple[Path, int]], stream: VideoStream, fps: Fraction
) -> Iterator[tuple[float, Packet[VideoStream]]]:
    """Yield (seconds, packet); a packet's stamps are counted in frames of the whole film."""
    start = 0
    for file, count in segments:
        with av.open(str(file)) as segment:
            for packet in segment.demux(segment.streams.video[0]):
                if packet.dts is None or packet.pts is None or packet.time_base is None:
                    continue
                frames = packet.time_base * fps
                packet.pts = start + round(packet.pts * frames)
                packet.dts = start + round(packet.dts * frames)
                packet.duration = 1
                packet.time_base = 1 / fps
                packet.stream = stream
                yield float(packet.dts / fps), packet
        start += count


def _sounds(sound: Sound | None) -> Iterator[tuple[float, Packet[AudioStream]]]:
    if sound is not None:
        with sound:
            yield from sound
