"""Choosing components: names looked up, options validated, every fault kept until the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel

from avatarartist_core.config import Choice, validated
from avatarartist_core.defaults import DEFAULT_TRANSFER
from avatarartist_core.entries import DomainEntry, Entry, TransferEntry
from avatarartist_core.errors import (
    AvatarArtistError,
    IncompatibleError,
    UnknownNameError,
    UsageError,
)
from avatarartist_core.plugins import Plugins
from avatarartist_core.registry import Registry

E = TypeVar("E", bound=Entry)
E_co = TypeVar("E_co", bound=Entry, covariant=True)
T = TypeVar("T")


@dataclass(frozen=True)
class Part(Generic[E_co]):
    """A component that was chosen.

    Attributes:
        entry: its description.
        options: its validated config, defaults filled in.
        provider: distribution and version that brings it.
    """

    entry: E_co
    options: BaseModel
    provider: str

    @property
    def choice(self) -> Choice:
        """The choice with every option written out, for run.toml."""
        return Choice(name=self.entry.name, **self.options.model_dump(mode="json"))


class Faults:
    """Gathers what is wrong, to say all of it at once."""

    def __init__(self, plugins: Plugins) -> None:
        self._plugins = plugins
        self._errors: list[AvatarArtistError] = []

    def check(self, step: Callable[[], T]) -> T | None:
        """Run a step; what it raises is kept and None returned."""
        try:
            return step()
        except AvatarArtistError as error:
            self._errors.append(error)
            return None

    def part(self, choice: Choice, registry: Registry[E]) -> Part[E] | None:
        """Look a component up and validate its options."""
        return self.check(lambda: choose(choice, registry))

    def sound(self, part: Part[E] | None) -> Part[E]:
        """Return the part when nothing at all is wrong, else raise every fault."""
        self.report()
        if part is None:
            raise ValueError("no part was chosen, yet no fault was found")
        return part

    def report(self) -> None:
        """Raise one error that holds every fault and every hint, each once."""
        if not self._errors:
            return
        messages = dict.fromkeys(str(error) for error in self._errors)
        hints = dict.fromkeys(error.hint for error in self._errors if error.hint)
        if self._plugins.failures and any(isinstance(e, UnknownNameError) for e in self._errors):
            hints["Some plugins failed to load: aa plugins check"] = None
        kinds = {type(error) for error in self._errors}
        kind = kinds.pop() if len(kinds) == 1 else UsageError
        if IncompatibleError in kinds:
            kind = IncompatibleError
        raise kind("; ".join(messages), hint="\n".join(hints))


def choose(choice: Choice, registry: Registry[E]) -> Part[E]:
    """Look a component up and validate its options.

    Raises:
        UsageError: the name or an option is wrong.
    """
    entry = registry[choice.name]
    return Part(entry, choice.options_for(entry), registry.provider(choice.name))


def with_weights(choice: Choice, weights: str | None, registry: Registry[E]) -> Choice:
    """Give a learned component the bundle that the whole run asks for, unless it has its own."""
    if weights is None or not has_weights(registry.get(choice.name)):
        return choice
    return Choice(**{"weights": weights, **choice.model_dump()})


def has_weights(entry: Entry | None) -> bool:
    """Tell whether a component reads a bundle of weights."""
    return entry is not None and "weights" in entry.config.model_fields


def choose_transfer(
    choice: Choice, domain: DomainEntry, plugins: Plugins
) -> Part[TransferEntry] | None:
    """Choose what carries a portrait into ``domain``; None: portraits are in it as they come.

    Args:
        choice: a transfer; with an empty name, the default one is taken when it reaches the
            domain, else the only one with a recipe for it, else the only one that reaches it.
        domain: where to. Its recipe lies under the options of ``choice``.
        plugins: what is installed.

    Raises:
        UsageError: nothing or more than one thing reaches it, or its options are wrong.
        AvatarArtistError: what reaches it lacks something that it needs.
    """
    if domain.as_is:
        _refuse(choice, domain)
        return None
    reaching = [entry.name for entry in plugins.transfers.values() if entry.reaches(domain)]
    name = choice.name or _only(reaching, domain)
    entry = plugins.transfers[name]
    if name not in reaching:
        reached = [each.name for each in plugins.domains.values() if entry.reaches(each)]
        raise IncompatibleError(
            f"domain transfer {name!r} does not reach domain {domain.name!r}",
            hint=f"Transfers that do: {', '.join(reaching) or 'none installed'}. "
            f"Domains that {name!r} reaches: {', '.join(reached) or 'none'}.",
        )
    part = choose(_laid_over_recipe(choice, entry, domain), plugins.transfers)
    _check_ready(part, domain, [other for other in reaching if other != name])
    return part


def _check_ready(part: Part[TransferEntry], domain: DomainEntry, others: list[str]) -> None:
    if part.entry.ready is None:
        return
    try:
        part.entry.ready(part.options)
    except AvatarArtistError as error:
        way = f"No other transfer reaches {domain.name!r}. What reaches what: aa domains list"
        if others:
            way = f"Or another transfer that reaches {domain.name!r}: --transfer {others[0]}"
        error.hint = f"{error.hint}\n{way}".lstrip()
        raise


def _refuse(choice: Choice, domain: DomainEntry) -> None:
    if choice != Choice(name=""):
        raise IncompatibleError(
            f"no domain transfer goes to {domain.name!r}: portraits are in it as they come",
            hint="Leave the transfer and its options out, or choose another: aa domains list",
        )


def _laid_over_recipe(choice: Choice, entry: TransferEntry, domain: DomainEntry) -> Choice:
    recipe = domain.recipe.get(entry.name, {})
    try:
        validated(entry.config, recipe, entry.name)
    except UsageError as error:
        raise UsageError(
            f"the recipe of domain {domain.name!r} is wrong: {error}",
            hint=f"Mend its TOML file. {error.hint}",
        ) from error
    return Choice(**{**recipe, **(choice.model_extra or {}), "name": entry.name})


def _only(reaching: list[str], domain: DomainEntry) -> str:
    if DEFAULT_TRANSFER in reaching:
        return DEFAULT_TRANSFER
    by_recipe = [name for name in reaching if name in domain.recipe]
    for names in (by_recipe, reaching):
        if len(names) == 1:
            return names[0]
    if not reaching:
        missing = ", ".join(domain.recipe)
        has = f"It has recipes for {missing}, not installed here. " if missing else ""
        raise IncompatibleError(
            f"no installed domain transfer reaches domain {domain.name!r}",
            hint=f"{has}Install a plugin that brings one, or leave --domain out.",
        )
    raise UsageError(
        f"several domain transfers reach domain {domain.name!r}: {', '.join(reaching)}",
        hint=f"Say which: --set transfer.name={reaching[0]}",
    )
