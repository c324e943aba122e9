"""Motion files: CSV and JSON to read and edit, safetensors to keep everything."""

from pathlib import Path

from avatarartist_core import storage
from avatarartist_core.data import Motion
from avatarartist_core.errors import InputError, UsageError, did_you_mean
from avatarartist_core.motion import ARKIT
from avatarartist_core.motion.csv_file import read_csv, write_csv
from avatarartist_core.motion.json_file import read_json, write_json

SUFFIXES = (".csv", ".json", ".safetensors")
LARGEST = 200 * 2**20
"""Bytes of the largest text file that is read: more than an hour of motion."""


def load_motion(path: Path | str) -> Motion:
    """Read a motion; what it is is known from its suffix.

    Raises:
        InputError: it is missing, too large, damaged or no motion file.
    """
    path = Path(path)
    suffix = _suffix(path)
    if not path.is_file():
        raise InputError(f"{path} does not exist", "Check the spelling of the path.")
    if suffix == ".safetensors":
        return storage.load_motion(path)
    if path.stat().st_size > LARGEST:
        raise InputError(
            f"{path} has {path.stat().st_size / 2**20:.0f} MB, more than {LARGEST // 2**20}",
            "Cut the clip, or save it as .safetensors.",
        )
    text = _text(path)
    return read_csv(path, text) if suffix == ".csv" else read_json(path, text)


def save_motion(motion: Motion, path: Path | str) -> None:
    """Write a motion; CSV and JSON leave out residual and embedding.

    Raises:
        UsageError: the suffix is none of ``SUFFIXES``, or text has no words for the coefficients.
        OutputError: the file cannot be written.
    """
    path = Path(path)
    suffix = _suffix(path)
    if suffix == ".safetensors":
        storage.save(motion, path)
        return
    if motion.expression.shape[1] != len(ARKIT):
        raise UsageError(
            f"{str(path)!r} cannot hold a motion of topology {motion.spec.topology!r}: text files "
            "name the 52 ARKit coefficients",
            "Save it as .safetensors.",
        )
    text = write_csv(motion) if suffix == ".csv" else write_json(motion)
    storage.write_whole(path, text.encode())


def check_motion_name(path: Path) -> None:
    """Refuse a name that ``save_motion`` would refuse, before there is a motion to save.

    Raises:
        UsageError: the suffix is none of ``SUFFIXES``.
    """
    _suffix(path)


def _suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError(
            f"{str(path)!r} is no motion file{did_you_mean(suffix, SUFFIXES)}",
            f"Motion files are {', '.join(SUFFIXES)}.",
        )
    return suffix


def _text(path: Path) -> str:
    """Decode UTF-8 with or without a byte order mark, or UTF-16 with one."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {(error.strerror or '').lower()}", "Check its permissions."
        ) from error
    is_wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = data.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not a text in UTF-8", "Save it as UTF-8.") from error
    if "\0" in text:
        raise InputError(f"{path} is not a text", "Save it as UTF-8.")
    return text
