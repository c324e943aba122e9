"""The installed software: dependencies, plugins, codecs."""

import importlib
import re
from collections.abc import Iterator
from importlib import metadata

from avatarartist_core.diagnosis.finding import Finding
from avatarartist_core.plugins import Plugins

DISTRIBUTION = "avatarartist"
CODECS = {
    "libx264": "mp4",
    "aac": "sound in mp4",
    "libvpx-vp9": "webm, transparent too",
    "libopus": "sound in webm",
    "gif": "gif",
    "png": "PNG frames",
}


def dependencies() -> Iterator[Finding]:
    """Compare what this distribution requires with what is installed."""
    group = "dependencies"
    try:
        required = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        yield Finding(group, DISTRIBUTION, "not installed", "fault", "pip install .")
        return
    yield Finding(group, DISTRIBUTION, metadata.version(DISTRIBUTION))
    for requirement in required:
        if "extra ==" in requirement:
            continue
        asked = requirement.partition(";")[0].strip()
        name = re.split(r"[\s<>=!~\[(]", asked, maxsplit=1)[0]
        least = re.search(r">=\s*([\d.]+)", asked)
        if name == "torch":  # stands under gpu
            continue
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            yield Finding(group, name, "missing", "fault", f"pip install '{asked}'")
            continue
        old = least is not None and _numbers(found) < _numbers(least[1])
        yield Finding(
            group,
            name,
            f"{found}, needs {asked.removeprefix(name).strip()}" if old else found,
            "fault" if old else "ok",
            f"pip install '{asked}'" if old else "",
        )


def brought(plugins: Plugins) -> Iterator[Finding]:
    """Look at the plugins: what each brings and which cannot be used."""
    group = "plugins"
    for source in plugins.sources:
        names = ", ".join(name for _, name in source.brought[:6])
        more = f" and {len(source.brought) - 6} more" if len(source.brought) > 6 else ""
        yield Finding(group, source.name, f"{names}{more} ({source.provider})")
    for failure in plugins.failures:
        yield Finding(group, failure.name, failure.reason, "fault", failure.hint)


def codecs() -> Iterator[Finding]:
    """Look at the encoders inside PyAV."""
    group = "video"
    try:
        av = importlib.import_module("av")
    except ImportError as error:
        yield Finding(group, "av", str(error), "fault", "pip install --force-reinstall av")
        return
    versions = av.library_versions
    yield Finding(group, "libavcodec", ".".join(map(str, versions.get("libavcodec", ()))))
    for codec, used_for in CODECS.items():
        there = codec in av.codecs_available
        yield Finding(
            group,
            codec,
            used_for if there else f"missing: no {used_for}",
            "ok" if there else "fault",
            "" if there else "pip install --force-reinstall --only-binary av av",
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version.partition("+")[0])[:3])
