"""Which variants of a transfer are compared, before anything heavy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from avatarartist_core.choosing import Faults, Part, choose_transfer
from avatarartist_core.config import Choice, RunConfig
from avatarartist_core.entries import DomainEntry, EncoderEntry, TransferEntry
from avatarartist_core.errors import IncompatibleError, UsageError
from avatarartist_core.plan import check_device_name, finder_for
from avatarartist_core.plugins import Plugins


@dataclass(frozen=True)
class Variant:
    """One row of the table.

    Attributes:
        title: as the transfer's entry names it.
        transfer: with the options of the variant.
    """

    title: str
    transfer: Part[TransferEntry]


@dataclass(frozen=True)
class Ablation:
    """What an ablation is made of.

    Attributes:
        config: how portraits are prepared, the device, and the first seed.
        portraits: pictures.
        seeds: how many seeds each portrait is drawn with.
        finder: finds faces in the portraits and in what becomes of them.
        domain: where they are carried.
        variants: the rows.
    """

    config: RunConfig
    portraits: tuple[Path, ...]
    seeds: int
    finder: Part[EncoderEntry]
    domain: DomainEntry
    variants: tuple[Variant, ...]

    @property
    def pictures(self) -> int:
        """How many pictures each variant draws."""
        return len(self.portraits) * self.seeds


def resolve_ablation(
    config: RunConfig, portraits: Sequence[Path], seeds: int, plugins: Plugins
) -> Ablation:
    """Choose what takes part.

    Args:
        config: with a domain, and a transfer or none: then the only one that has variants.
        portraits: pictures.
        seeds: how many seeds each is drawn with.
        plugins: what is installed.

    Raises:
        UsageError: a name or an option is wrong, or nothing can be compared.
        AvatarArtistError: the transfer lacks something that it needs.
    """
    faults = Faults(plugins)
    faults.check(lambda: check_device_name(config.device))
    finder = faults.part(finder_for(config.motion_encoder, plugins), plugins.encoders)
    wanted = config.transfer or Choice(name="")
    domain = faults.check(lambda: plugins.domains[str(config.domain)])
    entry = faults.check(lambda: _divided(wanted.name, plugins))
    variants = []
    if domain is not None and entry is not None:
        for title, options in entry.ablations.items():
            own = {**(wanted.model_extra or {}), **options, "name": entry.name}
            step = partial(_variant, title, Choice(**own), domain, plugins)
            variants.append(faults.check(step))
    whole = faults.sound(finder)
    if domain is None:
        raise ValueError("no domain was found, yet no fault")
    compared = tuple(variant for variant in variants if variant)
    return Ablation(config, tuple(portraits), seeds, whole, domain, compared)


def _divided(name: str, plugins: Plugins) -> TransferEntry:
    """Find the transfer whose parts can be left out."""
    able = [entry.name for entry in plugins.transfers.values() if entry.ablations]
    hint = f"Transfers that have some: {', '.join(able) or 'none installed'}."
    if name:
        entry = plugins.transfers[name]
        if not entry.ablations:
            raise IncompatibleError(f"domain transfer {name!r} has no variants to compare", hint)
        return entry
    if len(able) != 1:
        raise UsageError(
            "which transfer's variants to compare is not said", f"{hint} Say which: --transfer NAME"
        )
    return plugins.transfers[able[0]]


def _variant(title: str, choice: Choice, domain: DomainEntry, plugins: Plugins) -> Variant:
    part = choose_transfer(choice, domain, plugins)
    if part is None:
        raise ValueError("a named transfer is never taken for none")
    return Variant(title, part)
