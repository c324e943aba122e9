"""Classes named by string, imported when they are needed and not before."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from avatarartist_core.errors import AvatarArtistError, did_you_mean

if TYPE_CHECKING:
    from pydantic import BaseModel

    from avatarartist_core.entries import Entry


def load(target: str, what: str) -> Any:
    """Import ``"package.module:Class"`` and return the class.

    Args:
        target: the class by name.
        what: who asks, for the message: ``"generator 'lift'"``.

    Raises:
        AvatarArtistError: the module cannot be imported or has no such class.
    """
    module_name, _, name = target.partition(":")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name and f"{module_name}.".startswith(f"{error.name}."):
            raise AvatarArtistError(
                f"{what} cannot be used: there is no module {error.name!r}",
                hint="Its entry names a module that is not there. More: aa plugins check",
            ) from error
        raise AvatarArtistError(
            f"{what} needs the missing module {error.name!r}",
            hint=f"Install what holds {error.name!r}. More: aa doctor",
        ) from error
    except (Exception, SystemExit) as error:
        said = f"{type(error).__name__}: {error}"
        raise AvatarArtistError(
            f"{what} cannot be imported from {module_name!r}: {said}",
            hint="More: aa plugins check",
        ) from error
    if not hasattr(module, name):
        nearest = did_you_mean(name, vars(module))
        raise AvatarArtistError(
            f"{what} cannot be used: {module_name!r} has no {name!r}{nearest}",
            hint="Its entry names a class that is not there. More: aa plugins check",
        )
    return getattr(module, name)


def build(entry: Entry, options: BaseModel, device: str = "cpu") -> Any:
    """Make the component an entry describes.

    Args:
        entry: the description; its class is imported here.
        options: a validated ``entry.config``.
        device: ``"cpu"``, ``"cuda"``, ``"cuda:1"``, ...
    """
    return load(entry.factory, f"{entry.kind} {entry.name!r}")(options, device=device)
