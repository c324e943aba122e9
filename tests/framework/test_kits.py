"""The contract kits let sound components through and stop each kind of breach."""

from dataclasses import replace

import numpy as np
import pytest

from avatarartist_core.data import Motion
from avatarartist_core.entries import DomainEntry, TransferEntry
from avatarartist_core.interfaces import DomainTransfer
from avatarartist_core.testing import (
    DomainTransferContract,
    sample_cameras,
    sample_motion,
    sample_picture,
    sample_portrait,
)
from avatarartist_core.testing.component import Told, differences


class Contract(DomainTransferContract):
    entry = TransferEntry("darken", "s", "a.b:C", domains=("dark",))
    made: type[DomainTransfer]

    def component(self):
        return self.made(self.entry.config())

    def domain(self):
        return DomainEntry("dark", "Dark")


class Sound(DomainTransfer):
    def transfer(self, portrait, domain, *, seed=0, progress=None):
        if progress:
            progress(0, 1)
            progress(1, 1)
        return replace(portrait, picture=portrait.picture // 2, domain=domain.name)


class Smaller(Sound):
    def transfer(self, portrait, domain, **more):
        moved = super().transfer(portrait, domain, **more)
        return replace(moved, picture=moved.picture[::2, ::2])


class Moving(Sound):
    def transfer(self, portrait, domain, **more):
        moved = super().transfer(portrait, domain, **more)
        return replace(moved, landmarks=moved.landmarks + 1)


class Unseeded(Sound):
    calls = 0

    def transfer(self, portrait, domain, **more):
        Unseeded.calls += 1
        moved = super().transfer(portrait, domain, **more)
        return replace(moved, picture=moved.picture + np.uint8(Unseeded.calls % 7))


class InPlace(Sound):
    def transfer(self, portrait, domain, **more):
        portrait.picture[0, 0] = 255 - portrait.picture[0, 0]
        return super().transfer(portrait, domain, **more)


class Silent(Sound):
    def transfer(self, portrait, domain, *, seed=0, progress=None):
        return super().transfer(portrait, domain, seed=seed)


class Blank(Sound):
    def transfer(self, portrait, domain, **more):
        moved = super().transfer(portrait, domain, **more)
        return replace(moved, picture=np.zeros_like(moved.picture))


class Nameless(Sound):
    def transfer(self, portrait, domain, **more):
        return replace(super().transfer(portrait, domain, **more), domain=None)


TESTS = (
    "test_the_picture_changes_and_keeps_its_size",
    "test_the_face_stays_where_it_was",
    "test_the_portrait_says_where_it_was_carried",
    "test_the_seed_decides_all_chance",
    "test_the_portrait_decides_the_picture",
    "test_the_portrait_is_left_as_it_was",
    "test_progress_is_told",
)


@pytest.mark.parametrize(
    ("made", "breach"),
    [
        (Sound, None),
        (Smaller, "test_the_picture_changes_and_keeps_its_size"),
        (Moving, "test_the_face_stays_where_it_was"),
        (Nameless, "test_the_portrait_says_where_it_was_carried"),
        (Unseeded, "test_the_seed_decides_all_chance"),
        (Blank, "test_the_portrait_decides_the_picture"),
        (InPlace, "test_the_portrait_is_left_as_it_was"),
        (Silent, "test_progress_is_told"),
    ],
)
def test_the_kit_stops_the_breach_and_nothing_else(made, breach):
    contract = Contract()
    contract.made = made
    stopped = []
    for test in TESTS:
        try:
            getattr(contract, test)()
        except AssertionError:
            stopped.append(test)
    assert stopped == ([breach] if breach else [])


@pytest.mark.parametrize(
    "reports",
    [[], [(2, 3), (1, 3), (3, 3)], [(1, 3), (2, 3)]],
    ids=["nothing", "backwards", "unfinished"],
)
def test_wrong_progress_is_stopped(reports):
    told = Told()
    for report in reports:
        told(*report)
    with pytest.raises(AssertionError):
        told.check()


def test_differences_are_found_wherever_they_hide():
    first, second = sample_portrait(), sample_portrait(other=True)
    assert differences(first, sample_portrait()) == []
    assert {".picture", ".landmarks", ".fit.identity"} <= set(differences(first, second))


def test_the_sample_portrait_is_consistent():
    portrait = sample_portrait(200)
    assert portrait.picture.shape == (200, 200, 3)
    assert portrait.landmarks.shape == (478, 3)
    assert np.array_equal(sample_picture(200), portrait.picture)
    inside = np.rint(portrait.landmarks[:, :2]).astype(int)
    assert (portrait.mask[inside[:, 1], inside[:, 0]] > 0.9).mean() > 0.97
    iris = portrait.picture[inside[468, 1], inside[468, 0]]
    cheek = portrait.picture[inside[205, 1], inside[205, 0]]
    assert iris.sum() < cheek.sum() - 200


@pytest.mark.parametrize("frames", [1, 2, 9])
def test_the_sample_motion_and_cameras_have_the_frames_asked_for(frames):
    motion = sample_motion(frames)
    assert isinstance(motion, Motion)
    assert len(motion) == len(sample_cameras(frames)) == frames
    assert np.isfinite(motion.expression).all()
