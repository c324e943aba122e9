"""Reads checkpoints of other projects as tensors and plain values; nothing in them is executed.

Three forms: safetensors, torch's zip files and torch's older single pickles. The latter two go
through torch's weights-only reader, after what it does not look at itself: compressed and
overlapping entries, check sums, tar archives, and tensors larger than what they are stored in.
"""

from __future__ import annotations

import io
import pickletools
import re
import tarfile
import warnings
import zipfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from avatarartist_core.errors import WeightsError
from avatarartist_core.weights.stream import MALFORMED, Refused, Stream

if TYPE_CHECKING:
    from torch import Tensor

ZIP, PICKLE = b"PK\x03\x04", b"\x80"
MAGIC = 0x1950A86A20F9469CFC6C
"""The first of five pickles in torch's older files."""

LARGEST_PICKLE = 256 << 20
"""Bytes of the pickle inside a zip file; it names the tensors and does not hold them."""

DEEPEST = 64
_SAID = (
    (b"version https://git-lfs", "is a Git LFS pointer, not the file it points to"),
    (b"<", "is a web page, not a checkpoint"),
)
_WANTED = re.compile(
    r"GLOBAL ([^\s,]+)"
    r"|unrecognized function (.+?)(?: which|$)"
    r"|via `add_safe_globals` but got (.+)"
    r"|Can only build .*? got (.+)",
    re.MULTILINE,
)


def read_tensors(path: Path) -> dict[str, Any]:
    """Read a state dict, or a dictionary of several.

    Args:
        path: a ``.safetensors``, ``.pt``, ``.pth`` or ``.bin`` file.

    Returns:
        Tensors on the CPU and plain values by name, dictionaries nested as they are in the file.

    Raises:
        WeightsError: it is missing, cut off, damaged, no checkpoint, carries code, or holds
            something other than a dictionary.
    """
    value = read_checkpoint(path)
    if not isinstance(value, dict):
        raise refusal(path, f"holds a {type(value).__name__}, not tensors by name")
    return value


def read_checkpoint(path: Path) -> Any:
    """Read whatever was saved: a tensor, a list of tensors, a dictionary.

    Raises:
        WeightsError: it is missing, cut off, damaged, no checkpoint, or carries code.
    """
    try:
        with path.open("rb") as stream:
            size = stream.seek(0, io.SEEK_END)
            return _read(stream, size, path)
    except Refused as reason:
        raise refusal(path, reason) from reason
    except OSError as error:
        raise unreadable(path, error) from error


def load_saved(stream: IO[bytes], size: int, path: Path | None = None) -> Any:
    """Load what ``torch.save`` has written, tensors and plain values only.

    Args:
        stream: the file.
        size: bytes of the file.
        path: where it is, so that tensors stay on the disk until they are used.

    Raises:
        Refused: it cannot be used.
    """
    import torch

    stream.seek(0)
    zipped = stream.read(4) == ZIP
    stream.seek(0)
    if zipped:
        _check_zip(stream, size)
    elif tarfile.is_tarfile(stream):
        raise Refused("is a tar archive, which is no longer read")
    else:
        _check_pickles(stream, size)
    stream.seek(0)
    source: Any = str(path) if zipped and path else stream
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Detected pickle protocol", UserWarning)
            return torch.load(
                source, map_location="cpu", weights_only=True, mmap=zipped and bool(path)
            )
    except Exception as error:  # whatever a hostile file provokes becomes a sentence
        raise Refused(_reason(error)) from error


def check_tensor(name: str, value: Tensor) -> None:
    """Refuse a tensor that is not plain, or that claims more values than it is stored in.

    Raises:
        Refused: it is such a one.
    """
    import torch

    plain = type(value) in (torch.Tensor, torch.nn.Parameter)
    if not plain or value.layout is not torch.strided or value.is_quantized:
        raise Refused(f"holds {name or 'a tensor'}, which is not a dense tensor")
    if value.device.type != "cpu":
        raise Refused(f"holds {name or 'a tensor'} without its values")
    stored, claimed = value.untyped_storage().nbytes(), value.numel() * value.element_size()
    if claimed > stored:
        raise Refused(f"holds {name or 'a tensor'} of {claimed} bytes in {stored} bytes")


def refusal(path: Path, reason: object) -> WeightsError:
    """Make the sentence of a file that cannot be used."""
    hint = "Fetch the file again from its owners, or give another one."
    return WeightsError(f"{path} {reason}", hint)


