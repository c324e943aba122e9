"""Brings the 28 domains."""

from collections.abc import Iterator

from avatarartist_core.domain_files import domains_in
from avatarartist_core.entries import DomainEntry, FaultyDomain
from avatarartist_core.hookspecs import hookimpl


@hookimpl
def aa_domains() -> Iterator[DomainEntry | FaultyDomain]:
    """Yield the domains."""
    yield from domains_in("aa_domains")
