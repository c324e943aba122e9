"""The face finder taken where nobody chose one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avatarartist_core.choosing import choose
from avatarartist_core.config import DEFAULT_ENCODER, Choice
from avatarartist_core.lazy import build
from avatarartist_core.plugins import Plugins, installed

if TYPE_CHECKING:
    from avatarartist_core.interfaces import FaceFinder


def default_finder(plugins: Plugins | None = None) -> FaceFinder:
    """Build the default motion encoder, which finds faces, with its default options.

    Args:
        plugins: what is installed; None: ask.

    Raises:
        AvatarArtistError: it is not installed or cannot be imported.
    """
    part = choose(Choice(name=DEFAULT_ENCODER), (plugins or installed()).encoders)
    finder: FaceFinder = build(part.entry, part.options)
    return finder
