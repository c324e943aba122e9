"""Fetches somebody else's files from a hub, and says why when it cannot."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from avatarartist_core.entries import Entry, Importer
from avatarartist_core.errors import (
    AvatarArtistError,
    DownloadError,
    OutputError,
    WeightsError,
)
from avatarartist_core.weights.bundle import weights_home
from avatarartist_core.weights.draft import is_full_disk
from avatarartist_core.weights.importing import Outcome, Report, import_folder, need_room

DOWNLOADS = ".downloads"
"""Folder beside the bundles, where an interrupted download is gone on with."""


def pull(
    able: Iterable[tuple[Entry, Importer]],
    report: Report,
    home: Path | None = None,
    *,
    quiet: bool = False,
) -> list[Outcome]:
    """Fetch the files of every importer that names a repository, and import them.

    What was fetched is removed once every component that it is for is imported.

    Args:
        able: what ``importers`` gave.
        report: takes the progress of each component.
        home: folder of bundles; None: the user's.
        quiet: draw no progress of the downloads.

    Raises:
        WeightsError: no importer names a repository, or a repository has none of the files.
        DownloadError: the hub cannot be reached, or it refuses.
        OutputError: the disk has too little room.
    """
    by_repository: dict[str, list[tuple[Entry, Importer]]] = {}
    for entry, importer in able:
        if importer.repository:
            by_repository.setdefault(importer.repository, []).append((entry, importer))
    if not by_repository:
        raise WeightsError(
            "these weights are in no repository that could be fetched",
            "Get them from their owners, then: aa weights import NAME FOLDER",
        )
    outcomes = []
    for repository, wanted in by_repository.items():
        files = dict.fromkeys(names for _, importer in wanted for names in importer.files())
        folder = _fetched(repository, files, home or weights_home(), quiet=quiet)
        made = import_folder(wanted, folder, report, home)
        if all(outcome.state != "failed" for outcome in made):
            shutil.rmtree(folder, ignore_errors=True)
            with suppress(OSError):  # another download is under way
                folder.parent.rmdir()
        outcomes += made
    return outcomes


def _fetched(
    repository: str, wanted: Iterable[tuple[str, ...]], home: Path, *, quiet: bool
) -> Path:
    """Fetch files of a repository, wherever in it they are; goes on where it stopped.

    Args:
        repository: on the hub, ``"owner/name"``.
        wanted: what is needed, each with its alternatives, of which the first that is there counts.
        home: folder of bundles.
        quiet: draw no progress.
    """
    import huggingface_hub as hub
    from huggingface_hub.utils import disable_progress_bars

    if quiet:
        disable_progress_bars()
    folder = home / DOWNLOADS / repository.replace("/", "--")
    try:
        info = hub.HfApi().model_info(repository, files_metadata=True)
        sizes = {each.rfilename: each.size or 0 for each in info.siblings or ()}
        files = [path for names in wanted for path in _first_there(names, sizes)]
        if not files:
            needed = ", ".join(" or ".join(names) for names in wanted)
            raise WeightsError(
                f"repository {repository!r} has none of the files that are needed",
                f"Needed: {needed}. Its owners may have moved them.",
            )
        there = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        need_room(folder, 2 * sum(sizes[path] for path in files) - there)
        hub.snapshot_download(
            repository,
            revision=info.sha,
            allow_patterns=files,
            local_dir=folder,
        )
    except AvatarArtistError:
        raise
    except Exception as error:  # the client raises whatever its HTTP library raises
        other = "Or get the files in another way: aa weights import NAME FOLDER"
        raise not_fetched(repository, error, other) from error
    return folder


def _first_there(names: Iterable[str], paths: Iterable[str]) -> list[str]:
    """Return the paths of the first of some alternatives that a repository holds."""
    for name in names:
        if found := [path for path in paths if path == name or path.endswith(f"/{name}")]:
            return found
    return []


def not_fetched(repository: str, error: Exception, other: str) -> AvatarArtistError:
    """Say why a repository could not be fetched, and what to do.

    Args:
        repository: on the hub.
        error: what the client raised.
        other: a sentence that names another way.
    """
    from huggingface_hub import errors as hub

    if is_full_disk(error):
        return OutputError(
            f"{repository!r} was not fetched: no space left on device",
            "Free some space, or set AA_WEIGHTS to a folder with room.",
        )
    if isinstance(error, hub.OfflineModeIsEnabled):
        said, hint = "the network is switched off", "Unset HF_HUB_OFFLINE to allow it."
    elif isinstance(error, hub.GatedRepoError):
        said, hint = "its owners ask you to agree first", f"https://huggingface.co/{repository}"
    elif isinstance(error, hub.RepositoryNotFoundError):
        said, hint = "the hub has no such repository", "It may have moved or need a login."
    else:
        first = str(error).partition("\n")[0] or type(error).__name__
        said, hint = f"the hub cannot be reached ({first})", "Look at the network and try again."
    return DownloadError(f"{repository!r} was not fetched: {said}", f"{hint} {other}")
