"""Where bundles of weights are: shipped inside packages, and in the user's own folder."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from avatarartist_core.errors import WeightsError, did_you_mean
from avatarartist_core.shipped import package_folders
from avatarartist_core.weights.manifest import MANIFEST, Bundle, BundleFile, read_bundle

__all__ = [
    "Bundle",
    "BundleFile",
    "Place",
    "bundle_at",
    "bundles_of",
    "find_bundle",
    "places",
    "read_bundle",
    "weights_home",
]

SHIPPED = "bundles"
"""Folder of a package that holds what it ships: ``bundles/BUNDLE/COMPONENT/bundle.toml``."""


@dataclass(frozen=True)
class Place:
    """A folder that should hold a bundle.

    Attributes:
        name: of the bundle, as the folder says.
        component: of the bundle, as the folder says.
        folder: ``.../NAME/COMPONENT``.
        shipped: inside an installed package, so not the user's to change.
    """

    name: str
    component: str
    folder: Path
    shipped: bool

    def read(self) -> Bundle:
        """Read the bundle.

        Raises:
            WeightsError: it is damaged, or says that it is another bundle than its folder.
        """
        bundle = read_bundle(self.folder)
        if (bundle.name, bundle.component) != (self.name, self.component):
            raise WeightsError(
                f"{self.folder} says that it is bundle {bundle.name!r} of {bundle.component!r}",
                f"Move it to {bundle.name}/{bundle.component}, or import it again.",
            )
        return bundle


def weights_home() -> Path:
    """Return the user's folder of bundles: ``$AA_WEIGHTS``, else in the user's data folder."""
    if chosen := os.environ.get("AA_WEIGHTS"):
        return Path(chosen).expanduser().absolute()
    import platformdirs

    return platformdirs.user_data_path("avatarartist", appauthor=False) / "weights"


def places(component: str = "*", packages: Iterable[str] = ()) -> Iterator[Place]:
    """Yield where bundles lie, sound or not: first those shipped, then the user's.

    Args:
        component: only of this component; ``"*"`` for all.
        packages: import names of packages whose shipped bundles are looked at too.
    """
    for package in packages:
        for folder in package_folders(package):
            yield from _inside(folder / SHIPPED, component, shipped=True)
    yield from _inside(weights_home(), component, shipped=False)


def bundles_of(component: str, package: str = "") -> list[Bundle]:
    """List the sound bundles of a component, shipped ones first; broken ones are left out.

    Args:
        component: what the user types: ``"dit"``.
        package: import name of the package that brings it, found and not imported.
    """
    sound = []
    for place in places(component, [package] if package else []):
        try:
            sound.append(place.read())
        except WeightsError:
            continue  # aa weights list names it, and so does find_bundle
    return sound


def find_bundle(component: str, name: str, package: str = "") -> Bundle:
    """Return one bundle of a component; a shipped one wins over one of the user's.

    Args:
        component: what the user types: ``"dit"``.
        name: of the bundle, or the folder it lies in: ``"gan/bundle"``.
        package: import name of the package that brings the component.

    Raises:
        WeightsError: there is none of that name, or it is broken.
    """
    if Path(name).name != name:
        return bundle_at(component, Path(name).expanduser())
    there = list(places(component, [package] if package else []))
    for place in there:
        if place.name == name:
            return place.read()
    names = list(dict.fromkeys(place.name for place in there))
    raise WeightsError(
        f"{component!r} has no weights called {name!r}{did_you_mean(name, names)}",
        f"Installed: {', '.join(names) or 'none'}. "
        f"To bring them: aa weights import {name} FOLDER, or aa weights pull {name}",
    )


def bundle_at(component: str, folder: Path) -> Bundle:
    """Read the bundle of a component that lies in a folder, or in ``FOLDER/COMPONENT``.

    Raises:
        WeightsError: there is none, it is broken, or of another component.
    """
    for place in (folder, folder / component):
        if (place / MANIFEST).is_file():
            bundle = read_bundle(place)
            if bundle.component == component:
                return bundle
            raise WeightsError(
                f"{place} holds weights of {bundle.component!r}, not of {component!r}",
                "Name the folder of the component's own bundle.",
            )
    raise WeightsError(
        f"{folder} holds no weights of {component!r}",
        f"A bundle is a folder with {MANIFEST}; aa train writes one. Installed: aa weights list",
    )


def _inside(home: Path, component: str, *, shipped: bool) -> Iterator[Place]:
    """Walk ``home/BUNDLE/COMPONENT``; names that start with a dot are unfinished work."""
    for folder in _folders(home):
        for inner in _folders(folder):
            if component in ("*", inner.name) and (inner / MANIFEST).exists():
                yield Place(folder.name, inner.name, inner, shipped)


def _folders(home: Path) -> list[Path]:
    try:
        return sorted(
            path for path in home.iterdir() if not path.name.startswith(".") and path.is_dir()
        )
    except OSError:
        return []
