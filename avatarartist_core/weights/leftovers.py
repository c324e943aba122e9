"""Hidden folders of unfinished bundles: made, moved into place, and swept after a killed process.

A draft of ``dit`` is ``.dit.draft-TOKEN``, locked by the process that writes it. An older bundle
that is being replaced is ``.dit.old-TOKEN`` for the moment between two renames.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

DRAFT, OLD = "draft", "old"
A_DAY = 86400.0
"""Age in seconds at which a draft counts as left over where no lock can tell."""

NO_LOCKS = -1
"""What stands for a lock on systems and file systems that have none."""


def new_folder(place: Path) -> tuple[Path, int]:
    """Make the hidden folder of a draft beside its place.

    Args:
        place: where the finished bundle will be.

    Returns:
        The folder, and the lock that ``unlock`` gives back.
    """
    while True:
        folder = Path(tempfile.mkdtemp(prefix=f".{place.name}.{DRAFT}-", dir=place.parent))
        lock = _locked(folder)
        if lock is not None and folder.is_dir():  # else a sweeper came in between
            return folder, lock
        if lock is not None:
            unlock(lock)


def unlock(lock: int) -> None:
    """Give a lock back."""
    if lock != NO_LOCKS:
        os.close(lock)


def move_into_place(folder: Path, place: Path) -> None:
    """Rename a whole draft to its place; an older bundle there goes only when the new one is in.

    Raises:
        OSError: it cannot be renamed; the older one is there as before.
    """
    umask = os.umask(0)
    os.umask(umask)
    folder.chmod(0o777 & ~umask)
    older = place.parent / folder.name.replace(f".{DRAFT}-", f".{OLD}-")
    replaces = place.exists()
    if replaces:
        place.rename(older)
    try:
        folder.rename(place)
    except BaseException:
        if replaces:
            older.rename(place)
        raise
    shutil.rmtree(older, ignore_errors=True)


def remove(place: Path) -> None:
    """Remove a bundle: first its name, then its files.

    Raises:
        OSError: it cannot be renamed.
    """
    hidden, lock = new_folder(place)
    try:
        place.rename(hidden / place.name)
        shutil.rmtree(hidden, ignore_errors=True)
    finally:
        with suppress(OSError):
            hidden.rmdir()
        unlock(lock)
    with suppress(OSError):
        place.parent.rmdir()


def sweep(parent: Path) -> None:
    """Remove what killed processes have left in a folder; a bundle half replaced is put back."""
    for folder in sorted(parent.glob(".*")):
        component, _, rest = folder.name.removeprefix(".").partition(f".{DRAFT}-")
        if rest:
            _remove_if_left(folder)
            continue
        component, _, token = folder.name.removeprefix(".").partition(f".{OLD}-")
        if not token or (parent / f".{component}.{DRAFT}-{token}").exists():
            continue  # not ours, or somebody is between the two renames
        place = parent / component
        if place.exists():
            shutil.rmtree(folder, ignore_errors=True)
        else:
            with suppress(OSError):
                folder.rename(place)


def _remove_if_left(folder: Path) -> None:
    lock = _locked(folder)
    if lock is None:
        return
    if lock != NO_LOCKS or time.time() - folder.stat().st_mtime > A_DAY:
        shutil.rmtree(folder, ignore_errors=True)
    unlock(lock)


def _locked(folder: Path) -> int | None:
    """Lock a folder for this process; None when another one holds it.

    The system lets go of the lock when the process ends, however it ends.
    """
    if fcntl is None:
        return NO_LOCKS
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    except OSError:  # a file system without locks
        os.close(handle)
        return NO_LOCKS
    return handle
