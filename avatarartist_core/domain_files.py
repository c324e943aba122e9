"""Domains written as TOML files beside a plugin's code, one a file; their reader is torch-free."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

from pydantic import BaseModel, Field, ValidationError

from avatarartist_core.entries import DomainEntry, FaultyDomain

SUFFIX = ".toml"


class DomainFile(BaseModel, frozen=True, extra="forbid"):
    """The keys of a domain file. ``name`` must be the file's own name, so that copies show."""

    name: str
    title: str = Field(min_length=1)
    number: int | None = Field(None, ge=0)
    prompt: str = ""
    negative_prompt: str = ""
    wording: str = ""
    base_model: str = ""
    as_is: bool = False
    licence: str = "Apache-2.0"
    recipe: dict[str, dict[str, object]] = Field(default_factory=dict)


def domains_in(package: str, folder: str = "domains") -> Iterator[DomainEntry | FaultyDomain]:
    """Read every TOML file in a folder of a package's data; all a plugin's hook has to call.

    A file that cannot be used is yielded as a ``FaultyDomain``: it is reported like any other
    fault of the plugin, and the other domains are there.

    Args:
        package: the package that holds the folder: ``"avatarartist_toon"``.
        folder: its folder of domain files.

    Yields:
        Numbered domains by number, then the others by name, then what is faulty.

    Raises:
        FileNotFoundError: the package has no such folder, or no domain file in it.
    """
    place = files(package).joinpath(folder)
    names = (file.name for file in place.iterdir() if file.is_file())
    found = [name for name in names if name.endswith(SUFFIX) and not name.startswith(".")]
    if not found:
        raise FileNotFoundError(f"there is no {SUFFIX} file in {folder!r} of {package}")
    yield from sorted((_domain(place / name, f"{folder}/{name}") for name in found), key=_order)


def _domain(file: Traversable, path: str) -> DomainEntry | FaultyDomain:
    stem = file.name.removesuffix(SUFFIX)
    try:
        read = DomainFile.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except ValidationError as error:
        return FaultyDomain(stem, _faults(error, path))
    except OSError as error:
        return FaultyDomain(stem, f"{path} cannot be read: {(error.strerror or '').lower()}")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        said = str(error)
        return FaultyDomain(stem, f"{path} is not TOML: {said[:1].lower()}{said[1:]}")
    if read.name != stem:
        return FaultyDomain(stem, f"{path}: name is {read.name!r}, unlike the file's")
    return DomainEntry(**dict(read))


def _faults(error: ValidationError, path: str) -> str:
    from avatarartist_core.config import described

    return "; ".join(described(error, DomainFile, path, "key"))


def _order(domain: DomainEntry | FaultyDomain) -> tuple[bool, bool, int, str]:
    number = getattr(domain, "number", None)
    return isinstance(domain, FaultyDomain), number is None, number or 0, domain.name
