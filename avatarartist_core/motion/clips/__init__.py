"""The bundled clips: motion without a performer, ready for any avatar."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from avatarartist_core.errors import UnknownNameError, did_you_mean

if TYPE_CHECKING:
    from avatarartist_core.data import Motion


@cache
def clip_names() -> tuple[str, ...]:
    """Name every bundled clip, in alphabetical order; as light as a look into a folder."""
    files = resources.files(__name__).iterdir()
    return tuple(sorted(Path(file.name).stem for file in files if file.name.endswith(".csv")))


def load_clip(name: str) -> Motion:
    """Read a bundled clip.

    Raises:
        UnknownNameError: there is none of that name.
    """
    check_clip(name)
    from avatarartist_core.motion.csv_file import read_csv

    file = resources.files(__name__).joinpath(f"{name}.csv")
    return read_csv(Path(file.name), file.read_text("utf-8"))


def check_clip(name: str) -> None:
    """Refuse a name that no bundled clip has, without reading one.

    Raises:
        UnknownNameError: with the nearest name and the list of all.
    """
    if name not in clip_names():
        raise UnknownNameError(
            f"no motion clip is named {name!r}{did_you_mean(name, clip_names())}",
            hint=f"Clips: {', '.join(clip_names())}; or give a video or a motion file.",
        )
