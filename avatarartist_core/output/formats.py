"""What the writer can write, known from the name alone."""

from dataclasses import dataclass
from pathlib import Path

from avatarartist_core.errors import UsageError, did_you_mean


@dataclass(frozen=True)
class Format:
    """One kind of output.

    Attributes:
        suffix: file suffix; empty for a folder of pictures.
        title: what it is, for messages.
        transparent: whether it keeps an alpha channel.
        sound: whether it can carry a sound track.
        even: whether its sides must be even numbers of pixels.
    """

    suffix: str
    title: str
    transparent: bool = False
    sound: bool = False
    even: bool = False


FORMATS = (
    Format(".mp4", "H.264 video", sound=True, even=True),
    Format(".webm", "VP9 video", transparent=True, sound=True, even=True),
    Format(".gif", "animated GIF"),
    Format(".png", "one picture, the middle frame", transparent=True),
    Format("", "folder of numbered PNG pictures (a path without a suffix)", transparent=True),
)


def format_of(path: Path | str, *, transparent: bool = False) -> Format:
    """Know the format from the suffix; no suffix, a closing slash or a folder means PNG pictures.

    Raises:
        UsageError: no format has that suffix, or it cannot be transparent as asked.
    """
    suffix = Path(path).suffix.lower()
    if str(path).endswith(("/", "\\")) or Path(path).is_dir():
        suffix = ""
    known = {form.suffix: form for form in FORMATS}
    if suffix not in known:
        names = [name for name in known if name]
        raise UsageError(
            f"cannot write {str(path)!r}: no output format is {suffix!r}"
            f"{did_you_mean(suffix, names)}",
            f"Formats: {', '.join(names)}; a path without a suffix is a folder of PNG pictures.",
        )
    form = known[suffix]
    if transparent and not form.transparent:
        raise UsageError(
            f"{form.suffix} cannot be transparent",
            "Write .webm, .png or a folder of PNG pictures, or choose a background colour.",
        )
    return form


def middle(total: int | None) -> int:
    """Number of the frame that a single picture shows: the middle one, 0 when unknown.

    A motion starts and ends at rest, so its middle tells more than its start.
    """
    return (total or 0) // 2
