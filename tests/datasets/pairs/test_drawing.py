"""Pairs hold what a GAN drew, and the triplane comes out of the random vector again."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from avatarartist_core.datasets.pairs.drawing import PairMaker, halved, regenerate
from avatarartist_core.datasets.pairs.pair import decode_pair, encode_pair
from avatarartist_core.datasets.pairs.reading import PairSet
from avatarartist_core.datasets.threads import one_thread
from avatarartist_core.errors import AvatarArtistError
from avatarartist_core.interfaces import AvatarSampler


def test_a_pair_comes_back_as_it_was_written(maker):
    pair, planes = maker.draw(4)
    back = decode_pair(encode_pair(pair))
    assert (back.key, back.index, back.domain) == ("00000004", 4, "greek-statue")
    for name in ("picture", "noise", "mesh_map", "camera", "expression", "gaze", "rotation"):
        np.testing.assert_array_equal(getattr(back, name), getattr(pair, name))
    assert back.planes is None
    assert planes.shape[0] == 4
    assert planes.dtype == torch.float32


def test_its_labels_are_those_of_the_record_it_names(maker):
    pair, _ = maker.draw(1)
    record = maker.labels[pair.label]
    np.testing.assert_array_equal(pair.mesh_map, record.mesh_map)
    np.testing.assert_array_equal(pair.camera, record.camera)
    np.testing.assert_array_equal(pair.gaze, record.gaze)


def test_numbers_and_seeds_decide_all_chance(planned, maker):
    pair, planes = maker.draw(1)
    again, planes_again = maker.draw(1)
    assert torch.equal(planes, planes_again)
    np.testing.assert_array_equal(pair.picture, again.picture)
    others = [
        maker.draw(2)[0],
        PairMaker(planned(seed=4).config, maker.sampler, maker.labels).draw(1)[0],
    ]
    assert all((each.noise != pair.noise).all() for each in others)


def test_triplanes_come_out_of_the_random_vector_again_to_the_last_bit(drawn, maker):
    pairs = PairSet(drawn[0].folder)
    assert len(pairs) == 5
    with one_thread():
        for pair in pairs:
            planes = regenerate(pair, maker.sampler, pairs.config)
            np.testing.assert_array_equal(halved(planes), pair.planes)


def test_truncation_draws_people_nearer_to_the_mean(planned, maker):
    def spread(truncation):
        config = planned(truncation=truncation).config
        drawn = [PairMaker(config, maker.sampler, maker.labels).draw(i)[1] for i in range(4)]
        return torch.stack(drawn).std(0).mean()

    assert spread(0.0) < 1e-6
    assert spread(0.0) < 0.9 * spread(0.5) < 0.9 * spread(1.0)


def test_what_half_precision_cannot_hold_is_refused():
    with pytest.raises(AvatarArtistError, match="half precision cannot hold"):
        halved(torch.full((4, 1, 2, 2), 1e6))


class Broken(AvatarSampler):
    """A GAN whose training diverged."""

    noise_size = 4

    def planes(self, noise, *, truncation=1.0, cutoff=None):
        return torch.full((len(noise), 4, 1, 2, 2), torch.nan)

    def sample(self, noise, mesh_map, camera, *, truncation=1.0, cutoff=None):
        return self.planes(noise[None])[0], np.zeros((8, 8, 3), np.uint8)


def test_a_gan_that_draws_nonsense_is_named(maker):
    with pytest.raises(AvatarArtistError, match="not finite for pair 0"):
        replace(maker, sampler=Broken()).draw(0)
