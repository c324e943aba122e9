"""What this machine and installation have, what is missing, and the command that mends it."""

from collections.abc import Iterator

from avatarartist_core.diagnosis import files, machine, software, weights
from avatarartist_core.diagnosis.finding import Finding
from avatarartist_core.plugins import Plugins

__all__ = ["Finding", "findings"]


def findings(plugins: Plugins, *, gpu: bool = False) -> Iterator[Finding]:
    """Look at everything, cheapest first; ``gpu`` also starts torch to ask it for devices."""
    yield from machine.computer()
    yield from machine.graphics(start_torch=gpu)
    yield from software.dependencies()
    yield from software.brought(plugins)
    yield from software.codecs()
    yield from files.folders(plugins)
    yield from files.shipped(plugins)
    yield from weights.bundles(plugins)
