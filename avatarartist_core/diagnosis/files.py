"""The files: folders that are written to, compiled code kept, data shipped with packages."""

import os
from collections.abc import Iterator
from pathlib import Path

from avatarartist_core.diagnosis.finding import Finding
from avatarartist_core.plugins import Plugins
from avatarartist_core.shipped import package_folders, shipped_files
from avatarartist_core.weights.bundle import weights_home

CORE = "avatarartist_core"
_MEBI = 1 << 20


def folders(plugins: Plugins) -> Iterator[Finding]:
    """Look at the folders that are written to, and at the compiled code kept there."""
    group = "folders"
    yield _writable(
        group, "current folder", Path.cwd(), "Change to a folder of yours, or use --output."
    )
    yield _writable(group, "weights", weights_home(), "Set AA_WEIGHTS to a folder of yours.")
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    places = [Path(chosen)] if chosen else _code_folders(plugins)
    for place in places:
        yield _writable(
            group,
            "compiled code",
            place,
            "Set NUMBA_CACHE_DIR to a folder of yours, or every start compiles again.",
        )
    kept = [file for place in places for file in place.rglob("*.nb[ic]")]
    size = sum(file.stat().st_size for file in kept) / _MEBI
    count = sum(file.suffix == ".nbi" for file in kept)
    words = f"{count} functions, {size:.1f} MiB" if kept else "none yet: the first run compiles it"
    yield Finding(group, "compiled so far", words)


def shipped(plugins: Plugins) -> Iterator[Finding]:
    """Check every data file that the core and the plugins ship against its hash."""
    for file in shipped_files(_packages(plugins)):
        state = file.state()
        size = f"{file.path.stat().st_size / _MEBI:.1f} MiB, " if state != "missing" else ""
        value = f"{size}{file.licence}, {file.source}, sha256 {file.sha256[:12]}"
        if state == "ok":
            yield Finding("files", file.path.name, value)
        else:
            mend = f"Install the package that holds {file.package!r} again."
            yield Finding("files", file.path.name, f"{state}: {value}", "fault", mend)


def _packages(plugins: Plugins) -> list[str]:
    """Name the top-level packages of the core and of every plugin, each once."""
    names = [CORE, *(source.module.partition(".")[0] for source in plugins.sources)]
    return list(dict.fromkeys(names))


def _code_folders(plugins: Plugins) -> list[Path]:
    """Return where numba keeps compiled code: beside the sources, else in the user's cache."""
    import platformdirs

    beside = [place for name in _packages(plugins) for place in package_folders(name)]
    if all(os.access(place, os.W_OK) for place in beside):
        return beside
    return [Path(platformdirs.user_cache_dir("numba"))]


def _writable(group: str, name: str, folder: Path, mend: str) -> Finding:
    nearest = next((place for place in (folder, *folder.parents) if place.exists()), folder)
    if os.access(nearest, os.W_OK):
        return Finding(group, name, str(folder))
    return Finding(group, name, f"{folder} cannot be written", "fault", mend)
