"""Brings the portrait sources ``synthetic`` and ``folder``."""

from collections.abc import Iterator

from avatarartist_core.entries import SourceEntry
from avatarartist_core.hookspecs import hookimpl


@hookimpl
def aa_components() -> Iterator[SourceEntry]:
    """Yield the sources."""
    yield from ()
