"""Brings the 4D GAN generator and the CNN renderer."""

from collections.abc import Iterator

from avatarartist_core.entries import Entry
from avatarartist_core.hookspecs import hookimpl


@hookimpl
def aa_components() -> Iterator[Entry]:
    """Yield its components."""
    yield from ()
