"""Builds a data set, shard after shard, and goes on where a build was cut off.

Each record depends on the seed and its own number alone, so a shard has the same bytes whoever
makes it and however often the build was stopped.
"""

from __future__ import annotations

import errno
import time
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from avatarartist_core.data import Event
from avatarartist_core.datasets.lock import only_build
from avatarartist_core.datasets.making import Maker, Outcome
from avatarartist_core.datasets.plan import BuildPlan
from avatarartist_core.datasets.settling import settled
from avatarartist_core.datasets.shards import (
    Rejected,
    ShardWriter,
    facts_in,
    read_facts,
    shard_name,
    unfinished_in,
)
from avatarartist_core.datasets.threads import one_thread
from avatarartist_core.errors import AvatarArtistError, InputError, OutputError
from avatarartist_core.running.events import Stage

Outcomes = Generator[Outcome, None, None]


@dataclass(frozen=True)
class Built:
    """What a build made.

    Attributes:
        folder: of the data set.
        records: how many it holds.
        rejected: how many numbers have no record.
        shards: how many shards there are.
        made: records and rejections of this run.
        seconds: that this run took.
        processor: seconds of the workers' processors by part, over this run.
    """

    folder: Path
    records: int
    rejected: int
    shards: int
    made: int
    seconds: float
    processor: dict[str, float] = field(default_factory=dict)


@dataclass
class _Tally:
    """What happened so far in this run."""

    done: int
    made: int = 0
    processor: Counter[str] = field(default_factory=Counter)


def build_set(
    plan: BuildPlan, folder: Path, *, workers: int = 1, address: str = ""
) -> Stage[Built]:
    """Build a data set, or what is missing of it; yields an event for each record.

    Args:
        plan: what it is made of.
        folder: where it goes; what an earlier build of the same plan finished is kept.
        workers: processes; one works without Ray, 0 are all that the cluster has cores for.
        address: of a Ray cluster; empty: this machine.

    Raises:
        AvatarArtistError: the folder holds something else, the disk is full, a part is missing.
    """
    began = time.monotonic()
    _make(folder)
    with only_build(folder):
        plan, note = settled(plan, folder)
        for left in unfinished_in(folder):
            left.unlink(missing_ok=True)
        missing = list(_missing(plan, folder))
        numbers = [number for shard in missing for number in _numbers(plan, shard)]
        total = plan.config.count or 0
        tally = _Tally(total - len(numbers))
        yield Event("build", tally.done, total, note)
        with closing(_outcomes(plan, numbers, workers, address)) as outcomes:
            for shard in missing:
                yield from _write(plan, folder, shard, outcomes, tally)
        return _built(folder, tally, time.monotonic() - began)


def _outcomes(plan: BuildPlan, numbers: list[int], workers: int, address: str) -> Outcomes:
    if not numbers:
        return
    if workers > 1 or address:
        from avatarartist_core.datasets.workers import on_ray

        yield from on_ray(plan, numbers, workers, address)
        return
    with one_thread():
        maker = Maker(plan)
        for number in numbers:
            yield maker.make(number)


def _write(
    plan: BuildPlan, folder: Path, shard: int, outcomes: Iterator[Outcome], tally: _Tally
) -> Generator[Event, None, None]:
    """Write one shard; it has its name only when it is whole."""
    numbers, rejected = _numbers(plan, shard), list[Rejected]()
    try:
        with ShardWriter(folder, shard_name(shard)) as writer:
            for number in numbers:
                outcome = next(outcomes)
                if outcome.number != number:
                    raise ValueError(f"record {outcome.number} came where {number} was due")
                if outcome.rejected is None:
                    writer.add(number, outcome.key, outcome.domain, outcome.packed)
                else:
                    rejected.append(outcome.rejected)
                tally.done, tally.made = tally.done + 1, tally.made + 1
                tally.processor.update(outcome.seconds)
                yield Event("build", tally.done, plan.config.count)
            _check_parts_work(numbers, rejected)
            writer.finish(numbers.start, numbers.stop, tuple(rejected))
    except OutputError as error:
        raise OutputError(str(error), _WAY_ON) from error
    except OSError as error:
        said = "the disk is full" if error.errno == errno.ENOSPC else str(error.strerror).lower()
        raise OutputError(
            f"shard {shard} could not be written to {str(folder)!r}: {said}", _WAY_ON
        ) from error


_WAY_ON = "Free some space; the same command goes on with what is missing."


def _check_parts_work(numbers: range, rejected: list[Rejected]) -> None:
    """Stop where a component failed on every picture of a shard: that is no matter of pictures.

    Raises:
        AvatarArtistError: it did.
    """
    faults = [each for each in rejected if each.is_fault]
    if len(faults) < len(numbers):
        return
    raise AvatarArtistError(
        f"all {len(numbers)} records of a shard failed, the first in its {faults[0].by}: "
        f"{faults[0].reason}",
        hint="Mend that part; the same command goes on. More: aa plugins check",
    )


def _built(folder: Path, tally: _Tally, seconds: float) -> Built:
    facts = facts_in(folder)
    records = sum(len(each.records) for each in facts)
    rejected = [one for each in facts for one in each.rejected]
    if not records:
        (reason, times), *_ = Counter(one.reason for one in rejected).most_common(1)
        raise InputError(
            f"none of {len(rejected)} portraits could be used, {times} of them because: {reason}",
            hint="All reasons: aa data stats",
        )
    return Built(
        folder=folder,
        records=records,
        rejected=len(rejected),
        shards=len(facts),
        made=tally.made,
        seconds=seconds,
        processor=dict(tally.processor),
    )


def _missing(plan: BuildPlan, folder: Path) -> Iterator[int]:
    """Yield the numbers of the shards that are not finished."""
    for shard in range(-(-(plan.config.count or 0) // plan.config.shard_size)):
        if not _is_finished(folder, shard, _numbers(plan, shard)):
            yield shard


def _is_finished(folder: Path, shard: int, numbers: range) -> bool:
    path = folder / f"{shard_name(shard)}.json"
    try:
        facts = read_facts(path)
        size = (folder / facts.shard).stat().st_size
    except (InputError, OSError):
        return False
    return size == facts.size and (facts.first, facts.end) == (numbers.start, numbers.stop)


def _numbers(plan: BuildPlan, shard: int) -> range:
    """Return the numbers of the records that belong to a shard."""
    size = plan.config.shard_size
    return range(shard * size, min((shard + 1) * size, plan.config.count or 0))


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        said = (error.strerror or str(error)).lower()
        raise OutputError(
            f"cannot make the folder {str(folder)!r}: {said}", "Choose another --out."
        ) from error
