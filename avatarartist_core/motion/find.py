"""What the user means by a motion: a file or folder that exists, or the name of a bundled clip."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from avatarartist_core.errors import InputError
from avatarartist_core.motion.clips import check_clip, clip_names

MOTION_SUFFIXES = (".csv", ".json", ".safetensors")


@dataclass(frozen=True)
class Found:
    """Where a motion comes from.

    Attributes:
        kind: ``"clip"`` (bundled), ``"file"`` (of motion) or ``"video"`` (to track; a picture or a
            folder of pictures counts as one).
        name: name of the clip, or the path as it was given.
    """

    kind: Literal["clip", "file", "video"]
    name: str

    @property
    def path(self) -> Path:
        """The path of a file or video."""
        return Path(self.name)


def find_motion(text: str) -> Found:
    """Tell what ``text`` names; a path that exists wins over a clip of that name.

    Nothing is read, and neither numpy nor a decoder is imported.

    Raises:
        InputError: it looks like a path, but nothing is there.
        UnknownNameError: it is neither a path nor a bundled clip.
    """
    path = Path(text).expanduser()
    if text and path.exists():
        is_motion = path.is_file() and path.suffix.lower() in MOTION_SUFFIXES
        return Found("file" if is_motion else "video", str(path))
    if text not in clip_names() and ("/" in text or "\\" in text or path.suffix):
        raise InputError(
            f"{text} does not exist",
            f"Give a video, a motion file, or a clip: {', '.join(clip_names())}.",
        )
    check_clip(text)
    return Found("clip", text)
