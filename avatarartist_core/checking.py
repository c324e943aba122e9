"""What ``aa plugins check`` finds: everything that would go wrong later, by importing it now."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from avatarartist_core.entries import DomainEntry, EncoderEntry, Entry, GeneratorEntry
from avatarartist_core.errors import AvatarArtistError, UsageError
from avatarartist_core.lazy import load
from avatarartist_core.plugins import Plugins, Source

HEAVY = ("torch", "numpy", "numba", "cv2", "PIL", "av", "ai_edge_litert")
"""What a plugin's own module must not import: every ``aa`` command would wait for it."""

_INTERFACES = {
    "generator": "avatarartist_core.interfaces:FourDGenerator",
    "renderer": "avatarartist_core.interfaces:Renderer",
    "motion encoder": "avatarartist_core.interfaces:MotionEncoder",
    "domain transfer": "avatarartist_core.interfaces:DomainTransfer",
    "head model": "avatarartist_core.interfaces:HeadModel",
    "portrait source": "avatarartist_core.datasets.source:PortraitSource",
    "training stage": "avatarartist_core.training.stage:TrainingStage",
    "feature network": "avatarartist_core.nn.features:FeatureNetwork",
}


@dataclass(frozen=True)
class Finding:
    """Something wrong with what is installed.

    Attributes:
        subject: the plugin, component or domain: ``"generator 'lift'"``.
        provider: distribution and version that brings it.
        problem: one sentence, lower case.
        hint: what to do about it.
    """

    subject: str
    provider: str
    problem: str
    hint: str


def check(plugins: Plugins) -> list[Finding]:
    """Import every component and look for what would fail when it is used.

    Slow on purpose: it imports torch when a component does, and starts an interpreter a plugin.
    """
    findings = [
        Finding(f"plugin {fault.name!r}", fault.provider, fault.reason, fault.hint)
        for fault in plugins.failures
    ]
    for source in plugins.sources:
        findings += _plugin_module(source)
    for entry, provider in plugins.components():
        for problem, hint in (*_config(entry), *_classes(entry)):
            findings.append(Finding(f"{entry.kind} {entry.name!r}", provider, problem, hint))
    for name, domain in plugins.domains.items():
        for problem, hint in _recipe(domain, plugins):
            provider = plugins.domains.provider(name)
            findings.append(Finding(f"domain {name!r}", provider, problem, hint))
    return findings


def heavy_imports(module: str) -> list[str]:
    """Import ``module`` in a fresh interpreter; returns the names of ``HEAVY`` it pulled in.

    Raises:
        AvatarArtistError: it cannot be imported.
    """
    script = (
        f"import sys; sys.path[:] = {sys.path!r}; import importlib; "
        f"importlib.import_module({module!r}); "
        f"print(*[name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
        raise AvatarArtistError(
            f"{module} cannot be imported on its own: {said}", hint="Import it in a new python."
        )
    return done.stderr.split("\n")[-2].split()


def _plugin_module(source: Source) -> Iterator[Finding]:
    subject = f"plugin {source.name!r}"
    try:
        heavy = heavy_imports(source.module)
    except AvatarArtistError as error:
        yield Finding(subject, source.provider, str(error), error.hint)
        return
    if heavy:
        yield Finding(
            subject,
            source.provider,
            f"{source.module} imports {', '.join(heavy)}, which slows every aa command",
            "Import it in the module that the entry's factory names.",
        )


def _config(entry: Entry) -> Iterator[tuple[str, str]]:
    extra, frozen = (entry.config.model_config.get(key) for key in ("extra", "frozen"))
    name = entry.config.__name__
    if extra != "forbid" or not frozen:
        yield (
            f"{name} is not frozen, or takes options it does not know",
            f'Write class {name}(BaseModel, frozen=True, extra="forbid").',
        )
    for option, about in entry.config.model_fields.items():
        if about.is_required():
            yield f"option {option!r} of {name} has no default", "Give it one: aa run sets none."
        if not about.description:
            yield f"option {option!r} of {name} has no description", "Use Field(description=...)."


def _classes(entry: Entry) -> Iterator[tuple[str, str]]:
    from avatarartist_core import data, interfaces

    wanted: list[Any] = [load(_INTERFACES[entry.kind], f"the interface of a {entry.kind}")]
    if isinstance(entry, EncoderEntry) and entry.finds_faces:
        wanted.append(interfaces.FaceFinder)
    if isinstance(entry, GeneratorEntry) and entry.samples:
        wanted.append(interfaces.AvatarSampler)
    yield from _class(entry, entry.factory, wanted)
    if isinstance(entry, GeneratorEntry) and entry.avatar:
        yield from _class(entry, entry.avatar, [data.Avatar])


def _class(entry: Entry, target: str, wanted: list[Any]) -> Iterator[tuple[str, str]]:
    try:
        made: Any = load(target, f"{entry.kind} {entry.name!r}")
    except AvatarArtistError as error:
        yield str(error), error.hint
        return
    if not isinstance(made, type):
        yield f"{target} is not a class", "An entry names a class as 'package.module:Class'."
        return
    for base in wanted:
        if not issubclass(made, base):
            yield f"{target} is not a {base.__name__}", f"Derive it from {base.__module__}."
    if inspect.isabstract(made):
        missing = ", ".join(sorted(getattr(made, "__abstractmethods__", ())))
        yield f"{target} does not implement {missing}", "Add what is missing to the class."


def _recipe(domain: DomainEntry, plugins: Plugins) -> Iterator[tuple[str, str]]:
    from avatarartist_core.config import validated

    for name, options in domain.recipe.items():
        transfer = plugins.transfers.get(name)
        if transfer is None:
            continue  # a recipe may be there for a plugin that is not
        try:
            validated(transfer.config, options, name)
        except UsageError as error:
            yield f"its recipe is wrong: {error}", error.hint
