"""Brings ``stylize``."""

from collections.abc import Iterator

from avatarartist_core.entries import TransferEntry
from avatarartist_core.hookspecs import hookimpl


@hookimpl
def aa_components() -> Iterator[TransferEntry]:
    """Yield the transfer."""
    yield from ()
