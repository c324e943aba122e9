"""What is installed: every plugin imported, vetted alone and sorted into registries."""

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from types import ModuleType
from typing import Any

import entrypoints
import pluggy

from avatarartist_core import hookspecs, vetting
from avatarartist_core.discovery import Failure, Point, points
from avatarartist_core.entries import (
    DomainEntry,
    EncoderEntry,
    Entry,
    FaultyDomain,
    FeatureEntry,
    GeneratorEntry,
    HeadEntry,
    RendererEntry,
    SourceEntry,
    StageEntry,
    TransferEntry,
)
from avatarartist_core.errors import AvatarArtistError, did_you_mean
from avatarartist_core.registry import Registry

HOOKS = ("aa_components", "aa_domains")


@dataclass(frozen=True)
class Source:
    """A plugin that was loaded.

    Attributes:
        name: entry-point name, the one ``AA_PLUGINS_OFF`` takes.
        provider: distribution and version, or ``"AA_PLUGINS"``.
        module: ``"package.module"`` of its hooks.
        brought: (kind, name) of everything it brought.
    """

    name: str
    provider: str
    module: str
    brought: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Plugins:
    """Everything installed, by kind, and everything that could not be used."""

    generators: Registry[GeneratorEntry] = field(default_factory=lambda: Registry("generator"))
    renderers: Registry[RendererEntry] = field(default_factory=lambda: Registry("renderer"))
    encoders: Registry[EncoderEntry] = field(default_factory=lambda: Registry("motion encoder"))
    transfers: Registry[TransferEntry] = field(default_factory=lambda: Registry("domain transfer"))
    heads: Registry[HeadEntry] = field(default_factory=lambda: Registry("head model"))
    portrait_sources: Registry[SourceEntry] = field(
        default_factory=lambda: Registry("portrait source")
    )
    stages: Registry[StageEntry] = field(default_factory=lambda: Registry("training stage"))
    features: Registry[FeatureEntry] = field(default_factory=lambda: Registry("feature network"))
    domains: Registry[DomainEntry] = field(
        default_factory=lambda: Registry("domain", "aa domains list")
    )
    sources: tuple[Source, ...] = ()
    failures: tuple[Failure, ...] = ()

    def components(self) -> Iterator[tuple[Entry, str]]:
        """Yield every component with its provider, kind by kind."""
        for registry in (
            self.generators,
            self.renderers,
            self.encoders,
            self.transfers,
            self.heads,
            self.portrait_sources,
            self.stages,
            self.features,
        ):
            for name, entry in registry.items():
                yield entry, registry.provider(name)

    def add(self, entry: Entry | DomainEntry, provider: str) -> None:
        """Sort an entry into the registry of its kind.

        Raises:
            AvatarArtistError: its name is taken.
            TypeError: it is of no known kind.
        """
        match entry:
            case GeneratorEntry():
                self.generators.add(entry, provider)
            case RendererEntry():
                self.renderers.add(entry, provider)
            case EncoderEntry():
                self.encoders.add(entry, provider)
            case TransferEntry():
                self.transfers.add(entry, provider)
            case HeadEntry():
                self.heads.add(entry, provider)
            case SourceEntry():
                self.portrait_sources.add(entry, provider)
            case StageEntry():
                self.stages.add(entry, provider)
            case FeatureEntry():
                self.features.add(entry, provider)
            case DomainEntry():
                self.domains.add(entry, provider)
            case _:
                raise TypeError(f"{entry!r} is of no known kind")


@cache
def installed() -> Plugins:
    """Load every plugin of this process's environment, once."""
    return read(os.environ)


def read(environ: Mapping[str, str], path: Sequence[str] | None = None) -> Plugins:
    """Load plugins: imports each one's light module only and keeps every fault where it is.

    Args:
        environ: holds ``AA_PLUGINS_OFF`` and ``AA_PLUGINS``.
        path: folders to look for distributions in; None: ``sys.path``.
    """
    found, failures = points(environ, path)
    plugins, sources = Plugins(), []
    for point in found:
        try:
            with contextlib.redirect_stdout(sys.stderr):  # stdout holds results and nothing else
                plugin = _imported(point)
                entries = list(_yielded(plugin))
        except _Unusable as unusable:
            failures.append(Failure(point.name, point.provider, unusable.reason, unusable.hint))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the other plugins go on
            hint = f"Mend it, or leave it out with AA_PLUGINS_OFF={point.name}."
            failures.append(Failure(point.name, point.provider, _said(error), hint))
        else:
            module = point.target.partition(":")[0]
            brought = tuple(_taken(plugins, point, entries, failures))
            sources.append(Source(point.name, point.provider, module, brought))
    return replace(plugins, sources=tuple(sources), failures=tuple(failures))


