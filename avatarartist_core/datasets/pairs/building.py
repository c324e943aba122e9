"""Draws a folder of pairs, shard after shard, and goes on where it was cut off."""

from __future__ import annotations

import errno
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

from avatarartist_core.data import Event
from avatarartist_core.datasets.lock import only_build
from avatarartist_core.datasets.pairs.drawing import PairMaker
from avatarartist_core.datasets.pairs.pair import encode_pair
from avatarartist_core.datasets.pairs.plan import PairsPlan
from avatarartist_core.datasets.pairs.settling import settle
from avatarartist_core.datasets.pairs.statistics import (
    STATISTICS,
    PlaneStatistics,
    joined,
    read_statistics,
    statistics_of,
)
from avatarartist_core.datasets.reading import ShardSet
from avatarartist_core.datasets.shards import (
    ShardWriter,
    pack,
    read_facts,
    shard_name,
    unfinished_in,
)
from avatarartist_core.datasets.threads import one_thread
from avatarartist_core.errors import IncompatibleError, InputError, OutputError
from avatarartist_core.lazy import build
from avatarartist_core.running.events import Stage

STAGE = "pairs"
_WAY_ON = "Free some space; the same command goes on with what is missing."


@dataclass(frozen=True)
class Drawn:
    """What was drawn.

    Attributes:
        folder: of the pairs.
        pairs: how many it holds.
        shards: in how many shards.
        made: pairs drawn in this run.
        seconds: that this run took.
        statistics: of all its triplanes.
    """

    folder: Path
    pairs: int
    shards: int
    made: int
    seconds: float
    statistics: PlaneStatistics


def draw_pairs(plan: PairsPlan, folder: Path) -> Stage[Drawn]:
    """Draw pairs, or what is missing of them; yields an event for each.

    Raises:
        AvatarArtistError: the folder holds something else, the labels do not fit, the disk is full.
    """
    began, config = time.monotonic(), plan.config
    labels = _labels(plan)
    _make(folder)
    with only_build(folder), one_thread():
        note = settle(plan, labels, folder)
        for left in unfinished_in(folder):
            left.unlink(missing_ok=True)
        missing = list(_missing(plan, folder))
        made = sum(len(_numbers(plan, shard)) for shard in missing)
        done = config.count - made
        yield Event(STAGE, done, config.count, note)
        maker = PairMaker(
            config, build(plan.generator.entry, plan.generator.options, config.device), labels
        )
        for shard in missing:
            for _ in _write(plan, folder, shard, maker):
                done += 1
                yield Event(STAGE, done, config.count)
        statistics = joined(
            read_statistics(_statistics_path(folder, shard)) for shard in _shards(plan)
        )
        statistics.write(folder / STATISTICS, [config.domain])
    seconds = time.monotonic() - began
    return Drawn(folder, config.count, len(_shards(plan)), made, seconds, statistics)


def _write(
    plan: PairsPlan, folder: Path, shard: int, maker: PairMaker
) -> Generator[None, None, None]:
    """Write one shard and its statistics; it counts only when both are whole."""
    numbers = _numbers(plan, shard)
    try:
        with ShardWriter(folder, shard_name(shard)) as writer:
            parts = []
            for number in numbers:
                pair, planes = maker.draw(number)
                parts.append(statistics_of(planes))
                writer.add(number, pair.key, pair.domain, pack(pair.key, encode_pair(pair)))
                yield
            joined(parts).write(_statistics_path(folder, shard), [plan.config.domain])
            writer.finish(numbers.start, numbers.stop)
    except OutputError as error:
        raise OutputError(str(error), _WAY_ON) from error
    except OSError as error:
        said = "the disk is full" if error.errno == errno.ENOSPC else str(error.strerror).lower()
        raise OutputError(
            f"shard {shard} could not be written to {str(folder)!r}: {said}", _WAY_ON
        ) from error


def _labels(plan: PairsPlan) -> ShardSet:
    labels = ShardSet(plan.config.labels)
    topology = labels.values(0)["topology"] if len(labels) else plan.topology
    if not len(labels):
        raise InputError(
            f"the data set {plan.config.labels!r} holds no record", "Build one: aa data build"
        )
    if topology != plan.topology:
        raise IncompatibleError(
            f"the labels in {plan.config.labels!r} are of head model {topology!r}, the GAN needs "
            f"{plan.topology!r}",
            hint="Name labels of that head model, or another GAN.",
        )
    return labels


def _missing(plan: PairsPlan, folder: Path) -> Iterator[int]:
    """Yield the numbers of the shards that are not finished."""
    for shard in _shards(plan):
        numbers = _numbers(plan, shard)
        try:
            facts = read_facts(folder / f"{shard_name(shard)}.json")
            size = (folder / facts.shard).stat().st_size
            read_statistics(_statistics_path(folder, shard))
        except (InputError, OSError):
            yield shard
            continue
        if size != facts.size or (facts.first, facts.end) != (numbers.start, numbers.stop):
            yield shard


def _shards(plan: PairsPlan) -> range:
    return range(-(-plan.config.count // plan.config.shard_size))


def _numbers(plan: PairsPlan, shard: int) -> range:
    """Return the numbers of the pairs that belong to a shard."""
    size = plan.config.shard_size
    return range(shard * size, min((shard + 1) * size, plan.config.count))


def _statistics_path(folder: Path, shard: int) -> Path:
    return folder / f"{shard_name(shard)}.{STATISTICS}"


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        said = (error.strerror or str(error)).lower()
        raise OutputError(
            f"cannot make the folder {str(folder)!r}: {said}", "Choose another --out."
        ) from error
