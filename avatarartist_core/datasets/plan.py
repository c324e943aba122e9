"""From what the user asked for to a data set that can be built, before anything heavy is imported.

Record ``i`` is portrait ``i`` of the source in domain ``i`` modulo the number of domains. A source
that ends is gone through again, each portrait then in its next domain, until all have been in all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from avatarartist_core.choosing import Faults, Part, choose_transfer
from avatarartist_core.config import Choice, validated
from avatarartist_core.datasets.config import BuildConfig
from avatarartist_core.defaults import DEFAULT_TRANSFER
from avatarartist_core.entries import DomainEntry, SourceEntry, TransferEntry
from avatarartist_core.errors import UsageError
from avatarartist_core.plan import check_device_name
from avatarartist_core.plugins import Plugins
from avatarartist_core.settings import value_of

ALL = "all"


@dataclass(frozen=True)
class Route:
    """How portraits come into one domain.

    Attributes:
        domain: the style.
        transfer: what carries them there; None: they are in it as they come.
    """

    domain: DomainEntry
    transfer: Part[TransferEntry] | None


@dataclass(frozen=True)
class Task:
    """What one record is made of.

    Attributes:
        number: of the record.
        portrait: number of the portrait in the source.
        route: how it comes into its domain.
    """

    number: int
    portrait: int
    route: Route


@dataclass(frozen=True)
class BuildPlan:
    """A data set that can be built.

    Attributes:
        config: every option written out.
        source: where portraits come from.
        routes: one a domain, in the order of ``config.domains``.
    """

    config: BuildConfig
    source: Part[SourceEntry]
    routes: tuple[Route, ...]

    def task(self, index: int, portraits: int | None) -> Task:
        """Tell what a record is made of.

        Args:
            index: number of the record.
            portraits: how many the source has; None: no end.
        """
        lap, portrait = (0, index) if portraits is None else divmod(index, portraits)
        return Task(index, portrait, self.routes[(portrait + lap) % len(self.routes)])


def resolve_build(
    source: str,
    domains: str,
    plugins: Plugins,
    *,
    transfer: str | None = None,
    settings: Sequence[str] = (),
    **numbers: Any,
) -> BuildPlan:
    """Choose what makes a data set.

    Args:
        source: ``synthetic`` or ``folder:PATH``.
        domains: ``all``, or names with commas between them.
        plugins: what is installed.
        transfer: carries portraits into the domains; None: for each one that can.
        settings: ``source.option=value`` and ``transfer.option=value``.
        numbers: further fields of ``BuildConfig``; None means not given.

    Raises:
        UsageError: a name, an option or a number is wrong; every fault is listed.
    """
    faults = Faults(plugins)
    name, _, path = source.partition(":")
    options = faults.check(lambda: _options(settings, name, transfer)) or {"source": {}}
    chosen = faults.part(Choice(**options["source"], name=name), plugins.portrait_sources)
    if chosen:
        faults.check(lambda: _check_path(chosen.entry, path))
    wanted = Choice(**options.get("transfer", {}), name=transfer or "")
    routes = faults.check(lambda: routes_to(domains, wanted, plugins)) or ()
    given = {name: value for name, value in numbers.items() if value is not None}
    faults.check(lambda: check_device_name(given.get("device", "cpu")))
    part = faults.sound(chosen)
    values = {
        **given,
        "source": part.choice,
        "path": str(Path(path).resolve()) if path else "",
        "domains": [route.domain.name for route in routes],
        "transfers": {r.domain.name: r.transfer.choice for r in routes if r.transfer},
    }
    config = validated(BuildConfig, values, "data build")
    if not isinstance(config, BuildConfig):
        raise TypeError(f"{config!r} is no BuildConfig")
    return BuildPlan(config, part, routes)


def plan_again(config: BuildConfig, plugins: Plugins) -> BuildPlan:
    """Find the parts of a data set whose settings are known, to go on with it.

    Raises:
        UsageError: a part is not installed any more, or does not take an option.
    """
    faults = Faults(plugins)
    source = faults.part(config.source, plugins.portrait_sources)
    routes: list[Route] = []
    for name in config.domains:
        domain = faults.check(partial(plugins.domains.__getitem__, name))
        choice = config.transfers.get(name)
        transfer = faults.part(choice, plugins.transfers) if choice else None
        if domain:
            routes.append(Route(domain, transfer))
    return BuildPlan(config, faults.sound(source), tuple(routes))


def routes_to(domains: str, wanted: Choice, plugins: Plugins) -> tuple[Route, ...]:
    """Choose a transfer for each domain.

    Raises:
        UsageError: a name is wrong, or nothing reaches a domain; every fault is listed.
    """
    faults, routes = Faults(plugins), list[Route]()
    names = [name.strip() for name in domains.split(",") if name.strip()]
    if names == [ALL]:
        names = _reached(wanted, plugins)
    for name in dict.fromkeys(names):
        domain = faults.check(partial(plugins.domains.__getitem__, name))
        if domain is None:
            continue
        choice = Choice(name="") if domain.as_is else wanted
        transfer = faults.check(partial(choose_transfer, choice, domain, plugins))
        routes.append(Route(domain, transfer))
    faults.report()
    if not routes:
        raise UsageError(
            f"no domain is named in {domains!r}",
            hint=f"Installed: {', '.join(plugins.domains) or 'none'}. All of them: --domains all",
        )
    return tuple(routes)


def _reached(wanted: Choice, plugins: Plugins) -> list[str]:
    """Name the domains that the transfer reaches, and those that portraits are in as they come."""
    transfer = plugins.transfers[wanted.name or DEFAULT_TRANSFER]
    return [
        name for name, domain in plugins.domains.items() if domain.as_is or transfer.reaches(domain)
    ]


def _options(
    settings: Sequence[str], source: str, transfer: str | None
) -> dict[str, dict[str, Any]]:
    """Sort ``source.option=value`` and ``transfer.option=value``; parts go by their names too."""
    places = {"source": "source", source: "source", "transfer": "transfer"}
    if transfer:
        places[transfer] = "transfer"
    options: dict[str, dict[str, Any]] = {"source": {}, "transfer": {}}
    for setting in settings:
        path, equals, text = setting.partition("=")
        part, dot, option = path.strip().partition(".")
        if not (equals and dot and option) or part not in places or option == "name":
            raise UsageError(
                f"setting {setting!r} is not written 'source.option=value' or "
                "'transfer.option=value'",
                hint="Options of a part: aa plugins info NAME",
            )
        options[places[part]][option] = value_of(text.strip())
    return options


def _check_path(entry: SourceEntry, path: str) -> None:
    if entry.takes_path and not path:
        raise UsageError(
            f"portrait source {entry.name!r} needs a place to read",
            hint=f"Write --source {entry.name}:PATH",
        )
    if path and not entry.takes_path:
        raise UsageError(
            f"portrait source {entry.name!r} reads no place, yet {path!r} is named",
            hint=f"Write --source {entry.name}",
        )
