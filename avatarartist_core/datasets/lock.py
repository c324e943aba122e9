"""One build at a time in a folder; the system lets go of the lock however a process ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from avatarartist_core.errors import UsageError

_NAME = ".lock"


@contextmanager
def only_build(folder: Path) -> Iterator[None]:
    """Hold the lock of a data set while in the ``with`` block.

    Raises:
        UsageError: another process builds there.
    """
    with (folder / _NAME).open("ab") as stream:
        if not _locked(stream):
            raise UsageError(
                f"another aa data build is writing to {str(folder)!r}",
                "Wait for it, or name another --out.",
            )
        yield


def _locked(stream: IO[bytes]) -> bool:
    try:
        import fcntl
    except ImportError:  # not a POSIX system: two builds in one folder are not told apart there
        return True
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True
