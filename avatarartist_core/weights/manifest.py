"""What a bundle of weights is, and how its ``bundle.toml`` is read: plain values, no torch."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from avatarartist_core.errors import WeightsError
from avatarartist_core.specs import AvatarSpec, MotionSpec

MANIFEST = "bundle.toml"
FORMAT = 1
LARGEST_MANIFEST = 4 << 20

_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[a-z0-9]+([-_.][a-z0-9]+)*")

S = TypeVar("S", AvatarSpec, MotionSpec)


@dataclass(frozen=True)
class BundleFile:
    """One file: of a bundle, or one that a bundle was made from.

    Attributes:
        path: relative, with forward slashes.
        sha256: what its bytes hash to, 64 hexadecimal digits.
        size: bytes.
    """

    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Bundle:
    """The weights of one component, described.

    Attributes:
        name: of the set it belongs to: ``"official"``, ``"tiny"`` or a third party's own.
        component: name of the component it is for: ``"dit"``.
        folder: where it lies.
        spec: what a generator produces or a renderer accepts with these weights.
        motion: what a renderer needs or an encoder provides with these weights.
        config: plain values that the component reads: network shapes, scale factors.
        licence: of the weights, as their owners state it.
        source: where they come from, in words.
        files: every file beside ``bundle.toml``.
        made_from: the foreign files that were converted, as they were read.
    """

    name: str
    component: str
    folder: Path
    spec: AvatarSpec | None
    motion: MotionSpec | None
    config: dict[str, Any]
    licence: str
    source: str
    files: tuple[BundleFile, ...]
    made_from: tuple[BundleFile, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(file.size for file in self.files)

    def path(self, name: str) -> Path:
        """Return where one of its files lies.

        Args:
            name: relative, with forward slashes, as ``files`` has it.

        Raises:
            WeightsError: the bundle has no such file, or it is gone, or of another size.
        """
        told = {file.path: file for file in self.files}
        if name not in told:
            raise WeightsError(
                f"bundle {self.name!r} of {self.component!r} has no file {name!r}",
                f"It holds: {', '.join(told) or 'nothing'}. Import it again.",
            )
        path, wanted = self.folder / name, told[name].size
        try:
            size = path.stat().st_size if path.is_file() else None
        except OSError as error:
            raise _unreadable(path, error) from error
        if size != wanted:
            said = "is missing" if size is None else f"has {size} bytes, needs {wanted}"
            raise WeightsError(
                f"{path} {said}", f"Import it again: aa weights import {self.name} FOLDER"
            )
        return path


def read_bundle(folder: Path) -> Bundle:
    """Read the description of the bundle in a folder; its files are not opened.

    Raises:
        WeightsError: there is none, it is damaged, or of a later format.
    """
    manifest = folder / MANIFEST
    try:
        if manifest.stat().st_size > LARGEST_MANIFEST:
            raise ValueError(f"it is larger than {LARGEST_MANIFEST >> 20} MiB")
        facts = tomllib.loads(manifest.read_text(encoding="utf-8"))
        form = facts.get("format")
        if type(form) is not int or form < 1:
            raise ValueError(f"its format is {form!r}, not {FORMAT}")
        if form > FORMAT:
            raise WeightsError(
                f"{manifest} has the format {form}, this program reads up to {FORMAT}",
                "Upgrade avatarartist.",
            )
        return _bundle(folder, facts)
    except OSError as error:
        raise _unreadable(manifest, error) from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        said = f"{error} is missing" if isinstance(error, KeyError) else error
        raise WeightsError(f"{manifest} is damaged: {said}", "Import the bundle again.") from error


def manifest_of(bundle: Bundle) -> dict[str, Any]:
    """Return what ``bundle.toml`` states, ready to be written.

    Raises:
        TypeError: the config holds something other than plain values.
    """
    facts: dict[str, Any] = {
        "format": FORMAT,
        "name": bundle.name,
        "component": bundle.component,
        "licence": bundle.licence,
        "source": bundle.source,
    }
    for word, spec in (("spec", bundle.spec), ("motion", bundle.motion)):
        if spec is not None:
            told = {field.name: getattr(spec, field.name) for field in fields(spec)}
            facts[word] = plain(told, word)
    facts["config"] = plain(bundle.config, "config")
    for word, files in (("files", bundle.files), ("made_from", bundle.made_from)):
        facts[word] = [{"path": f.path, "sha256": f.sha256, "size": f.size} for f in files]
    return facts


def plain(value: Any, place: str) -> Any:
    """Copy plain values as TOML holds them: no None, which means left out, and lists for tuples.

    Raises:
        TypeError: something in it is not plain; ``place`` names it.
    """
    if isinstance(value, Mapping):
        if wrong := [key for key in value if not isinstance(key, str)]:
            raise TypeError(f"{place} has the key {wrong[0]!r}, which is no string")
        return {
            key: plain(part, f"{place}.{key}") for key, part in value.items() if part is not None
        }
    if isinstance(value, list | tuple):
        return [plain(part, f"{place}[{number}]") for number, part in enumerate(value)]
    if isinstance(value, str | bool | int | float):
        return value
    raise TypeError(f"{place} is a {type(value).__name__}, which a bundle.toml does not hold")


def is_name(name: object) -> bool:
    """Tell whether a bundle or component may be called that: it is also a folder's name."""
    return isinstance(name, str) and bool(_NAME.fullmatch(name))


