"""Inputs that must be there and outputs that must not, asked before anything heavy starts."""

import errno
import os
from pathlib import Path

from avatarartist_core.errors import InputError, OutputError, UsageError


def need_file(path: Path, what: str) -> None:
    """Refuse a path that is not there before anything heavy starts.

    Raises:
        InputError: there is no such file.
    """
    if not path.exists():
        raise InputError(f"{what} {str(path)!r} does not exist", "Check the spelling of the path.")


def check_apart(output: Path, *inputs: Path) -> None:
    """Refuse an output that is one of the files it is made from, ``--overwrite`` or not.

    Raises:
        UsageError: it is the same file or folder as an input.
    """
    for path in inputs:
        if output.exists() and path.exists() and output.samefile(path):
            raise UsageError(
                f"--output {output} is the file it would be made from", "Choose another --output."
            )


def check_free(output: Path, *, overwrite: bool) -> None:
    """Refuse to replace a file that is there, before anything is made.

    Raises:
        UsageError: it exists and ``overwrite`` is false.
    """
    if output.exists() and not overwrite:
        raise UsageError(f"{output} exists", "Choose another --output or add --overwrite.")


def make_folder_of(output: Path) -> None:
    """Make the folder that an output goes to, and see that it takes files.

    Raises:
        OutputError: it cannot be made or written in.
    """
    folder = output.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise OutputError(
            f"cannot write in {folder}: {(error.strerror or str(error)).lower()}",
            "Choose another --output.",
        ) from error
