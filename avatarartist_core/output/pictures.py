"""Frames as PNG: a folder of numbered pictures, or one picture."""

import shutil
from pathlib import Path

import cv2

from avatarartist_core.data import Picture
from avatarartist_core.errors import OutputError, UsageError
from avatarartist_core.output.formats import middle
from avatarartist_core.output.parts import STATE, Parts, reason, to_disk

COMPRESSION = 1
OWN = (STATE, "lock")
"""What lies beside the pictures until they are whole."""


class PictureFolder:
    """Takes frames, keeps them as ``000000.png`` and on, gives the folder its name at the end."""

    def __init__(self, parts: Parts, target: Path) -> None:
        self._parts, self._target = parts, target
        self.already = self._found()
        self._count = self.already

    def put(self, frame: Picture) -> None:
        """Write the next picture."""
        unfinished = self._parts.folder / "picture.png"
        unfinished.write_bytes(png(frame))
        unfinished.replace(self._parts.folder / f"{self._count:06d}.png")
        self._count += 1

    def finish(self) -> None:
        """Put the folder in its place."""
        folder = self._parts.folder
        self._parts.release()
        if self._target.exists():
            old = folder.with_name(f".{self._target.name}.old")
            self._target.replace(old)
            folder.replace(self._target)
            shutil.rmtree(old, ignore_errors=True)
        else:
            folder.replace(self._target)
        for name in OWN:
            (self._target / name).unlink()

    def stop(self) -> None:
        """Leave the pictures for another run to go on from; leave nothing when there are none."""
        if self._count:
            self._parts.release()
        else:
            self._parts.remove()

    def _found(self) -> int:
        """Count the unbroken run of pictures that an earlier run left."""
        count = 0
        for file in self._parts.files(".png"):
            if file.stem == f"{count:06d}":
                count += 1
            else:
                file.unlink()
        return count


class SinglePicture:
    """Takes frames and keeps the middle one."""

    already = 0

    def __init__(self, parts: Parts, target: Path, total: int | None) -> None:
        self._parts, self._target, self._chosen = parts, target, middle(total)
        self._count = 0

    def put(self, frame: Picture) -> None:
        """Keep the frame when it is the one, or the last before it."""
        if self._count <= self._chosen:
            self._frame = frame
        self._count += 1

    def finish(self) -> None:
        """Put the picture in its place."""
        unfinished = self._parts.folder / "picture.png"
        unfinished.write_bytes(png(self._frame))
        to_disk(unfinished)
        unfinished.replace(self._target)
        self._parts.remove()

    def stop(self) -> None:
        """Leave nothing."""
        self._parts.remove()


def png(frame: Picture) -> bytes:
    """Encode an (H, W, 3 or 4) picture."""
    order = cv2.COLOR_RGBA2BGRA if frame.shape[2] == 4 else cv2.COLOR_RGB2BGR
    done, data = cv2.imencode(
        ".png", cv2.cvtColor(frame, order), [cv2.IMWRITE_PNG_COMPRESSION, COMPRESSION]
    )
    if not done:
        raise OutputError("a frame could not be encoded as PNG")
    return data.tobytes()


def save_png(picture: Picture, target: Path) -> None:
    """Write an (H, W, 3 or 4) picture beside its place and put it there whole.

    Raises:
        OutputError: it cannot be written.
    """
    unfinished = target.with_name(f".{target.name}.part")
    try:
        unfinished.write_bytes(png(picture))
        to_disk(unfinished)
        unfinished.replace(target)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise OutputError(
            f"cannot write {target}: {reason(error)}", "Choose another --output."
        ) from error


def check_replaceable(folder: Path) -> None:
    """Refuse to replace a folder that holds more than pictures of an earlier run.

    Raises:
        UsageError: something else lies in it.
    """
    foreign = [
        file.name
        for file in folder.iterdir()
        if not (file.suffix == ".png" and file.stem.isdigit()) and file.name not in OWN
    ]
    if foreign:
        raise UsageError(
            f"{folder} holds more than numbered pictures, such as {sorted(foreign)[0]!r}",
            "Choose another folder; --overwrite replaces only what an earlier run wrote.",
        )
