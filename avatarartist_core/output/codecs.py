"""How segments of a video are encoded: the settings and the encoder itself."""

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from av.video.stream import VideoStream

from avatarartist_core.data import Picture

BT709 = 1
"""The number of BT.709 as colour primaries and transfer in every container."""


@dataclass(frozen=True)
class Codec:
    """Settings of one encoder.

    Attributes:
        name: encoder.
        layout: pixel layout it stores.
        container: suffix of the segment files.
        options: its own options.
        is_rgb: whether pixels are stored as they are, without a change of colour space.
    """

    name: str
    layout: str
    container: str
    options: dict[str, str] = field(default_factory=dict)
    is_rgb: bool = False


H264 = Codec("libx264", "yuv420p", ".mp4", {"preset": "superfast", "crf": "11"})
"""About 44 dB of luma against the frames at 6 ms a frame of 512 x 512 on two cores."""

_VP9 = {"crf": "14", "b": "0", "deadline": "realtime", "cpu-used": "8", "row-mt": "1"}
VP9 = Codec("libvpx-vp9", "yuv420p", ".webm", _VP9)
VP9_ALPHA = Codec("libvpx-vp9", "yuva420p", ".webm", {**_VP9, "auto-alt-ref": "0"})
LOSSLESS = Codec("libx264rgb", "rgb24", ".mp4", {"preset": "ultrafast", "qp": "0"}, is_rgb=True)
"""What GIF frames wait in until the palette of the whole clip is known."""


class SegmentEncoder:
    """One segment file; nothing in it depends on the segments before it."""

    def __init__(self, path: Path, codec: Codec, size: tuple[int, int], fps: Fraction) -> None:
        self._codec = codec
        self._container = av.open(str(path), "w")
        stream = self._container.add_stream(codec.name, rate=fps, options=dict(codec.options))
        assert isinstance(stream, VideoStream)
        self._stream = stream
        self._stream.width, self._stream.height = size
        self._stream.pix_fmt = codec.layout
        context = self._stream.codec_context
        if not codec.is_rgb:
            context.color_range = ColorRange.MPEG
            context.colorspace = Colorspace.ITU709
            context.color_primaries = context.color_trc = BT709
        self._reformatter = VideoReformatter()
        self._step = 1 / fps
        self.count = 0

    def add(self, frame: Picture) -> None:
        """Encode one (H, W, 3 or 4) frame."""
        picture = VideoFrame.from_ndarray(frame, format="rgba" if frame.shape[2] == 4 else "rgb24")
        if not self._codec.is_rgb:
            picture = self._reformatter.reformat(
                picture,
                format=self._codec.layout,
                dst_colorspace=Colorspace.ITU709,
                dst_color_range=ColorRange.MPEG,
                interpolation=Interpolation.AREA | Interpolation.ACCURATE_RND,
                threads=1,
            )
        picture.pts, picture.time_base = self.count, self._step
        self._container.mux(self._stream.encode(picture))
        self.count += 1

    def close(self) -> None:
        """Finish the file."""
        self._container.mux(self._stream.encode(None))
        self._container.close()

    def abandon(self) -> None:
        """Close the file as it is; it is good for nothing."""
        self._container.close()