def is_inside(path: object) -> bool:
    """Tell whether a path stays inside the folder it is relative to, on every system."""
    if not isinstance(path, str) or not path or any(sign in path for sign in "\\:\0"):
        return False
    pure = PurePosixPath(path)
    return not pure.is_absolute() and ".." not in pure.parts and pure.as_posix() == path != "."


def _bundle(folder: Path, facts: dict[str, Any]) -> Bundle:
    for word in ("name", "component"):
        if not is_name(facts[word]):
            raise ValueError(f"{word} is {facts[word]!r}, not lower-case letters and digits")
    for word in ("licence", "source"):
        if not isinstance(facts.get(word, ""), str):
            raise ValueError(f"{word} is {facts[word]!r}, not a string")
    config = facts.get("config", {})
    if not isinstance(config, dict):
        raise ValueError(f"config is {config!r}, not a table")
    return Bundle(
        facts["name"],
        facts["component"],
        folder,
        _spec(AvatarSpec, facts.get("spec"), "spec"),
        _spec(MotionSpec, facts.get("motion"), "motion"),
        config,
        facts.get("licence") or "unknown",
        facts.get("source", ""),
        _files(facts["files"], "files"),
        _files(facts.get("made_from", []), "made_from"),
    )


def _spec(cls: type[S], told: Any, word: str) -> S | None:
    if told is None:
        return None
    if not isinstance(told, dict):
        raise ValueError(f"{word} is {told!r}, not a table")
    known = {field.name for field in fields(cls)}
    if unknown := sorted(set(told) - known):
        raise ValueError(f"{word} has no {unknown[0]!r}, it has {', '.join(sorted(known))}")
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in told.items()
    }
    return cls(**values)


def _files(told: Any, word: str) -> tuple[BundleFile, ...]:
    files = tuple(BundleFile(each["path"], each["sha256"], each["size"]) for each in told)
    for file in files:
        if not is_inside(file.path) or file.path == MANIFEST:
            raise ValueError(f"{word} has the path {file.path!r}, which is not inside the bundle")
        if not isinstance(file.sha256, str) or not _SHA256.fullmatch(file.sha256):
            raise ValueError(f"sha256 of {file.path!r} is {file.sha256!r}, not 64 hex digits")
        if type(file.size) is not int or file.size < 0:
            raise ValueError(f"size of {file.path!r} is {file.size!r}, not a number of bytes")
    if len({file.path for file in files}) != len(files):
        raise ValueError(f"{word} names a path twice")
    return files


def _unreadable(path: Path, error: OSError) -> WeightsError:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return WeightsError(f"{path} does not exist", "See what is installed: aa weights list")
    said = (error.strerror or str(error)).lower()
    return WeightsError(f"{path} cannot be read: {said}", "Look at the rights of the file.")
