"""Names of what is made, where the user gives none."""

from collections.abc import Sequence
from pathlib import Path

from avatarartist_core.config import RunConfig

AVATAR_SUFFIX = ".avatar"
MOTION_SUFFIX = ".csv"
BATCH_FOLDER = Path("avatars")


def output_of(config: RunConfig) -> Path:
    """Return where the video goes: as asked, else the portrait's name in the current folder."""
    return config.output or Path(config.portrait.stem + video_suffix(config))


def video_suffix(config: RunConfig) -> str:
    """Return the default format: mp4 cannot be transparent, webm can."""
    return ".webm" if config.background == "transparent" else ".mp4"


def batch_outputs(portraits: Sequence[Path], folder: Path, suffix: str) -> list[Path]:
    """Name one output a portrait; portraits that differ in their ending alone keep it."""
    stems = [portrait.stem for portrait in portraits]
    return [
        folder / ((path.stem if stems.count(path.stem) == 1 else path.name) + suffix)
        for path in portraits
    ]
