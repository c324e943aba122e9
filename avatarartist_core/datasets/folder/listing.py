"""The pictures below a folder, in an order that does not depend on the machine."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from avatarartist_core.errors import InputError
from avatarartist_core.prepare.decode import ENDINGS


def pictures_below(folder: Path) -> list[tuple[str, int]]:
    """List the pictures of a folder and of the folders in it.

    Returns:
        (path from the folder with ``/`` between its parts, size in bytes) each, by path.

    Raises:
        InputError: there is no such folder, or no picture in it.
    """
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise InputError(
            f"the folder of portraits {str(folder)!r} {what}",
            "Name a folder of pictures: --source folder:PATH",
        )
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if name.startswith(".") or Path(name).suffix.lower() not in ENDINGS:
                continue
            path = Path(place, name)
            found.append((path.relative_to(folder).as_posix(), path.stat().st_size))
    if not found:
        raise InputError(
            f"the folder {str(folder)!r} holds no picture",
            f"Pictures end in {', '.join(ENDINGS)}.",
        )
    return sorted(found)


def hash_of(pictures: list[tuple[str, int]]) -> str:
    """Hash names and sizes: it changes when a picture comes, goes or is replaced."""
    text = "".join(f"{size} {name}\n" for name, size in pictures)
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
