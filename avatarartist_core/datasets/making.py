"""Makes one record after another; each from the seed and its own number alone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from avatarartist_core.choosing import Part
from avatarartist_core.compiled import place_compiled_code
from avatarartist_core.datasets.encoding import encode
from avatarartist_core.datasets.plan import BuildPlan, Task
from avatarartist_core.datasets.record import Record, record_of
from avatarartist_core.datasets.sample import Sample
from avatarartist_core.datasets.shards import Rejected, pack
from avatarartist_core.datasets.source import PortraitSource, RejectedError
from avatarartist_core.entries import TransferEntry
from avatarartist_core.errors import (
    AvatarArtistError,
    DownloadError,
    IncompatibleError,
    InputError,
    OutputError,
    UnknownNameError,
    WeightsError,
)
from avatarartist_core.interfaces import DomainTransfer
from avatarartist_core.lazy import build, load

STOPPING = (WeightsError, DownloadError, OutputError, IncompatibleError, UnknownNameError)
"""Errors that every other picture would meet too: they stop a build."""


@dataclass(frozen=True)
class Outcome:
    """What became of one number.

    Attributes:
        number: of the record.
        domain: its style.
        key: name of its members; empty where it was rejected.
        packed: its members as they lie in the shard; empty where it was rejected.
        rejected: why it was, or None.
        seconds: of the processor, by part: ``source``, ``transfer``, ``encode``.
    """

    number: int
    domain: str
    key: str = ""
    packed: bytes = b""
    rejected: Rejected | None = None
    seconds: dict[str, float] = field(default_factory=dict)


class Maker:
    """Holds the components of a build, each loaded on first use, and makes records with them."""

    def __init__(self, plan: BuildPlan) -> None:
        self.plan = plan
        self._transfers: dict[str, DomainTransfer] = {}
        place_compiled_code()

    @cached_property
    def source(self) -> PortraitSource:
        """The source of portraits."""
        return open_source(self.plan)

    def make(self, number: int) -> Outcome:
        """Make one record.

        Raises:
            AvatarArtistError: no other record could be made either.
        """
        task = self.plan.task(number, self.source.count)
        part = task.route.transfer
        transfer = self._transfer(part) if part else None
        clock, by = _Clock(), "source"
        try:
            with clock.part("source"):
                sample = self.source.sample(task.portrait, seed=self.plan.config.seed)
            by = "transfer"
            with clock.part("transfer"):
                sample, seed = self._carried(sample, transfer, task)
            by = "labels"
            with clock.part("encode"):
                record = self._record(sample, task, seed)
                packed = pack(record.key, encode(record))
        except (MemoryError, *STOPPING):
            raise
        except Exception as error:  # a bad picture must not stop a build
            if _is_out_of_memory(error):
                raise
            rejected = _rejected(task, by, error)
            domain = task.route.domain.name
            return Outcome(number, domain, rejected=rejected, seconds=clock.seconds)
        return Outcome(number, record.domain, record.key, packed, seconds=clock.seconds)

    def _carried(
        self, sample: Sample, transfer: DomainTransfer | None, task: Task
    ) -> tuple[Sample, int]:
        """Restyle the picture where its route says so; returns the seed that was used, too."""
        if transfer is None:
            return sample, 0
        seed = transfer_seed(self.plan.config.seed, task.number)
        portrait = transfer.transfer(sample.portrait, task.route.domain, seed=seed)
        if portrait.picture.shape != sample.portrait.picture.shape:
            raise ValueError(f"the transfer changed its size to {portrait.picture.shape}")
        return replace(sample, portrait=portrait), seed

    def _record(self, sample: Sample, task: Task, seed: int) -> Record:
        part = task.route.transfer
        return record_of(
            sample,
            task.number,
            domain=task.route.domain.name,
            source=self.plan.source.entry.name,
            transfer=part.entry.name if part else "",
            transfer_seed=seed,
            seed=self.plan.config.seed,
        )

    def _transfer(self, part: Part[TransferEntry]) -> DomainTransfer:
        key = repr(part.choice)
        if key not in self._transfers:
            self._transfers[key] = build(part.entry, part.options, self.plan.config.device)
        return self._transfers[key]


def open_source(plan: BuildPlan) -> PortraitSource:
    """Make the source of a plan.

    Raises:
        AvatarArtistError: it cannot be imported, or its place is not there.
    """
    part, config = plan.source, plan.config
    made: Any = load(part.entry.factory, f"{part.entry.kind} {part.entry.name!r}")
    source: PortraitSource = made(part.options, device=config.device, path=config.path)
    return source


def transfer_seed(seed: int, number: int) -> int:
    """Give each record's transfer a seed of its own, below 2**31."""
    return int(np.random.SeedSequence([seed, number]).generate_state(1)[0]) >> 1


def _rejected(task: Task, by: str, error: Exception) -> Rejected:
    expected = isinstance(error, RejectedError | InputError)
    known = isinstance(error, AvatarArtistError)
    said = str(error) if known else f"{type(error).__name__}: {error}".rstrip(": ")
    return Rejected(
        index=task.number,
        domain=task.route.domain.name,
        by=by,
        reason=" ".join(said.split()),
        is_fault=not expected and not known,
    )


def _is_out_of_memory(error: Exception) -> bool:
    return type(error).__name__ == "OutOfMemoryError"  # of torch, which need not be imported


class _Clock:
    """Seconds of this process's processor by part."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        began = time.process_time()
        try:
            yield
        finally:
            self.seconds[name] = time.process_time() - began
