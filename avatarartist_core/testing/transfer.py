"""The contract of a ``DomainTransfer``."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest

from avatarartist_core.data import Portrait
from avatarartist_core.entries import DomainEntry
from avatarartist_core.plugins import installed
from avatarartist_core.samples import sample_portrait
from avatarartist_core.testing.component import ComponentContract, Told, differences


class DomainTransferContract(ComponentContract):
    """Set ``entry``, ``config`` where the defaults are slow, and override ``domain`` if need be."""

    def domain(self) -> DomainEntry:
        """Return the domain the tests go to: the first the entry names, or an installed one."""
        for name in self.entry.domains:
            return installed().domains.get(name) or DomainEntry(name=name, title=name.title())
        for domain in installed().domains.values():
            if self.entry.reaches(domain):
                return domain
        pytest.fail("it reaches no installed domain: override domain()")

    def portrait(self) -> Portrait:
        """Return the portrait the tests use."""
        return sample_portrait()

    def test_the_picture_changes_and_keeps_its_size(self) -> None:
        portrait = self.portrait()
        moved = self._carried(portrait)
        assert moved.picture.shape == portrait.picture.shape
        assert moved.picture.dtype == np.uint8
        assert np.abs(moved.picture.astype(int) - portrait.picture).mean() > 1

    def test_the_face_stays_where_it_was(self) -> None:
        portrait = self.portrait()
        moved = self._carried(portrait)
        for name in ("landmarks", "fit", "to_file"):
            before, after = getattr(portrait, name), getattr(moved, name)
            assert differences(before, after) == [], name
        assert moved.mask.shape == portrait.mask.shape

    def test_the_portrait_says_where_it_was_carried(self) -> None:
        assert self._carried(self.portrait()).domain == self.domain().name

    def test_the_seed_decides_all_chance(self) -> None:
        first = self._carried(self.portrait(), seed=7)
        assert differences(first, self._carried(self.portrait(), seed=7)) == []

    def test_the_portrait_decides_the_picture(self) -> None:
        first = self._carried(self.portrait())
        second = self._carried(sample_portrait(other=True))
        assert differences(first.picture, second.picture)

    def test_the_portrait_is_left_as_it_was(self) -> None:
        portrait = deepcopy(self.portrait())
        self._carried(portrait)
        assert differences(portrait, self.portrait()) == []

    def test_progress_is_told(self) -> None:
        told = Told()
        self.component().transfer(self.portrait(), self.domain(), progress=told)
        told.check()

    def _carried(self, portrait: Portrait, seed: int = 0) -> Portrait:
        moved = self.component().transfer(portrait, self.domain(), seed=seed)
        assert isinstance(moved, Portrait)
        return moved
