"""A file of somebody else's: read without trusting the lengths it claims."""

from __future__ import annotations

from typing import IO

from avatarartist_core.weights.inert import Blob

LONGEST_LINE = 1 << 20
CHECKED_FIRST = 1 << 16
"""Bytes from which a length is compared with the file before any memory is taken."""

MALFORMED = (
    *(ValueError, TypeError, AttributeError, LookupError),
    *(ArithmeticError, AssertionError, MemoryError),
)
"""What instructions of a pickle raise that do not fit their stack or their arguments."""


class Refused(Exception):
    """A file cannot be used; says why, as the end of a sentence that starts with the file."""


class Stream:
    """A file that says so when it ends too early; what ``pickletools`` reads arguments from.

    Args:
        file: it stands at the start of the pickle.
        size: bytes of the file.
    """

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file, self._size = file, size

    def tell(self) -> int:
        """Return the offset of the next byte."""
        return self._file.tell()

    def read(self, count: int) -> bytes:
        """Read exactly so many bytes."""
        if count > CHECKED_FIRST:
            self._need(count)
        data = self._file.read(count)
        if len(data) < count:
            raise Refused(f"is cut off or damaged: it ends at byte {self._size}")
        return data

    def readline(self) -> bytes:
        """Read one line, its end included."""
        line = self._file.readline(LONGEST_LINE)
        if not line.endswith(b"\n"):
            raise Refused("is cut off or damaged: a line does not end")
        return line

    def pass_over(self, count: int) -> Blob:
        """Go past so many bytes."""
        self._need(count)
        start = self._file.tell()
        self._file.seek(count, 1)
        return Blob(start, count)

    def _need(self, count: int) -> None:
        left = self._size - self._file.tell()
        if count > left:
            raise Refused(f"is cut off or damaged: it claims {count} more bytes and has {left}")