def unreadable(path: Path, error: OSError) -> WeightsError:
    """Make the sentence of a file that the system does not give."""
    said = (error.strerror or str(error)).lower()
    return WeightsError(f"{path} cannot be read: {said}", "Check the path and its rights.")


def _read(stream: IO[bytes], size: int, path: Path) -> Any:
    stream.seek(0)
    start = stream.read(64)
    if path.suffix == ".safetensors" or (start[8:9] == b"{" and start[:4] != ZIP):
        return _read_safetensors(path)
    if not start:
        raise Refused("is empty")
    if not start.startswith((ZIP, PICKLE)):
        said = [words for sign, words in _SAID if start.lstrip().startswith(sign)]
        raise Refused(said[0] if said else "is not a checkpoint")
    value = load_saved(stream, size, path)
    _check_values(value)
    return value


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except (SafetensorError, ValueError, KeyError, MemoryError, OverflowError) as error:
        words = str(error).removeprefix("Error while deserializing header: ")
        raise Refused(f"is cut off, damaged or no safetensors file ({words})") from error


def _check_zip(stream: IO[bytes], size: int) -> None:
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
            names = [entry.filename for entry in entries]
            if any(name.endswith("/constants.pkl") for name in names):
                raise Refused("is a TorchScript program, not weights")
            pickles = [entry for entry in entries if entry.filename.endswith("/data.pkl")]
            if len(pickles) != 1:
                raise Refused("is a zip file without tensors")
            if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
                raise Refused("has compressed entries, which torch never writes")
            if sum(entry.file_size for entry in entries) > size or len(set(names)) < len(names):
                raise Refused("has entries that overlap, which torch never writes")
            if pickles[0].file_size > LARGEST_PICKLE:
                raise Refused(f"has {pickles[0].file_size} bytes of names, too many to read")
            if wrong := archive.testzip():
                raise Refused(f"is damaged: the check sum of {wrong} does not fit")
    except Refused:
        raise
    except Exception as error:  # zipfile raises a dozen kinds on hostile input
        raise Refused(f"is cut off or damaged ({_first_line(error)})") from error


def _check_pickles(stream: IO[bytes], size: int) -> None:
    """Refuse an older file that ends within its pickles: torch takes half a name for a name."""
    from avatarartist_core.weights.pickled import Pickled

    stream.seek(0)
    source = Stream(stream, size)
    try:
        first = [value for _, value, _ in pickletools.genops(cast("IO[bytes]", source))]
        if MAGIC in first:
            for _ in range(4):
                for _ in pickletools.genops(cast("IO[bytes]", source)):
                    pass
            return
        stream.seek(0)
        Pickled(source, lambda name: None).read()
    except MALFORMED as error:
        raise Refused(f"is cut off or damaged ({_first_line(error)})") from error
    raise Refused("is a pickle, not a checkpoint of torch")


def _check_values(value: Any) -> None:
    """Look at every value once, however often it is shared, and refuse endless nesting."""
    seen: set[int] = set()
    waiting: list[tuple[str, Any, int]] = [("", value, 0)]
    while waiting:
        name, part, depth = waiting.pop()
        if id(part) in seen:
            continue
        if depth > DEEPEST:
            raise Refused(f"is nested deeper than {DEEPEST} levels")
        if hasattr(part, "untyped_storage"):
            check_tensor(name, part)
        elif isinstance(part, dict):
            seen.add(id(part))
            waiting += [
                (f"{name}.{key}".lstrip("."), each, depth + 1) for key, each in part.items()
            ]
        elif isinstance(part, list | tuple):
            seen.add(id(part))
            waiting += [(f"{name}[{n}]", each, depth + 1) for n, each in enumerate(part)]


def _reason(error: Exception) -> str:
    if found := _WANTED.search(str(error)):
        wanted = next(word for word in found.groups() if word)
        return f"carries code or objects other than tensors: it asks for {wanted}"
    return f"is cut off or damaged ({_first_line(error)})"


def _first_line(error: Exception) -> str:
    """Return what an error says, without torch's advice on how to load the file all the same."""
    words = str(error).partition("WeightsUnpickler error: ")
    first = (words[2] or words[0]).strip().partition("\n")[0]
    return f"{type(error).__name__}: {first[:120]}".rstrip(": ")
