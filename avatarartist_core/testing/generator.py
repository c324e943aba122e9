"""The contract of a ``FourDGenerator``."""

from __future__ import annotations

from copy import deepcopy

from avatarartist_core.data import Avatar, Portrait
from avatarartist_core.lazy import load
from avatarartist_core.samples import sample_portrait
from avatarartist_core.testing.component import ComponentContract, Told, differences


class GeneratorContract(ComponentContract):
    """Set ``entry``, and ``config`` where the defaults are slow."""

    def portrait(self) -> Portrait:
        """Return the portrait the tests use."""
        return sample_portrait()

    def other_portrait(self) -> Portrait:
        """Return a portrait of someone else."""
        return sample_portrait(other=True)

    def test_the_avatar_is_what_the_entry_promises(self) -> None:
        portrait = self.portrait()
        avatar = self.component().generate(portrait)
        wanted = load(self.entry.avatar, "avatar") if self.entry.avatar else Avatar
        assert isinstance(avatar, wanted)
        assert avatar.spec == self.entry.produces_with(self._options())
        assert avatar.generator == self.entry.name
        assert avatar.side == len(portrait.picture)
        assert differences(avatar.landmarks, portrait.landmarks) == []

    def test_the_seed_decides_all_chance(self) -> None:
        portrait = self.portrait()
        first = self.component().generate(portrait, seed=7)
        assert differences(first, self.component().generate(portrait, seed=7)) == []

    def test_the_portrait_decides_the_avatar(self) -> None:
        component = self.component()
        first = component.generate(self.portrait())
        second = component.generate(self.other_portrait())
        assert differences(first, second), "two portraits made one avatar"
        again = component.generate(self.portrait())
        assert differences(first, again) == [], "an earlier portrait shows in a later avatar"

    def test_the_portrait_is_left_as_it_was(self) -> None:
        portrait = deepcopy(self.portrait())
        self.component().generate(portrait)
        assert differences(portrait, self.portrait()) == []

    def test_progress_is_told(self) -> None:
        told = Told()
        self.component().generate(self.portrait(), progress=told)
        told.check()
