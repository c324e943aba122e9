"""Pictures as a video: one still, an animated GIF, WebP or PNG, or a folder of pictures."""

import re
import warnings
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from avatarartist_core.data import Picture
from avatarartist_core.errors import InputError
from avatarartist_core.rates import exact_rate

SUFFIXES = (".png", ".apng", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif")
STILL_RATE = Fraction(25)
"""Frames a second of a still and of a folder of pictures, which state none."""

UNSTATED = 100
"""Milliseconds a frame is shown whose file states none, as browsers do."""


def pictures_in(folder: Path) -> list[Path]:
    """List the pictures of a folder, numbers in their names in counting order."""
    files = [file for file in folder.iterdir() if file.suffix.lower() in SUFFIXES]
    return sorted((file for file in files if file.name[:1] != "."), key=_counting)


def folder_frames(files: list[Path], largest_side: int) -> Iterator[tuple[float, Picture]]:
    """Read (seconds, picture) of each file at ``STILL_RATE``.

    Raises:
        InputError: a file cannot be read, or is not of the size of the first.
    """
    shape: tuple[int, ...] | None = None
    for index, file in enumerate(files):
        _, picture = next(animated_frames(file, largest_side))
        shape = shape or picture.shape
        if picture.shape != shape:
            raise InputError(
                f"{file} is {picture.shape[1]}x{picture.shape[0]}, but the pictures before it "
                f"are {shape[1]}x{shape[0]}",
                "Frames of a folder must all have one size.",
            )
        yield index / float(STILL_RATE), picture


def animated_rate(path: Path) -> tuple[Fraction, int, tuple[int, int]]:
    """Read a picture file's average rate, its frames at that rate, and its (width, height).

    Raises:
        InputError: the file is no picture, or is damaged.
    """
    times, size = [0.0], (0, 0)
    try:
        with _opened(path) as image:
            for frame in ImageSequence.Iterator(image):
                size = size if any(size) else ImageOps.exif_transpose(frame).size
                frame.load()  # WebP states the duration only then
                times.append(times[-1] + (frame.info.get("duration") or UNSTATED) / 1000)
    except _DAMAGE as error:
        if len(times) < 2:
            raise _unreadable(path, error) from error
    if len(times) == 2:
        return STILL_RATE, 1, size
    fps = exact_rate(min((len(times) - 1) / times[-1], 60.0))
    return fps, max(1, round(times[-2] * fps) + 1), size


def animated_frames(path: Path, largest_side: int) -> Iterator[tuple[float, Picture]]:
    """Decode (seconds, picture) of a still or animated picture file, upright, alpha on white.

    Raises:
        InputError: not even the first frame can be decoded.
    """
    time, count = 0.0, 0
    try:
        with _opened(path) as image:
            for frame in ImageSequence.Iterator(image):
                yield time, _rgb(frame, largest_side)
                count += 1
                time += (frame.info.get("duration") or UNSTATED) / 1000
    except _DAMAGE as error:
        if not count:
            raise _unreadable(path, error) from error


def _rgb(frame: Image.Image, largest_side: int) -> Picture:
    upright = ImageOps.exif_transpose(frame)
    if upright.has_transparency_data:
        upright = upright.convert("RGBA")
        white = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(white, upright)
    upright = upright.convert("RGB")
    upright.thumbnail((largest_side, largest_side), Image.Resampling.LANCZOS)
    return np.array(upright)


def _opened(path: Path) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        return Image.open(path, formats=("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"))


def _unreadable(path: Path, error: Exception) -> InputError:
    reason = "not a picture" if isinstance(error, UnidentifiedImageError) else str(error).lower()
    return InputError(f"{path} cannot be read: {reason}", "Give a video or a picture of a face.")


def _counting(file: Path) -> list[tuple[int, str]]:
    parts = re.findall(r"\d+|\D+", file.name.lower())
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]


_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")

_DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
"""What Pillow raises on files that are damaged, foreign or far too large."""
