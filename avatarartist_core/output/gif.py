"""Lossless segments to a GIF with one palette for the whole clip, frame by frame."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from math import ceil
from pathlib import Path

import av
import av.error
from av.filter import Graph
from av.filter.context import FilterContext
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

FASTEST = 50
"""Frames a second that players of GIF keep up with: delays under 2/100 s are shown as 1/10 s."""

DITHER = "dither=bayer:bayer_scale=5:diff_mode=rectangle"
HUNDREDTH = Fraction(1, 100)


def join_gif(segments: list[tuple[Path, int]], target: Path, *, fps: Fraction) -> None:
    """Write an endless GIF; two passes over the segments, memory flat.

    Args:
        segments: (lossless file, frames in it) in order.
        target: .gif to write.
        fps: frames a second of the segments; above ``FASTEST`` every second or third is kept.
    """
    step = ceil(fps / FASTEST)
    palette = _palette(_frames(segments, fps, step))
    with av.open(str(target), "w", options={"loop": "0"}) as gif:
        stream = None
        for frame in _coloured(_frames(segments, fps, step), palette):
            if stream is None:
                stream = gif.add_stream("gif", rate=100)
                stream.width, stream.height = frame.width, frame.height
                stream.pix_fmt = "pal8"
                stream.codec_context.time_base = HUNDREDTH
            gif.mux(_held(stream.encode(frame), step / fps))


def _held(packets: list[Packet[VideoStream]], seconds: Fraction) -> list[Packet[VideoStream]]:
    """State how long each picture is shown, or the last would be gone at once."""
    for packet in packets:
        packet.duration = round(seconds / HUNDREDTH)
    return packets


def _frames(segments: list[tuple[Path, int]], fps: Fraction, step: int) -> Iterator[VideoFrame]:
    number = 0
    for file, _ in segments:
        with av.open(str(file)) as segment:
            for frame in segment.decode(video=0):
                if number % step == 0:
                    picture = frame.reformat(format="rgb24")
                    picture.pts, picture.time_base = round(number * 100 / fps), HUNDREDTH
                    yield picture
                number += 1


def _palette(frames: Iterator[VideoFrame]) -> VideoFrame:
    graph: Graph | None = None
    for frame in frames:
        if graph is None:
            graph = Graph()
            graph.link_nodes(
                graph.add_buffer(
                    width=frame.width, height=frame.height, format=frame.format, time_base=HUNDREDTH
                ),
                graph.add("palettegen", "stats_mode=full:reserve_transparent=1"),
                graph.add("buffersink"),
            ).configure()
        graph.push(frame)
    assert graph is not None
    graph.push(None)
    palette = graph.pull()
    assert isinstance(palette, VideoFrame)
    return palette


def _coloured(frames: Iterator[VideoFrame], palette: VideoFrame) -> Iterator[VideoFrame]:
    graph: Graph | None = None
    for frame in frames:
        if graph is None:
            graph, pictures = _colouring(frame, palette)
        pictures.push(frame)
        yield from _ready(graph)
    assert graph is not None
    pictures.push(None)
    yield from _ready(graph)


def _colouring(frame: VideoFrame, palette: VideoFrame) -> tuple[Graph, FilterContext]:
    """Build a graph that maps pictures to the palette; ordered dots keep still areas still."""
    graph = Graph()
    pictures = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=HUNDREDTH
    )
    colours = graph.add_buffer(
        width=palette.width, height=palette.height, format=palette.format, time_base=HUNDREDTH
    )
    mapping = graph.add("paletteuse", DITHER)
    sink = graph.add("buffersink")
    pictures.link_to(mapping, 0, 0)
    colours.link_to(mapping, 0, 1)
    mapping.link_to(sink)
    graph.configure()
    palette.pts, palette.time_base = 0, HUNDREDTH
    colours.push(palette)
    colours.push(None)
    return graph, pictures


def _ready(graph: Graph) -> Iterator[VideoFrame]:
    with suppress(av.error.BlockingIOError, av.error.EOFError):
        while True:
            frame = graph.pull()
            assert isinstance(frame, VideoFrame)
            yield frame
