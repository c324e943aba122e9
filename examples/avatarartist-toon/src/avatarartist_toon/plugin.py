"""Brings the ``toon`` domain and the domain transfer that draws it."""

from collections.abc import Iterator

from avatarartist_core.entries import DomainEntry, TransferEntry
from avatarartist_core.hookspecs import hookimpl
from avatarartist_toon.config import ToonConfig


@hookimpl
def aa_components() -> Iterator[TransferEntry]:
    """Yield the transfer."""
    yield TransferEntry(
        name="toon",
        summary="Flat tones and ink lines by classical filters; no weights.",
        factory="avatarartist_toon.transfer:ToonTransfer",
        config=ToonConfig,
        domains=("toon",),
    )


@hookimpl
def aa_domains() -> Iterator[DomainEntry]:
    """Yield the domain."""
    yield DomainEntry(
        name="toon",
        title="Ink and flat-tone cartoon",
        prompt="a cartoon portrait, bold ink outlines, flat cel shading, clean colours",
        negative_prompt="photo, film grain, blur, text",
    )
