"""From what the user asked for to pairs that can be drawn, before anything heavy is imported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from avatarartist_core.choosing import Faults, Part
from avatarartist_core.config import Choice, validated
from avatarartist_core.datasets.pairs.config import PairsConfig
from avatarartist_core.entries import GeneratorEntry
from avatarartist_core.errors import IncompatibleError, UsageError
from avatarartist_core.plan import check_device_name
from avatarartist_core.plugins import Plugins
from avatarartist_core.weights.manifest import MANIFEST, read_bundle


@dataclass(frozen=True)
class PairsPlan:
    """Pairs that can be drawn.

    Attributes:
        config: every option written out.
        generator: the GAN.
    """

    config: PairsConfig
    generator: Part[GeneratorEntry]

    @property
    def topology(self) -> str:
        """Head model of the mesh maps that the GAN reads."""
        topology = self.generator.entry.produces_with(self.generator.options).topology
        if topology is None:
            raise ValueError(f"{self.generator.entry.name!r} does not say its topology")
        return topology


def resolve_pairs(
    gan: str, domain: str, labels: Path, plugins: Plugins, *, generator: str = "", **numbers: Any
) -> PairsPlan:
    """Choose what draws pairs.

    Args:
        gan: name of a bundle, ``random``, or a folder that holds a bundle: what a training run
            exports.
        domain: style of its pictures.
        labels: folder of a built data set.
        plugins: what is installed.
        generator: whose weights they are; empty: the folder says so, or there is only one.
        numbers: further fields of ``PairsConfig``; None means not given.

    Raises:
        UsageError: a name, an option or a number is wrong; every fault is listed.
        WeightsError: the folder holds no weights of a GAN.
    """
    faults = Faults(plugins)
    choice = faults.check(partial(_gan, gan, generator, plugins))
    part = faults.part(choice, plugins.generators) if choice else None
    faults.check(lambda: plugins.domains[domain])
    given = {name: value for name, value in numbers.items() if value is not None}
    faults.check(lambda: check_device_name(given.get("device", "cpu")))
    chosen = faults.sound(part)
    values = {
        **given,
        "generator": chosen.choice,
        "domain": domain,
        "labels": str(labels.resolve()),
    }
    config = validated(PairsConfig, values, "data pairs")
    if not isinstance(config, PairsConfig):
        raise TypeError(f"{config!r} is no PairsConfig")
    return PairsPlan(config, chosen)


def samplers(plugins: Plugins) -> list[str]:
    """Name the generators that draw avatars of nobody."""
    return [name for name, entry in plugins.generators.items() if entry.samples]


def _gan(gan: str, generator: str, plugins: Plugins) -> Choice:
    able = samplers(plugins)
    if generator and generator in plugins.generators and generator not in able:
        raise IncompatibleError(
            f"generator {generator!r} draws nobody from a random vector",
            hint=f"Generators that do: {', '.join(able) or 'none installed'}.",
        )
    folder = Path(gan).expanduser()
    if folder.is_dir():
        found = _bundle_in(folder, [generator] if generator else able)
        return Choice(name=read_bundle(found).component, weights=str(found.resolve()))
    if not generator and len(able) != 1:
        raise UsageError(
            f"--generator is missing: {len(able)} installed generators draw nobody's avatars",
            hint=f"Generators that do: {', '.join(able) or 'none installed'}.",
        )
    return Choice(name=generator or able[0], weights=gan)


def _bundle_in(folder: Path, names: Sequence[str]) -> Path:
    """Find the one bundle of a GAN in a folder, at most three levels down."""
    found = [
        place.parent
        for depth in ("", "*/", "*/*/", "*/*/*/")
        for place in sorted(folder.glob(f"{depth}{MANIFEST}"))
        if not place.parent.name.startswith(".") and read_bundle(place.parent).component in names
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(
            f"{str(folder)!r} holds no weights of {' or '.join(names) or 'a GAN'}",
            hint="Name a bundle (aa weights list), or a folder that a training run exported.",
        )
    raise UsageError(
        f"{str(folder)!r} holds {len(found)} GANs",
        hint=f"Name one of them: {', '.join(str(place) for place in found)}",
    )