class _Unusable(Exception):
    """A plugin that loads but does not keep the rules."""

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(reason)
        self.reason, self.hint = reason, hint


def _imported(point: Point) -> Any:
    try:
        return entrypoints.EntryPoint.from_string(point.target, point.name).load()
    except ModuleNotFoundError as error:
        package = point.target.partition(":")[0]
        if error.name and (package == error.name or package.startswith(f"{error.name}.")):
            hint = "Install it again, or leave it out with AA_PLUGINS_OFF."
            if point.provider == "AA_PLUGINS":
                hint = "Put the folder that holds it on PYTHONPATH."
            raise _Unusable(f"there is no module {error.name!r}", hint) from error
        hint = f"Install what holds {error.name!r} beside the plugin."
        raise _Unusable(f"it needs the missing module {error.name!r}", hint) from error


def _yielded(plugin: Any) -> Iterator[tuple[str, object]]:
    """Run the hooks of one plugin in a manager of its own; yields (hook, what it yielded)."""
    alone = pluggy.PluginManager(hookspecs.PROJECT)
    alone.add_hookspecs(hookspecs)
    try:
        alone.register(plugin)
        callers = alone.get_hookcallers(plugin) or []
        alone.check_pending()
    except pluggy.PluginValidationError as error:
        misspelt = [
            caller.name for caller in alone.get_hookcallers(plugin) or [] if not caller.has_spec()
        ]
        if not misspelt:
            said = str(error).splitlines()[-1]
            raise _Unusable(f"its hooks are wrong: {said}", "Hooks take no arguments.") from error
        said = " and ".join(f"{name!r}{did_you_mean(name, HOOKS)}" for name in misspelt)
        raise _Unusable(f"there is no hook {said}", f"Hooks: {', '.join(HOOKS)}.") from error
    if not callers:
        raise _Unusable(
            f"{_titled(plugin)} marks no function as a hook",
            f"Put @hookimpl before {' or '.join(HOOKS)}.",
        )
    for caller in callers:
        results = caller()
        if not results or not isinstance(results[0], Iterable):
            given = repr(results[0]) if results else "None"
            raise _Unusable(f"{caller.name} returned {given}", "Yield the entries, one by one.")
        for entry in results[0]:
            yield caller.name, entry


def _taken(
    plugins: Plugins,
    point: Point,
    entries: list[tuple[str, object]],
    failures: list[Failure],
) -> Iterator[tuple[str, str]]:
    """Register what is sound; yields (kind, name) of it and appends the rest to ``failures``."""

    def fail(reason: str, hint: str) -> None:
        failures.append(Failure(point.name, point.provider, reason, hint))

    for hook, entry in entries:
        if isinstance(entry, FaultyDomain):
            reason = f"domain {entry.name!r} cannot be used: {entry.reason}"
            fail(reason, "The rest of the plugin is in use; mend the file.")
            continue
        fault = vetting.kind_fault(entry, hook)
        if fault or not isinstance(entry, Entry | DomainEntry):
            fail(fault, "The rest of the plugin is in use; see avatarartist_core.entries.")
            continue
        if wrong := "; ".join(vetting.faults(entry)):
            reason = f"{entry.kind} {entry.name!r} cannot be used: {wrong}"
            fail(reason, "The rest of the plugin is in use; mend the entry it yields.")
            continue
        try:
            plugins.add(entry, point.provider)
        except AvatarArtistError as error:
            fail(str(error), error.hint)
        else:
            yield entry.kind, entry.name


def _titled(plugin: Any) -> str:
    return plugin.__name__ if isinstance(plugin, ModuleType | type) else repr(plugin)


def _said(error: BaseException) -> str:
    first = (str(error).splitlines() or [""])[0]
    return f"it raised {type(error).__name__}" + (f": {first}" if first else "")
