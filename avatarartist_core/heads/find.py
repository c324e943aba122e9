"""The installed head model of a topology."""

from functools import cache

from avatarartist_core.errors import IncompatibleError
from avatarartist_core.interfaces import HeadModel
from avatarartist_core.lazy import build
from avatarartist_core.plugins import installed


@cache
def head_model(topology: str) -> HeadModel:
    """Build the installed head model of a topology with its default options, once.

    Raises:
        IncompatibleError: none is installed.
    """
    heads = installed().heads
    for entry in heads.values():
        if entry.topology == topology:
            head: HeadModel = build(entry, entry.config())
            return head
    known = ", ".join(sorted({entry.topology for entry in heads.values()})) or "none"
    raise IncompatibleError(
        f"no head model has the topology {topology!r}",
        hint=f"Installed topologies: {known}. More: aa plugins list",
    )
