"""The folder in which an output grows until it is whole, and from which a killed run goes on."""

import json
import os
import shutil
from pathlib import Path
from typing import IO, Self

from avatarartist_core.errors import OutputError, UsageError

STATE = "state.json"


class Parts:
    """A part folder, owned by one process at a time.

    Attributes:
        folder: where the parts lie.
        state: plain values that two runs must share for one to go on where the other stopped.
    """

    def __init__(self, folder: Path, state: dict[str, object]) -> None:
        self.folder = folder
        self.state = state
        self._lock: IO[bytes] | None = None

    def open(self, *, overwrite: bool, resume: bool) -> Self:
        """Make the folder, or take over one that an earlier run left.

        Raises:
            UsageError: an earlier run left parts and neither going on nor starting again was
                asked for, or it was another run, or it is still at work.
            OutputError: the folder cannot be made.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock = (self.folder / "lock").open("ab")
        except OSError as error:
            raise OutputError(
                f"cannot write in {self.folder.parent}: {reason(error)}",
                "Choose another --output.",
            ) from error
        if not _locked(self._lock):
            self._lock.close()
            raise UsageError(
                f"another run is writing {self.folder}", "Wait for it, or choose another --output."
            )
        try:
            self._take_over(overwrite=overwrite, resume=resume)
        except OSError as error:
            self.remove()
            raise OutputError(
                f"cannot write in {self.folder}: {reason(error)}",
                "Free some space or choose another --output.",
            ) from error
        except BaseException:
            self.release()
            raise
        return self

    def refuse_left(self) -> None:
        """Refuse parts that an earlier run left.

        Raises:
            UsageError: there are some.
        """
        if self._left() is not None:
            raise UsageError(
                f"an interrupted run left its parts in {self.folder}",
                "Go on with --resume, or start again with --overwrite.",
            )

    def files(self, suffix: str) -> list[Path]:
        """List the finished parts in order."""
        return sorted(file for file in self.folder.glob(f"*{suffix}") if file.name[:1].isdigit())

    def keep(self, unfinished: Path, name: str) -> Path:
        """Count a part that is written: put it on the disk and give it its name."""
        whole = self.folder / name
        to_disk(unfinished)
        unfinished.replace(whole)
        return whole

    def release(self) -> None:
        """Give up the folder, parts and all left in it."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def remove(self) -> None:
        """Give up the folder and delete it."""
        self.release()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _take_over(self, *, overwrite: bool, resume: bool) -> None:
        left = self._left()
        if left is not None and resume and left == self.state:
            return
        if left is not None and not overwrite:
            if resume:
                difference = _difference(left, self.state)
                raise UsageError(
                    f"{self.folder} holds the parts of another run: {difference}",
                    "Repeat that run's settings with --resume, or start again with --overwrite.",
                )
            self.refuse_left()
        for file in self.folder.iterdir():
            if file.name != "lock":
                file.unlink()
        unfinished = self.folder / "state.new"
        unfinished.write_text(json.dumps(self.state, indent=1))
        self.keep(unfinished, STATE)

    def _left(self) -> dict[str, object] | None:
        """Read what an earlier run was; None when it left nothing worth keeping."""
        try:
            state = json.loads((self.folder / STATE).read_text())
        except (OSError, ValueError):
            return None
        whole = any(file.name[:1].isdigit() for file in self.folder.iterdir())
        return state if whole and isinstance(state, dict) else None


def to_disk(file: Path) -> None:
    """Wait until a file's bytes are on the disk."""
    with file.open("rb+") as stream:
        os.fsync(stream.fileno())


def reason(error: BaseException) -> str:
    """Say in lower case why the operating system or the encoder refused."""
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()


def _locked(stream: IO[bytes]) -> bool:
    try:
        import fcntl
    except ImportError:  # not a POSIX system: two runs on one output are not told apart there
        return True
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _difference(left: dict[str, object], state: dict[str, object]) -> str:
    names = [name for name in state if left.get(name) != state[name]]
    shown = [
        f"{name} was {left.get(name)!r}, is {state[name]!r}"
        for name in names
        if name != "fingerprint"
    ]
    return "; ".join(shown) or "its settings differ"
