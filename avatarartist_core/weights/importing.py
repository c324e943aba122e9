"""Makes bundles of a folder of somebody else's files: every component's importer, each alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from avatarartist_core.entries import Entry, Importer
from avatarartist_core.errors import (
    AvatarArtistError,
    OutputError,
    UnknownNameError,
    WeightsError,
    did_you_mean,
)
from avatarartist_core.lazy import load
from avatarartist_core.weights.bundle import weights_home
from avatarartist_core.weights.draft import BundleDraft, digest
from avatarartist_core.weights.manifest import Bundle, BundleFile

Progress = Callable[[int, int | None], None]
Report = Callable[[str], Progress]
"""Gives the function that takes the progress of a component."""

State = Literal["imported", "not found", "failed"]


@dataclass(frozen=True)
class Outcome:
    """What became of one component.

    Attributes:
        component: its name.
        kind: ``"generator"``, ``"renderer"``, ...
        state: ``not found`` when none of its files is there, ``failed`` when only some are, or
            when they cannot be used.
        bundle: what was made.
        error: why it failed.
    """

    component: str
    kind: str
    state: State
    bundle: Bundle | None = None
    error: AvatarArtistError | None = None


@dataclass(frozen=True)
class Job:
    """One component's importer, and which of its files are there.

    Attributes:
        entry: the component.
        importer: how its bundle is made.
        folder: where its files are.
        found: those that are there.
        missing: those that are not.
    """

    entry: Entry
    importer: Importer
    folder: Path
    found: tuple[Path, ...]
    missing: tuple[str, ...]

    @property
    def size(self) -> int:
        """Bytes of the files that are there."""
        return sum(path.stat().st_size for path in self.found)


def importers(components: Iterable[tuple[Entry, str]], name: str) -> list[tuple[Entry, Importer]]:
    """Return who can make the bundle ``name``.

    Args:
        components: every installed component with its provider.
        name: of a bundle: ``"official"``.

    Raises:
        UnknownNameError: nobody can.
    """
    known = [(entry, importer) for entry, _ in components for importer in entry.importers]
    able = [(entry, importer) for entry, importer in known if importer.bundle == name]
    if not able:
        names = sorted({importer.bundle for _, importer in known})
        raise UnknownNameError(
            f"no component imports a bundle called {name!r}{did_you_mean(name, names)}",
            f"There are: {', '.join(names) or 'none'}. Installed bundles: aa weights list",
        )
    return able


def import_folder(
    able: Iterable[tuple[Entry, Importer]], folder: Path, report: Report, home: Path | None = None
) -> list[Outcome]:
    """Make the bundle of every component whose files are in a folder.

    Components stand alone: one that fails leaves the others, and its own older bundle, as they are.

    Args:
        able: what ``importers`` gave.
        folder: the files, where their owners put them; or the folder around it.
        report: takes the progress of each component.
        home: folder of bundles; None: the user's.

    Raises:
        WeightsError: the folder is missing, or holds none of the files.
        OutputError: the disk has less room than the files take.
    """
    if not folder.is_dir():
        there = "is not a folder" if folder.exists() else "does not exist"
        raise WeightsError(f"{folder} {there}", "Give the folder that holds the owners' files.")
    jobs = [_job(entry, importer, folder) for entry, importer in able]
    if not any(job.found for job in jobs):
        wanted = dict.fromkeys(name for job in jobs for name in job.missing)
        raise WeightsError(
            f"{folder} holds none of the files that are needed",
            f"Needed, of one or all components: {', '.join(wanted)}",
        )
    complete = [job for job in jobs if not job.missing]
    need_room(home or weights_home(), sum(job.size for job in complete))
    return [_done(job, report, home) for job in jobs]


def need_room(folder: Path, size: int) -> None:
    """Check that a disk has room before anything is read or fetched.

    Raises:
        OutputError: it has not.
    """
    place = next(each for each in (folder, *folder.parents) if each.exists())
    free = shutil.disk_usage(place).free
    if size > free:
        raise OutputError(
            f"{folder} has {free / 1e9:.1f} GB of room, the weights take {size / 1e9:.1f} GB",
            "Free some space, or set AA_WEIGHTS to a folder with room.",
        )


def _job(entry: Entry, importer: Importer, folder: Path) -> Job:
    """Look for an importer's files in the folder, or in the one folder inside it that has any."""
    inner = sorted(path for path in folder.iterdir() if path.is_dir())
    places, wanted = [folder, *inner], importer.files()
    place = max(places, key=lambda path: sum(_there(path, names) is not None for names in wanted))
    there = [(names, _there(place, names)) for names in wanted]
    found = tuple(path for _, path in there if path is not None)
    missing = tuple(" or ".join(names) for names, path in there if path is None)
    return Job(entry, importer, place, found, missing)


def _there(folder: Path, names: Iterable[str]) -> Path | None:
    """Return the first of some alternatives that a folder holds."""
    return next((folder / name for name in names if (folder / name).is_file()), None)


def _done(job: Job, report: Report, home: Path | None) -> Outcome:
    name, kind = job.entry.name, job.entry.kind
    if not job.found:
        return Outcome(name, kind, "not found")
    try:
        if job.missing:
            raise WeightsError(
                f"{job.folder} lacks {', '.join(job.missing)} for {kind} {name!r}",
                "Put all of its files there, or none to leave this component out.",
            )
        return Outcome(name, kind, "imported", _converted(job, report(name), home))
    except AvatarArtistError as error:
        return Outcome(name, kind, "failed", error=error)
    except Exception as error:  # noqa: BLE001 - a converter's mistake leaves the others alone
        said = f"{type(error).__name__}: {error}".partition("\n")[0]
        wrong = AvatarArtistError(
            f"{kind} {name!r} could not be imported: its converter raised {said}",
            f"Report it to whoever brings {name!r}.",
        )
        wrong.__cause__ = error
        return Outcome(name, kind, "failed", error=wrong)


def _converted(job: Job, progress: Progress, home: Path | None) -> Bundle:
    entry, importer = job.entry, job.importer
    progress(0, None)
    convert = load(importer.convert, f"importer of {entry.kind} {entry.name!r}")
    with BundleDraft(importer.bundle, entry.name, home) as draft:
        before = [path.stat() for path in job.found]
        draft.record(
            BundleFile(path.relative_to(job.folder).as_posix(), digest(path), stat.st_size)
            for path, stat in zip(job.found, before, strict=True)
        )
        convert(job.folder, draft, progress)
        for path, stat in zip(job.found, before, strict=True):
            now = path.stat()
            if (now.st_size, now.st_mtime_ns) != (stat.st_size, stat.st_mtime_ns):
                raise WeightsError(f"{path} changed while it was read", "Import it again.")
        bundle = draft.commit()
    progress(1, 1)
    return bundle
