"""The whole plugin API: two hooks that yield descriptions."""

from collections.abc import Iterable

import pluggy

from avatarartist_core.entries import DomainEntry, Entry, FaultyDomain

PROJECT = "avatarartist"
GROUP = "avatarartist.plugins"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def aa_components() -> Iterable[Entry]:
    """Yield the components this plugin brings.

    Runs for every ``aa`` command, ``--help`` too: import neither torch nor numpy nor weights here.
    """
    return ()


@hookspec
def aa_domains() -> Iterable[DomainEntry | FaultyDomain]:
    """Yield the domains (styles) this plugin brings, mostly by ``domain_files.domains_in``.

    As light as ``aa_components``.
    """
    return ()
