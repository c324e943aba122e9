"""What a data set holds, in numbers: styles, poses, expressions, sizes, rejections."""

from __future__ import annotations

import re
import struct
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from avatarartist_core.data import Event, Floats
from avatarartist_core.datasets.reading import ShardSet
from avatarartist_core.datasets.shards import Rejected, facts_in
from avatarartist_core.motion import ARKIT
from avatarartist_core.motion.angles import angles_from_rotation
from avatarartist_core.running.events import Stage

ANGLES = ("yaw", "pitch", "roll", "gaze yaw", "gaze pitch")
_EVERY = 100
"""Records between two reports of progress."""


@dataclass(frozen=True, eq=False)
class Statistics:
    """A data set in numbers (N records, E coefficients).

    Attributes:
        records: how many there are.
        shards: how many hold them.
        size: bytes of the shards.
        sides: sides of the pictures in pixels, each once.
        domains: style to number of records, as they come.
        degrees: (N, 5) yaw, pitch and roll of the head, yaw and pitch of the eyes.
        expression: (N, E) coefficients.
        rejections: every number without a record.
    """

    records: int
    shards: int
    size: int
    sides: tuple[int, ...]
    domains: dict[str, int]
    degrees: Floats
    expression: Floats
    rejections: tuple[Rejected, ...] = field(default_factory=tuple)

    def angles(self) -> dict[str, tuple[float, ...]]:
        """Return mean, spread, least and most of each angle in degrees."""
        return {name: _summed(self.degrees[:, at]) for at, name in enumerate(ANGLES)}

    def expressions(self) -> list[tuple[str, tuple[float, float, float]]]:
        """Return (name, (mean, spread, most)) of each coefficient, the strongest first."""
        names = ARKIT if self.expression.shape[1] == len(ARKIT) else range(len(self.expression.T))
        rows = [
            (str(name), (float(column.mean()), float(column.std()), float(column.max())))
            for name, column in zip(names, self.expression.T, strict=True)
        ]
        return sorted(rows, key=lambda row: -row[1][0])

    @property
    def rejected(self) -> dict[str, int]:
        """How many were rejected, by reason without names and numbers, the commonest first."""
        return dict(Counter(_general(one.reason) for one in self.rejections).most_common())

    def as_json(self) -> dict[str, Any]:
        """Return it all as plain values."""
        return {
            "records": self.records,
            "shards": self.shards,
            "bytes": self.size,
            "sides": list(self.sides),
            "domains": self.domains,
            "degrees": {
                name: dict(zip(("mean", "spread", "least", "most"), row, strict=True))
                for name, row in self.angles().items()
            },
            "expressions": {
                name: dict(zip(("mean", "spread", "most"), row, strict=True))
                for name, row in self.expressions()
            },
            "rejected": self.rejected,
            "rejections": [one.model_dump() for one in self.rejections],
        }


def statistics_of(folder: Path) -> Stage[Statistics]:
    """Read the labels of every record.

    Raises:
        InputError: there is no data set, or it is damaged.
    """
    records, facts = ShardSet(folder), facts_in(folder)
    degrees = np.zeros((len(records), len(ANGLES)), np.float32)
    expression: list[Floats] = []
    domains, sides = Counter[str](), dict[int, None]()
    for number in range(len(records)):
        if number % _EVERY == 0:
            yield Event("read", number, len(records))
        values = records.values(number)
        angles = angles_from_rotation(values["rotation"])
        degrees[number] = np.degrees(np.concatenate([angles, values["gaze"]]))
        expression.append(values["expression"])
        domains[values["domain"]] += 1
        sides[side_of(records.raw(number)["png"])] = None
    yield Event("read", len(records), len(records))
    return Statistics(
        records=len(records),
        shards=len(facts),
        size=sum(each.size for each in facts),
        sides=tuple(sides),
        domains=dict(domains),
        degrees=degrees,
        expression=np.stack(expression) if expression else np.zeros((0, len(ARKIT)), np.float32),
        rejections=tuple(one for each in facts for one in each.rejected),
    )


def side_of(png: bytes) -> int:
    """Read the width out of the header of a PNG."""
    return int(struct.unpack(">I", png[16:20])[0])


def _summed(values: Floats) -> tuple[float, ...]:
    if not len(values):
        return (0.0,) * 4
    return tuple(float(each) for each in (values.mean(), values.std(), values.min(), values.max()))


def _general(reason: str) -> str:
    """Leave names and numbers out of a reason, so that the same kind counts as one."""
    return re.sub(r"\d+(\.\d+)?", "#", re.sub(r"'[^']*'", "'…'", reason))
