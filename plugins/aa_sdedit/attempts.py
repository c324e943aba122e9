"""Seed after seed until a picture passes."""

from collections.abc import Callable

from avatarartist_core.data import Picture
from avatarartist_core.errors import TransferError


def first_passing(
    make: Callable[[int], Picture],
    faults: Callable[[Picture], list[str]],
    attempts: int,
    what: str,
) -> Picture:
    """Return the first picture that has no faults.

    Args:
        make: draws attempt 0, 1, ...
        faults: says what is wrong with a picture.
        attempts: how many are made at most.
        what: what is attempted, for the message: ``"'a.png' as 'elf'"``.

    Raises:
        TransferError: none passed; it says what was wrong with the last.
    """
    said: list[str] = []
    for attempt in range(attempts):
        picture = make(attempt)
        said = faults(picture)
        if not said:
            return picture
    tried = "1 attempt" if attempts == 1 else f"{attempts} attempts"
    raise TransferError(
        f"{what} did not keep the face in {tried}; of the last: {'; '.join(said)}",
        "Lower transfer.strength, raise transfer.attempts or the bounds (transfer.most_landmarks, "
        "most_rotation, most_expression), or look at it with --set transfer.check=false.",
    )
