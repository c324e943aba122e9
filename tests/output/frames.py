"""Frames to write and ways to read back what was written."""

import av
import cv2
import numpy as np

SIDE = 64


def frame(index, transparent=False):
    """A picture that no other index has, smooth enough for an encoder to keep."""
    rows, columns = np.mgrid[:SIDE, :SIDE]
    shift = index * 5
    picture = np.stack([(columns + shift) * 2, rows * 3 + shift, 128 + rows - columns], -1) % 256
    picture = cv2.GaussianBlur(picture.astype(np.uint8), (0, 0), 3)
    if not transparent:
        return picture
    alpha = (np.hypot(columns - 32, rows - 32) < 20 + index % 8).astype(np.uint8) * 255
    return np.dstack([picture, alpha])


def read(path):
    """Decode every frame of a file or folder to RGB, RGBA where there is alpha."""
    if path.is_dir():
        return [picture_of(file) for file in sorted(path.iterdir())]
    if path.suffix == ".png":
        return [picture_of(path)]
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        if stream.metadata.get("ALPHA_MODE") == "1":
            decoder = av.CodecContext.create("libvpx-vp9", "r")
            return [
                picture.to_ndarray(format="rgba")
                for packet in container.demux(stream)
                for picture in decoder.decode(packet)
            ]
        return [picture.to_ndarray(format="rgb24") for picture in container.decode(stream)]


def picture_of(file):
    picture = cv2.imread(str(file), cv2.IMREAD_UNCHANGED)
    return picture[..., [2, 1, 0, 3][: picture.shape[2]]]


def psnr(one, other):
    """Peak signal to noise ratio in dB; 100 for equal pictures."""
    error = np.mean((one.astype(float) - other) ** 2)
    return 10 * np.log10(255**2 / max(error, 255**2 / 1e10))
