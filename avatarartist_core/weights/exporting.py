"""Writes bundles back in the layout of the files they were imported from."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from avatarartist_core.entries import Entry
from avatarartist_core.errors import OutputError, UsageError, WeightsError
from avatarartist_core.lazy import load
from avatarartist_core.weights.manifest import Bundle


def export(bundles: Iterable[tuple[Entry, Bundle]], folder: Path) -> list[str]:
    """Write the files of bundles into one new folder, whole or not at all.

    Args:
        bundles: each with the component it is of.
        folder: must not be there yet, or be empty.

    Returns:
        The names of the components that were written; the others have no layout to go back to.

    Raises:
        UsageError: the folder holds something.
        WeightsError: none of the bundles can be written back.
        OutputError: the folder cannot be written.
    """
    wanted = [(entry, bundle, _way_back(entry, bundle)) for entry, bundle in bundles]
    able = [(entry, bundle, way) for entry, bundle, way in wanted if way]
    if not able:
        raise WeightsError(
            f"{', '.join(entry.name for entry, _, _ in wanted)} cannot be written in the layout "
            "they came from",
            "The plugin that imported them has no way back.",
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} exists", "Choose a folder that is not there yet.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            for entry, bundle, way in able:
                load(way, f"exporter of {entry.kind} {entry.name!r}")(bundle, unfinished)
            unfinished.chmod(0o755)
            unfinished.replace(folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    except OSError as error:
        raise OutputError(
            f"{folder} could not be written: {(error.strerror or str(error)).lower()}",
            "Free some space or choose another folder.",
        ) from error
    return [entry.name for entry, _, _ in able]


def _way_back(entry: Entry, bundle: Bundle) -> str:
    ways = [importer.revert for importer in entry.importers if importer.bundle == bundle.name]
    return ways[0] if ways else ""
