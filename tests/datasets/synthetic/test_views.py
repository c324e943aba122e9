"""Several views of each person: the same head, seen otherwise in everything else."""

import hashlib

import numpy as np
import pytest

from avatarartist_core.datasets.encoding import encode
from avatarartist_core.datasets.record import record_of
from avatarartist_core.datasets.synthetic.config import SyntheticConfig
from avatarartist_core.datasets.synthetic.source import Synthetic
from avatarartist_core.datasets.synthetic.views import first_view, further_view, rotation_of
from avatarartist_core.motion.angles import angles_from_rotation

VIEWS = 3


@pytest.fixture(scope="module")
def samples():
    source = Synthetic(SyntheticConfig(side=64, views=VIEWS))
    return [source.sample(index, seed=4) for index in range(2 * VIEWS)]


def test_records_say_person_and_view(samples):
    told = [(s.provenance["person"], s.provenance["view"]) for s in samples]
    assert told == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
    assert len({sample.key for sample in samples}) == len(samples)


def test_a_person_keeps_the_head_and_nothing_else(samples):
    for start in (0, VIEWS):
        first, *others = samples[start : start + VIEWS]
        for other in others:
            assert np.array_equal(first.labels.identity, other.labels.identity)
            for name in ("expression", "gaze", "camera"):
                assert not np.array_equal(getattr(first.labels, name), getattr(other.labels, name))
    assert not np.array_equal(samples[0].labels.identity, samples[VIEWS].labels.identity)


def test_a_person_is_who_they_are_in_a_set_of_single_views(samples):
    alone = Synthetic(SyntheticConfig(side=64)).sample(1, seed=4)
    assert np.array_equal(alone.labels.identity, samples[VIEWS].labels.identity)
    assert "person" not in alone.provenance


def test_one_view_a_person_is_what_there_was_before():
    sample = Synthetic(SyntheticConfig(side=64, views=1)).sample(2, seed=4)
    again = Synthetic(SyntheticConfig(side=64, view_yaw=0.2)).sample(2, seed=4)
    assert _digest(sample) == _digest(again)


def test_first_views_are_portraits_and_one_in_four_is_turned():
    rng, config = np.random.default_rng(0), SyntheticConfig()
    yaw, pitch, _ = _angles([first_view(rng, config) for _ in range(1500)])
    assert 0.17 < np.median(np.abs(yaw)) < 0.25
    assert 0.04 < (np.abs(yaw) > 0.6).mean() < 0.12
    assert abs(pitch.std() - config.pitch) < 0.01


def test_further_views_are_even_within_the_options():
    rng, config = np.random.default_rng(1), SyntheticConfig(view_yaw=0.6, view_pitch=0.2)
    yaw, pitch, roll = _angles([further_view(rng, config) for _ in range(1500)])
    for angles, most in ((yaw, 0.6), (pitch, 0.2)):
        assert np.abs(angles).max() <= most + 1e-4
        assert abs(np.median(np.abs(angles)) / most - 0.5) < 0.05
    assert roll.std() < 0.08


def _angles(labels):
    return np.stack([angles_from_rotation(rotation_of(label)) for label in labels]).T


def _digest(sample):
    members = encode(record_of(sample, 0, domain="realistic", source="synthetic"))
    return hashlib.sha256(b"".join(members.values())).hexdigest()
