"""Brings the portrait sources ``synthetic`` and ``folder``."""

from collections.abc import Iterator

from avatarartist_core.datasets.synthetic.config import SyntheticConfig
from avatarartist_core.entries import SourceEntry
from avatarartist_core.hookspecs import hookimpl


@hookimpl
def aa_components() -> Iterator[SourceEntry]:
    """Yield the sources."""
    yield SourceEntry(
        name="synthetic",
        summary="Procedural heads of varied people with exact labels, as many as are asked for.",
        factory="avatarartist_core.datasets.synthetic.source:Synthetic",
        config=SyntheticConfig,
    )
