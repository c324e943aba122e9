"""Brings the ``cel-toon`` domain and ``toon``, the domain transfer that draws it."""

from collections.abc import Iterator

from avatarartist_core.domain_files import domains_in
from avatarartist_core.entries import DomainEntry, FaultyDomain, TransferEntry
from avatarartist_core.hookspecs import hookimpl
from avatarartist_toon.config import ToonConfig


@hookimpl
def aa_components() -> Iterator[TransferEntry]:
    """Yield the transfer; it reaches every domain whose file has a recipe for it."""
    yield TransferEntry(
        name="toon",
        summary="Flat tones and ink lines by classical filters; no weights.",
        factory="avatarartist_toon.transfer:ToonTransfer",
        config=ToonConfig,
        needs_recipe=True,
    )


@hookimpl
def aa_domains() -> Iterator[DomainEntry | FaultyDomain]:
    """Yield the domains: every TOML file in the folder ``domains`` beside this file."""
    yield from domains_in("avatarartist_toon")
