"""The errors a user can do something about."""

import difflib
from collections.abc import Iterable


class AvatarArtistError(Exception):
    """Something a user can act on: one sentence, and a hint that says what to do next.

    Args:
        message: lower case, one sentence, with the value that was given.
        hint: what would do, or what to run next; may be empty.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(AvatarArtistError):
    """The command can be mended by typing something else (exit code 2)."""

    exit_code = 2


class UnknownNameError(UsageError):
    """No component, domain, clip or option has that name."""


class IncompatibleError(UsageError):
    """The chosen generator, renderer and motion encoder do not fit one another."""


class InputError(UsageError):
    """A portrait, video or motion file cannot be used as it is."""


class NoFaceError(InputError):
    """No face, or nothing human-like, was found in a picture or a whole clip."""


class WeightsError(UsageError):
    """A bundle of weights is missing or damaged, or a checkpoint cannot be read or imported."""


class DownloadError(AvatarArtistError):
    """Something could not be fetched over the network."""


class TransferError(AvatarArtistError):
    """A portrait was not carried into a domain as it should be."""


class OutputError(AvatarArtistError):
    """The result could not be written."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'lift'?"`` for the nearest known name, or an empty string."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""
