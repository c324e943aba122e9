"""Small motions and videos that the tests of motion files share."""

from fractions import Fraction

import av
import numpy as np

from avatarartist_core.data import Motion, Neutral
from avatarartist_core.motion.angles import rotation_from_angles


def performance(frames=12, seed=0, **changes):
    random = np.random.default_rng(seed)

    def noise(*shape, reach=0.3):
        return random.normal(0, reach, shape).astype(np.float32)

    values = {
        "fps": 30000 / 1001,
        "expression": noise(frames, 52),
        "rotation": rotation_from_angles(noise(frames, 3)),
        "translation": noise(frames, 3),
        "gaze": noise(frames, 2, reach=0.1),
        "tracked": random.random(frames) > 0.3,
        "neutral": Neutral(
            expression=noise(52, reach=0.1),
            rotation=rotation_from_angles(noise(3)),
            translation=noise(3),
            gaze=noise(2, reach=0.1),
        ),
        "identity": noise(80, reach=1.0),
        "name": 'a "clip", with commas; and é',
    }
    return Motion(**(values | changes))


def film(
    path,
    pictures,
    rate=25,
    codec="libx264",
    rotation=0,
    pixels="yuv420p",
    stamps=None,
    options=None,
):
    with av.open(str(path), "w", options=options or {}) as container:
        stream = container.add_stream(codec, rate=rate)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = pixels
        if rotation:
            stream.set_display_rotation(rotation)
        for index, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            if stamps is not None:
                frame.pts, frame.time_base = stamps[index], Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def grey(level, height=48, width=64):
    return np.full((height, width, 3), level, np.uint8)
