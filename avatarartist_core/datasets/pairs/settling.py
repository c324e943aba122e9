"""``pairs.toml``: what pairs are made of, written before the first shard and held against."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from avatarartist_core.datasets.config import differences
from avatarartist_core.datasets.pairs.config import NAME
from avatarartist_core.datasets.pairs.plan import PairsPlan
from avatarartist_core.datasets.pairs.reading import READS, VERSIONS, read_config
from avatarartist_core.datasets.reading import ShardSet
from avatarartist_core.datasets.shards import facts_in
from avatarartist_core.errors import UsageError, WeightsError
from avatarartist_core.running.record import LEARNED, versions
from avatarartist_core.tensorfile import write_whole
from avatarartist_core.weights.bundle import bundle_at, find_bundle


def settle(plan: PairsPlan, labels: ShardSet, folder: Path) -> str:
    """Write ``pairs.toml``, or hold the plan against the one that is there.

    Returns:
        A note for the user where versions changed, or an empty string.

    Raises:
        UsageError: the folder holds other pairs, or something else.
        OutputError: it cannot be written.
    """
    config = plan.config
    reads = {"labels": _hash(labels), "weights": _weights(plan)}
    made_with = {**versions(LEARNED), f"part {config.generator.name}": plan.generator.provider}
    path = folder / NAME
    if not path.exists():
        _check_empty(folder)
        tables: dict[str, dict[str, Any]] = {READS: reads, VERSIONS: made_with}
        write_whole(path, config.to_toml(**tables).encode())
        return ""
    before, tables = read_config(folder)
    changed = differences(before.model_dump(mode="json"), config.model_dump(mode="json"))
    changed += differences({READS: tables[READS]}, {READS: reads})
    if changed:
        raise UsageError(
            f"{str(folder)!r} holds pairs of other settings: {'; '.join(changed)}",
            "Name another --out, or give the settings of that folder's pairs.toml.",
        )
    newer = differences(tables[VERSIONS], made_with)
    note = f"going on with other versions, pairs may differ: {'; '.join(newer)}"
    return note if newer else ""


def _hash(labels: ShardSet) -> str:
    """Hash what the labels are, by the hashes of their shards."""
    whole = hashlib.sha256()
    for facts in facts_in(labels.folder):
        whole.update(facts.sha256.encode())
    return whole.hexdigest()


def _weights(plan: PairsPlan) -> str:
    """Hash what the GAN's weights are; empty for untrained ones."""
    name, weights = plan.generator.entry.name, str(getattr(plan.generator.options, "weights", ""))
    if getattr(plan.generator.options, "untrained", ""):
        return ""
    package = plan.generator.entry.factory.partition(".")[0]
    try:
        place = Path(weights)
        bundle = (
            bundle_at(name, place) if place.name != weights else find_bundle(name, weights, package)
        )
    except WeightsError:
        return ""  # a generator that keeps its weights in a way of its own
    whole = hashlib.sha256()
    for file in bundle.files:
        whole.update(f"{file.path} {file.sha256}\n".encode())
    return whole.hexdigest()


def _check_empty(folder: Path) -> None:
    others = [path.name for path in folder.iterdir() if not path.name.startswith(".")]
    if others:
        raise UsageError(
            f"{str(folder)!r} is not empty and holds no pairs: {others[0]!r}",
            "Name a new folder: --out FOLDER",
        )
