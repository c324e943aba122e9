"""Which domains a preview shows and what carries the portrait there, before anything heavy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from avatarartist_core.choosing import Faults, Part, choose_transfer
from avatarartist_core.config import Choice, RunConfig
from avatarartist_core.defaults import DEFAULT_TRANSFER
from avatarartist_core.entries import DomainEntry, EncoderEntry, TransferEntry
from avatarartist_core.errors import AvatarArtistError, IncompatibleError
from avatarartist_core.plan import check_device_name, finder_for
from avatarartist_core.plugins import Plugins


@dataclass(frozen=True)
class Showing:
    """One domain of a preview.

    Attributes:
        domain: where the portrait is carried.
        transfer: what carries it; None: it is there as it comes.
        fault: why it cannot be carried there.
    """

    domain: DomainEntry
    transfer: Part[TransferEntry] | None
    fault: str = ""


@dataclass(frozen=True)
class Preview:
    """What a preview is made of.

    Attributes:
        config: the portrait and how it is prepared; seed and device of the transfers.
        finder: finds the face for ``prepare``.
        showings: the domains in the order of the sheet.
    """

    config: RunConfig
    finder: Part[EncoderEntry]
    showings: tuple[Showing, ...]


def resolve_preview(config: RunConfig, names: Sequence[str], plugins: Plugins) -> Preview:
    """Choose what takes part.

    Of domains that nobody named, one with a fault keeps its place, unless all have one.

    Args:
        config: with a transfer or none.
        names: domains to show; none: every one that the transfer, or the default one, reaches.
        plugins: what is installed.

    Raises:
        UsageError: a name or an option is wrong, or nothing is reached; every fault is listed.
    """
    faults = Faults(plugins)
    faults.check(lambda: check_device_name(config.device))
    finder = faults.part(finder_for(config.motion_encoder, plugins), plugins.encoders)
    wanted = config.transfer or Choice(name="")
    if names:
        found = [
            faults.check(partial(_showing, name, wanted, plugins)) for name in dict.fromkeys(names)
        ]
        return Preview(config, faults.sound(finder), tuple(each for each in found if each))
    wanted = Choice(**{**wanted.model_dump(), "name": wanted.name or DEFAULT_TRANSFER})
    reached = faults.check(lambda: _reached(wanted.name, plugins)) or []
    showings = [_kept(name, wanted, plugins) for name in reached]
    if all(showing.fault for showing in showings):
        for name in reached:
            faults.check(partial(_showing, name, wanted, plugins))
    return Preview(config, faults.sound(finder), tuple(showings))


def _reached(transfer: str, plugins: Plugins) -> list[str]:
    entry = plugins.transfers[transfer]
    reached = [domain.name for domain in plugins.domains.values() if entry.reaches(domain)]
    if not reached:
        raise IncompatibleError(
            f"domain transfer {transfer!r} reaches no installed domain",
            hint="Name others with --transfer; what reaches what: aa domains list",
        )
    return reached


def _kept(name: str, wanted: Choice, plugins: Plugins) -> Showing:
    try:
        return _showing(name, wanted, plugins)
    except AvatarArtistError as error:
        return Showing(plugins.domains[name], None, str(error))


def _showing(name: str, wanted: Choice, plugins: Plugins) -> Showing:
    domain = plugins.domains[name]
    if domain.as_is:
        return Showing(domain, None)
    return Showing(domain, choose_transfer(wanted, domain, plugins))
