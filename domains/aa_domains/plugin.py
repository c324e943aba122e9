"""Brings the 28 domains."""

from collections.abc import Iterator

from avatarartist_core.entries import DomainEntry
from avatarartist_core.hookspecs import hookimpl


@hookimpl
def aa_domains() -> Iterator[DomainEntry]:
    """Yield the domains."""
    yield from ()
