"""Picture files to upright 8-bit RGB; what cannot be read is refused in words."""

import os
import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from avatarartist_core.data import Picture
from avatarartist_core.errors import InputError

MOST_PIXELS = 100_000_000
LEAST_SIDE = 32

_FORMATS = (
    *("PNG", "JPEG", "WEBP", "GIF", "BMP", "DIB", "TIFF", "PPM", "AVIF", "JPEG2000"),
    *("TGA", "ICO", "QOI", "PCX"),
)
ENDINGS = (
    *(".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".avif"),
    *(".heic", ".heif"),
)
"""What names of pictures end in; some of them are refused in words of their own."""

_GROUND = 224
_USE = "Use PNG, JPEG, WebP, GIF, BMP or TIFF."
_APPLE = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_VIDEO = (b"isom", b"iso2", b"mp41", b"mp42", b"avc1", b"qt  ", b"M4V ", b"3gp4", b"3gp5")


@dataclass(frozen=True, eq=False)
class Decoded:
    """A picture file as pixels.

    Attributes:
        picture: (H, W, 3) upright; transparent parts lie over a light neutral ground.
        alpha: (H, W) uint8 opacity, or None when the file is opaque throughout.
    """

    picture: Picture
    alpha: NDArray[np.uint8] | None


def decode(path: Path) -> Decoded:
    """Read a picture file; of an animated one, the first frame.

    Raises:
        InputError: it is missing, no picture, damaged, or of an unfit size.
    """
    content = _content(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the size is checked here, odd metadata is no matter
            with Image.open(BytesIO(content), formats=_FORMATS) as image:
                _check_size(path, *image.size)
                image.load()
                return _upright(image)
    except Image.DecompressionBombError:
        raise _too_large(path, "more than the decoder takes") from None
    except UnidentifiedImageError:
        raise _not_a_picture(path, content) from None
    except InputError:
        raise
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, OverflowError) as error:
        raise InputError(
            f"{str(path)!r} is damaged or cut short: {str(error).strip() or type(error).__name__}",
            hint="Copy or export the picture again.",
        ) from None
    except MemoryError:
        raise _too_large(path, "more than the memory holds") from None


def _content(path: Path) -> bytes:
    if path.is_dir():
        raise InputError(f"{str(path)!r} is a folder, not a picture", hint="Name one picture file.")
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise InputError(
            f"there is no picture {str(path)!r}", hint=f"Looked from {os.fspath(Path.cwd())!r}."
        ) from None
    except OSError as error:
        raise InputError(
            f"{str(path)!r} cannot be read: {error.strerror or error}",
            hint="Check the file's permissions.",
        ) from None
    if not content:
        raise InputError(f"{str(path)!r} is empty", hint="Copy or export the picture again.")
    return content


def _check_size(path: Path, width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise _too_large(path, f"{width} x {height} pixels")
    if min(width, height) < LEAST_SIDE:
        raise InputError(
            f"{str(path)!r} is too small: {width} x {height} pixels",
            hint=f"A portrait needs {LEAST_SIDE} pixels a side; 256 and more look well.",
        )


def _too_large(path: Path, size: str) -> InputError:
    return InputError(
        f"{str(path)!r} is too large: {size}",
        hint=f"Scale it down; {MOST_PIXELS // 1_000_000} million pixels are the most.",
    )


def _not_a_picture(path: Path, content: bytes) -> InputError:
    brand = content[8:12] if content[4:8] == b"ftyp" else b""
    if brand in _APPLE or path.suffix.lower() in (".heic", ".heif"):
        return InputError(f"{str(path)!r} is a HEIC picture", hint="Export it as JPEG or PNG.")
    if brand in (b"avif", b"avis"):
        return InputError(
            f"{str(path)!r} is an AVIF picture that this Pillow cannot read",
            hint="Export it as JPEG or PNG.",
        )
    if brand in _VIDEO or content[:4] == b"\x1aE\xdf\xa3":
        return InputError(
            f"{str(path)!r} is a video, not a picture",
            hint="Save one of its frames as PNG; a video drives with --motion.",
        )
    return InputError(f"{str(path)!r} is not a picture that can be read", hint=_USE)


def _upright(image: Image.Image) -> Decoded:
    image = ImageOps.exif_transpose(image)
    if image.mode in ("I", "F") or image.mode.startswith("I;"):
        image = _eight_bit(image)
    if image.mode in ("LA", "PA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
    alpha = np.asarray(image.getchannel("A")) if image.mode == "RGBA" else None
    picture = np.asarray(_as_srgb(image))
    if alpha is None or alpha.min() == 255:
        return Decoded(np.ascontiguousarray(picture), None)
    share = alpha[..., None].astype(np.uint16)
    over = (picture * share + _GROUND * (255 - share) + 127) // 255
    return Decoded(over.astype(np.uint8), alpha)


def _eight_bit(image: Image.Image) -> Image.Image:
    """Scale 16-bit, 32-bit and float greyscale to 8 bits."""
    values = np.nan_to_num(np.asarray(image, np.float64))
    top = values.max()
    if image.mode.startswith("I;16") or (image.mode == "I" and 255 < top < 65536):
        values = values / 257
    elif image.mode == "F" and 0 < top <= 1:
        values = values * 255
    elif top > 255:
        values = values * (255 / top)
    return Image.fromarray(np.clip(values + 0.5, 0, 255).astype(np.uint8))


def _as_srgb(image: Image.Image) -> Image.Image:
    """Convert to RGB, through the file's colour profile when that is not sRGB already."""
    profile = image.info.get("icc_profile")
    plain = image if image.mode in ("RGB", "CMYK", "L") else image.convert("RGB")
    if profile and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            if "srgb" not in ImageCms.getProfileDescription(source).lower():
                srgb = ImageCms.createProfile("sRGB")
                turned = ImageCms.profileToProfile(plain, source, srgb, outputMode="RGB")
                plain = turned if turned is not None else plain
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a broken profile: the plain conversion will do
    return plain if plain.mode == "RGB" else plain.convert("RGB")
