"""Portraits drawn by every variant, and what became of their faces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from avatarartist_core.ablation.plan import Ablation
from avatarartist_core.data import Event, Picture, Portrait
from avatarartist_core.interfaces import FaceFinder
from avatarartist_core.output.contact_sheet import Cell, contact_sheet
from avatarartist_core.prepare import prepare
from avatarartist_core.running.concurrency import Report, side_by_side
from avatarartist_core.running.events import Stage
from avatarartist_core.running.kit import Kit
from avatarartist_core.running.places import need_file
from avatarartist_core.transfers import Deviation, deviation

ITSELF = "the portrait itself"
"""The row of what the measurement makes of portraits that nothing was done to."""


@dataclass(frozen=True)
class Trial:
    """One portrait drawn once.

    Attributes:
        portrait: the file.
        seed: it was drawn with.
        found: how its face deviates; None: no face is found.
    """

    portrait: Path
    seed: int
    found: Deviation | None


@dataclass(frozen=True)
class Row:
    """What one variant made.

    Attributes:
        title: of the variant.
        options: of the transfer, defaults filled in.
        trials: one a portrait and seed.
    """

    title: str
    options: dict[str, object]
    trials: tuple[Trial, ...]

    @property
    def faces(self) -> int:
        """How many trials show a face."""
        return sum(trial.found is not None for trial in self.trials)

    @property
    def mean(self) -> Deviation | None:
        """The mean over the trials that show a face; None: none does."""
        found = [trial.found for trial in self.trials if trial.found is not None]
        if not found:
            return None
        parts = ("landmarks", "rotation", "expression")
        return Deviation(
            *(float(np.mean([getattr(each, part) for each in found])) for part in parts)
        )


@dataclass(frozen=True, eq=False)
class Ablated:
    """A table, and the pictures of every portrait's first seed.

    Attributes:
        rows: the portraits themselves, then the variants.
        pictures: (P, P, 3) by row, then by portrait.
    """

    rows: tuple[Row, ...]
    pictures: tuple[tuple[Picture, ...], ...]

    def sheet(self, side: int) -> Picture:
        """Lay the pictures out, a portrait a row, each ``side`` pixels wide."""
        cells = [
            Cell(row.title, pictures[number])
            for number in range(len(self.pictures[0]))
            for row, pictures in zip(self.rows, self.pictures, strict=True)
        ]
        return contact_sheet(cells, side, columns=len(self.rows))


def ablated(plan: Ablation) -> Stage[Ablated]:
    """Draw everything with every variant and measure it; nothing is tried twice.

    Raises:
        AvatarArtistError: a portrait cannot be used, or a transfer fails.
    """
    for portrait in plan.portraits:
        need_file(portrait, "portrait")
    (made,) = yield from side_by_side(lambda report: _ablated(plan, report))
    return made


def _ablated(plan: Ablation, report: Report) -> Ablated:
    config, kit = plan.config, Kit()
    finder = kit.component(plan.finder, config.device, "prepare")
    portraits = list(_prepared(plan, finder, report))
    rows = [_floor(plan, portraits, finder)]
    pictures = [tuple(portrait.picture for portrait in portraits)]
    for variant in plan.variants:
        report(Event(variant.title, 0, plan.pictures))
        transfer = kit.component(variant.transfer, config.device, variant.title)
        trials, firsts = [], []
        for portrait, file in zip(portraits, plan.portraits, strict=True):
            for seed in range(config.seed, config.seed + plan.seeds):
                moved = transfer.transfer(portrait, plan.domain, seed=seed)
                trials.append(Trial(file, seed, deviation(portrait, moved.picture, finder)))
                if seed == config.seed:
                    firsts.append(moved.picture)
                report(Event(variant.title, len(trials), plan.pictures))
        options = variant.transfer.options.model_dump(mode="json")
        rows.append(Row(variant.title, options, tuple(trials)))
        pictures.append(tuple(firsts))
    return Ablated(tuple(rows), tuple(pictures))


def _prepared(plan: Ablation, finder: FaceFinder, report: Report) -> Iterator[Portrait]:
    total = len(plan.portraits)
    report(Event("prepare", 0, total))
    for number, file in enumerate(plan.portraits, 1):
        yield prepare(file, finder, plan.config.prepare)
        report(Event("prepare", number, total))


def _floor(plan: Ablation, portraits: Sequence[Portrait], finder: FaceFinder) -> Row:
    """Measure the portraits against themselves: what the finder alone makes of a crop."""
    trials = [
        Trial(file, plan.config.seed, deviation(portrait, portrait.picture, finder))
        for portrait, file in zip(portraits, plan.portraits, strict=True)
    ]
    return Row(ITSELF, {}, tuple(trials))
