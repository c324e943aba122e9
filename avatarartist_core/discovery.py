"""Where plugins are: entry points of installed distributions, and what AA_PLUGINS adds."""

import configparser
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata

import entrypoints

from avatarartist_core.errors import did_you_mean
from avatarartist_core.hookspecs import GROUP

BUNDLED = "avatarartist"
"""The distribution whose plugins come first."""

_TARGET = re.compile(r"\w+(\.\w+)*(:\w+(\.\w+)*)?")


@dataclass(frozen=True)
class Failure:
    """A plugin, or one thing it brings, that cannot be used; everything else goes on.

    Attributes:
        name: entry-point name of the plugin.
        provider: distribution and version, or the environment variable that asked for it.
        reason: one sentence, lower case.
        hint: what to do about it.
    """

    name: str
    provider: str
    reason: str
    hint: str


@dataclass(frozen=True)
class Point:
    """A plugin that is there to be loaded.

    Attributes:
        name: entry-point name, the one ``AA_PLUGINS_OFF`` takes.
        target: ``"package.module"`` or ``"package.module:object"``.
        provider: distribution and version, or ``"AA_PLUGINS"``.
    """

    name: str
    target: str
    provider: str


def points(
    environ: Mapping[str, str], path: Sequence[str] | None = None
) -> tuple[list[Point], list[Failure]]:
    """List the plugins to load: bundled ones, then others by name, then AA_PLUGINS.

    Args:
        environ: holds ``AA_PLUGINS_OFF="a,b"`` and ``AA_PLUGINS="name=module,..."``.
        path: folders to look for distributions in; None: ``sys.path``.
    """
    failures: list[Failure] = []
    found = sorted(_installed(sys.path if path is None else path), key=_bundled_first)
    found += _added(environ.get("AA_PLUGINS", ""), failures)
    off = _listed(environ.get("AA_PLUGINS_OFF", ""))
    known = {point.name for point in found}
    for name in sorted(set(off) - known):
        reason = f"AA_PLUGINS_OFF names {name!r}, which is not there{did_you_mean(name, known)}"
        hint = f"Plugins: {', '.join(sorted(known)) or 'none'}."
        failures.append(Failure(name, "AA_PLUGINS_OFF", reason, hint))
    wanted = []
    for point in found:
        if point.name in off:
            continue
        if _TARGET.fullmatch(point.target):
            wanted.append(point)
        else:
            reason = f"its entry point {point.target!r} is not written 'package.module'"
            hint = f"Mend [{GROUP}] in its entry points and install it again."
            if point.provider == "AA_PLUGINS":
                hint = 'Write AA_PLUGINS="name=package.module".'
            failures.append(Failure(point.name, point.provider, reason, hint))
    return wanted, failures


def _installed(path: Sequence[str]) -> Iterator[Point]:
    seen: set[str] = set()
    for folder in dict.fromkeys(path):
        for distribution, version, group in _groups(folder):
            if distribution in seen:
                continue
            seen.add(distribution)
            provider = f"{distribution} {version}".rstrip()
            for name, target in group.items():
                yield Point(name, target.strip(), provider)


def _groups(folder: str) -> list[tuple[str, str, dict[str, str]]]:
    """Read (distribution, version, plugins by name) of every distribution in a folder."""
    try:
        return [
            (_spelt(about.name), about.version or "", dict(parsed[GROUP]))
            for parsed, about in entrypoints.iter_files_distros(path=[folder])
            if GROUP in parsed
        ]
    except (configparser.Error, OSError, UnicodeError):
        # One file nobody can parse would hide its neighbours: read that folder leniently.
        return [
            (
                _spelt(about.metadata["Name"] or ""),
                about.version,
                {point.name: point.value for point in group},
            )
            for about in metadata.distributions(path=[folder])
            if (group := about.entry_points.select(group=GROUP))
        ]


def _added(text: str, failures: list[Failure]) -> list[Point]:
    found = []
    for part in _listed(text):
        name, equals, target = (piece.strip() for piece in part.partition("="))
        if name and equals and target:
            found.append(Point(name, target, "AA_PLUGINS"))
        else:
            reason = f"AA_PLUGINS holds {part!r}, which is not written 'name=package.module'"
            hint = 'Write AA_PLUGINS="name=package.module", more of them after a comma.'
            failures.append(Failure(name or part, "AA_PLUGINS", reason, hint))
    return found


def _bundled_first(point: Point) -> tuple[bool, str, str]:
    distribution = point.provider.partition(" ")[0]
    return distribution != BUNDLED, point.name, distribution


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _spelt(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()
