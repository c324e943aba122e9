"""Looks a data set over: hashes, records, numbers, duplicates; says everything that is wrong."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from avatarartist_core.data import Event
from avatarartist_core.datasets.encoding import decode
from avatarartist_core.datasets.pairs.pair import Pair, decode_pair
from avatarartist_core.datasets.pairs.reading import is_pairs
from avatarartist_core.datasets.pairs.reading import read_config as read_pairs
from avatarartist_core.datasets.record import Record
from avatarartist_core.datasets.settling import read_config
from avatarartist_core.datasets.shards import (
    Placed,
    ShardFacts,
    members_of,
    read_facts,
    shard_name,
    unfinished_in,
)
from avatarartist_core.errors import AvatarArtistError, InputError
from avatarartist_core.running.events import Stage

Reads = Callable[[Mapping[str, bytes]], Record | Pair]
"""Takes the members of a record."""


@dataclass
class Report:
    """What was found.

    Attributes:
        records: how many are sound.
        shards: how many there are.
        faults: what is wrong, a sentence each.
        notes: what is odd but does no harm.
    """

    records: int = 0
    shards: int = 0
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def verify_set(folder: Path) -> Stage[Report]:
    """Read every byte of a data set.

    Raises:
        InputError: the folder holds none.
    """
    config = read_pairs(folder)[0] if is_pairs(folder) else read_config(folder)[0]
    reads = decode_pair if is_pairs(folder) else decode
    count = config.count or 0
    names = [shard_name(number) for number in range(-(-count // config.shard_size))]
    report, pictures = Report(), dict[bytes, str]()
    for number, name in enumerate(names):
        first = number * config.shard_size
        wanted = range(first, min(first + config.shard_size, count))
        yield Event("verify", number, len(names))
        _look_at(folder, name, wanted, reads, report, pictures)
    yield Event("verify", len(names), len(names))
    known = {f"{name}.tar" for name in names}
    report.faults += [
        f"{path.name} belongs to no shard of {count} records"
        for path in sorted(folder.glob("*.tar"))
        if path.name not in known
    ]
    report.notes += [f"{path.name} is left of a build" for path in unfinished_in(folder)]
    return report


def _look_at(
    folder: Path,
    name: str,
    wanted: range,
    reads: Reads,
    report: Report,
    pictures: dict[bytes, str],
) -> None:
    """Add what is wrong with one shard to the report."""
    if not (folder / f"{name}.json").exists():
        report.faults.append(f"shard {name} is missing: records {wanted.start} to {wanted[-1]}")
        return
    try:
        facts = read_facts(folder / f"{name}.json")
        data = (folder / facts.shard).read_bytes()
    except (InputError, OSError) as error:
        report.faults.append(f"shard {name} cannot be read: {error}")
        return
    report.shards += 1
    if len(data) != facts.size or hashlib.sha256(data).hexdigest() != facts.sha256:
        report.faults.append(
            f"{facts.shard} is not what was written: {len(data)} bytes of {facts.size}, "
            "or another hash"
        )
    report.faults += _misnumbered(facts, wanted)
    for placed in facts.records:
        record, said = _record(data, placed, reads)
        if record is None:
            report.faults.append(f"{facts.shard}, record {placed.key}: {said}")
            continue
        report.records += 1
        same = pictures.setdefault(hashlib.sha256(record.picture.tobytes()).digest(), record.key)
        if same != record.key:
            report.notes.append(f"records {same} and {record.key} show the same picture")


def _misnumbered(facts: ShardFacts, wanted: range) -> Iterator[str]:
    """Yield what is wrong with the numbers: each is a record or rejected, once."""
    if (facts.first, facts.end) != (wanted.start, wanted.stop):
        yield (
            f"{facts.shard} says it holds {facts.first} to {facts.end}, "
            f"not {wanted.start} to {wanted.stop}"
        )
    numbers = [one.index for one in facts.records] + [one.index for one in facts.rejected]
    for number, times in sorted(Counter(numbers).items()):
        if times > 1:
            yield f"{facts.shard} has record {number} {times} times"
    for number in sorted(set(wanted) - set(numbers)):
        yield f"{facts.shard} lacks record {number}"
    for number in sorted(set(numbers) - set(wanted)):
        yield f"{facts.shard} has record {number}, which belongs elsewhere"


def _record(data: bytes, placed: Placed, reads: Reads) -> tuple[Record | Pair | None, str]:
    """Read a record; returns it, or None and what is wrong."""
    try:
        members = members_of(data[placed.offset : placed.offset + placed.length])
        for name, content in members.items():
            if name.endswith("png") and (said := _damage(content)):
                return None, f"its {name} is damaged: {said}"
        record = reads(members)
    except AvatarArtistError as error:
        return None, str(error)
    if (record.key, record.index, record.domain) != (placed.key, placed.index, placed.domain):
        return None, f"it is record {record.key} of {record.domain!r}"
    side = record.picture.shape[0]
    shapes = {
        "picture": (side, side, 3),
        "mesh_map": (256, 256, 3),
        "camera": (25,),
        "gaze": (2,),
        "rotation": (3, 3),
    }
    vectors = ["camera", "identity", "expression", "gaze", "rotation"]
    if isinstance(record, Record):
        shapes |= {"mask": (side, side), "landmarks": (478, 3)}
        vectors.append("landmarks")
    else:
        vectors += ["noise", *(["planes"] if record.planes is not None else [])]
    for name, shape in shapes.items():
        if getattr(record, name).shape != shape:
            return None, f"its {name} has the shape {getattr(record, name).shape}, not {shape}"
    for name in vectors:
        if not np.isfinite(getattr(record, name)).all():
            return None, f"its {name} holds a value that is not finite"
    return record, ""


def _damage(png: bytes) -> str:
    """Hold a PNG against its checksums, which decoding alone does not look at."""
    try:
        with Image.open(BytesIO(png), formats=("PNG",)) as picture:
            picture.verify()
    except (OSError, SyntaxError, ValueError) as error:
        return str(error) or type(error).__name__
    return ""
