"""Brings the ``anny`` head model."""

from collections.abc import Iterator

from avatarartist_core.entries import HeadEntry
from avatarartist_core.hookspecs import hookimpl


@hookimpl
def aa_components() -> Iterator[HeadEntry]:
    """Yield the head model."""
    yield HeadEntry(
        name="anny",
        summary="Blendshape head with 80 identity components and the 52 ARKit expressions.",
        factory="avatarartist_core.heads.anny:AnnyHead",
        topology="anny-head",
    )
