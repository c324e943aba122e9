"""Brings the portrait sources ``synthetic`` and ``folder``."""

from collections.abc import Iterator

from avatarartist_core.datasets.folder.config import FolderConfig
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
    yield SourceEntry(
        name="folder",
        summary="Pictures of a folder, labelled by finding the face: --source folder:PATH",
        factory="avatarartist_core.datasets.folder.source:Folder",
        config=FolderConfig,
        takes_path=True,
    )
