"""Checks the files of bundles against the hashes they were made with."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from avatarartist_core.errors import WeightsError
from avatarartist_core.weights.bundle import Place
from avatarartist_core.weights.draft import digest
from avatarartist_core.weights.manifest import MANIFEST


def faults_of(place: Place, progress: Callable[[int, int | None], None]) -> Iterator[str]:
    """Yield what is wrong with the bundle at a place; reads every byte of it.

    Args:
        place: where it lies.
        progress: takes (bytes read, bytes in all).
    """
    try:
        bundle = place.read()
    except WeightsError as error:
        yield str(error)
        return
    done = 0
    progress(done, bundle.size)
    for file in bundle.files:
        try:
            path = bundle.path(file.path)
            if digest(path) != file.sha256:
                yield f"{path} has changed since it was imported"
        except WeightsError as error:
            yield str(error)
        except OSError as error:
            yield f"{place.folder / file.path} cannot be read: {(error.strerror or '').lower()}"
        done += file.size
        progress(done, bundle.size)
    known = {file.path for file in bundle.files} | {MANIFEST}
    for path in sorted(place.folder.rglob("*")):
        if not path.is_dir() and path.relative_to(place.folder).as_posix() not in known:
            yield f"{path} is not part of the bundle"
