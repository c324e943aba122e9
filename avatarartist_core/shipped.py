"""The data files that come inside packages: what they are, whose, and whether they are whole.

A package that ships data declares it in a ``shipped.toml`` beside the files::

    ["face_landmarker.task"]
    sha256 = "64184e22..."
    licence = "Apache-2.0"
    source = "MediaPipe Face Landmarker, Google"

``aa doctor`` checks every declared file of the core and of each installed plugin.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

MANIFEST = "shipped.toml"


@dataclass(frozen=True)
class ShippedFile:
    """One declared data file.

    Attributes:
        package: import name of the package that ships it.
        path: where it lies.
        sha256: what its bytes must hash to.
        licence: SPDX name.
        source: where it comes from, in words.
    """

    package: str
    path: Path
    sha256: str
    licence: str
    source: str

    def state(self) -> str:
        """Say ``ok``, ``missing`` or ``changed``; reads the whole file."""
        if not self.path.is_file():
            return "missing"
        with self.path.open("rb") as file:
            whole = hashlib.file_digest(file, "sha256").hexdigest() == self.sha256
        return "ok" if whole else "changed"


def shipped_files(packages: Iterable[str]) -> Iterator[ShippedFile]:
    """Read the manifests of packages, found by name and not imported."""
    for package in packages:
        for folder in package_folders(package):
            for manifest in sorted(folder.rglob(MANIFEST)):
                yield from _declared(package, manifest)


def declare(files: Iterable[Path], licence: str, source: str) -> None:
    """Write the manifest of files that a script of ours has just made, all in one folder."""
    import tomli_w

    made = sorted(files)
    facts = {
        file.name: {
            "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
            "licence": licence,
            "source": source,
        }
        for file in made
    }
    (made[0].parent / MANIFEST).write_text(tomli_w.dumps(facts), encoding="utf-8")


def package_folders(package: str) -> list[Path]:
    """Return where a package lies, without importing it; empty when it is not there."""
    try:
        spec = find_spec(package)
    except (ImportError, ValueError):
        return []
    places = spec.submodule_search_locations if spec else None
    return [Path(place) for place in places or ()]


def _declared(package: str, manifest: Path) -> Iterator[ShippedFile]:
    for name, facts in tomllib.loads(manifest.read_text(encoding="utf-8")).items():
        yield ShippedFile(
            package,
            manifest.parent / name,
            str(facts["sha256"]),
            str(facts.get("licence", "unknown")),
            str(facts.get("source", "")),
        )
