"""Safetensors files with our kind, version and plain values in the metadata; no pickle anywhere."""

from __future__ import annotations

import json
import os
import struct
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from avatarartist_core.errors import InputError, OutputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

KEY = "avatarartist"
VERSION = 1
LARGEST_HEADER = 16 * 2**20


def read_header(path: Path) -> dict[str, Any]:
    """Read what a file says it is, without its tensors and without numpy.

    Returns:
        ``kind``, ``version``, ``package``, ``values`` (plain values by field name) and
        for avatars ``class`` and ``spec``.

    Raises:
        InputError: it is missing, damaged, from another program, or from a later version.
    """
    try:
        with path.open("rb") as stream:
            (length,) = struct.unpack("<Q", stream.read(8))
            if length > LARGEST_HEADER:
                raise ValueError("its header is too large")
            header = json.loads(stream.read(length))
        stated = json.loads(header["__metadata__"][KEY])
        kind, version = stated["kind"], int(stated["version"])
    except FileNotFoundError as error:
        raise InputError(f"{path} does not exist", "Check the spelling of the path.") from error
    except (OSError, ValueError, KeyError, TypeError, struct.error) as error:
        raise InputError(
            f"{path} is no avatar, portrait or motion file of AvatarArtist, or it is damaged",
            "Make it again with aa create or aa track.",
        ) from error
    if version > VERSION:
        raise InputError(
            f"{path} is a {kind} file of version {version}, this program reads up to {VERSION}",
            "Upgrade avatarartist.",
        )
    return stated


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Read every tensor as numpy.

    Raises:
        InputError: the file is cut off or damaged.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError, KeyError) as error:
        raise damaged(path, error) from error


def write_arrays(
    path: Path, arrays: Mapping[str, NDArray[np.generic]], stated: Mapping[str, object]
) -> None:
    """Write tensors and what they are, whole or not at all.

    Raises:
        OutputError: the file cannot be written.
    """
    import numpy as np
    from safetensors.numpy import save

    solid = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    write_whole(path, save(solid, {KEY: json.dumps({"version": VERSION, **stated})}))


def write_whole(path: Path, data: bytes) -> None:
    """Write beside and rename into place, so that the name never holds half a file.

    Raises:
        OutputError: the file cannot be written.
    """
    unfinished: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        umask = os.umask(0)
        os.umask(umask)
        Path(unfinished).chmod(0o666 & ~umask)
        Path(unfinished).replace(path)
    except BaseException as error:
        if unfinished is not None:
            with suppress(OSError):
                Path(unfinished).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise OutputError(
                f"{path} could not be written: {(error.strerror or str(error)).lower()}",
                "Free some space or choose another --output.",
            ) from error
        raise


def damaged(path: Path, error: Exception) -> InputError:
    """Say that a file of ours cannot be used."""
    return InputError(f"{path} is damaged: {error}", "Make it again with aa create or aa track.")
