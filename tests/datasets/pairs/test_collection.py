"""Pairs of several domains are one, and their triplanes come from the shard or from the GAN."""

import shutil

import numpy as np
import pytest
import torch

from avatarartist_core.datasets.pairs.building import draw_pairs
from avatarartist_core.datasets.pairs.collection import PairCollection
from avatarartist_core.datasets.threads import one_thread
from avatarartist_core.errors import InputError, UnknownNameError, UsageError
from avatarartist_core.running.events import finish


@pytest.fixture(scope="module")
def both(planned, drawn, tmp_path_factory):
    """A folder of two folders: one keeps its triplanes, one does not."""
    home = tmp_path_factory.mktemp("both")
    shutil.copytree(drawn[0].folder, home / "a-kept")
    finish(draw_pairs(planned(count=3, seed=8), home / "b-drawn-again"))
    return home


def test_numbers_run_through_all_folders(both):
    pairs = PairCollection(both)
    assert len(pairs) == 8
    assert [pairs[number].index for number in range(8)] == [0, 1, 2, 3, 4, 0, 1, 2]
    assert pairs.topology == "anny-head"
    with pytest.raises(IndexError):
        pairs[8]


def test_triplanes_are_the_same_from_the_shard_and_from_the_gan(both, maker):
    pairs = PairCollection(both)
    numbers = [1, 6]
    with one_thread():
        found = pairs.planes(numbers, [pairs[number] for number in numbers])
        drawn = [maker.sampler.planes(pairs[n].noise[None], truncation=0.7)[0] for n in numbers]
    assert found.dtype == torch.float32
    torch.testing.assert_close(found[0], drawn[0], rtol=1e-3, atol=1e-3)  # half precision
    assert torch.equal(found[1], drawn[1])


def test_statistics_are_those_of_all(both):
    pairs = PairCollection(both)
    numbers = list(range(len(pairs)))
    planes = pairs.planes(numbers, [pairs[number] for number in numbers]).double().numpy()
    np.testing.assert_allclose(pairs.statistics.mean, planes.mean((0, 2, 3, 4)), atol=1e-4)
    np.testing.assert_allclose(pairs.statistics.deviation, planes.std((0, 2, 3, 4)), rtol=1e-4)


def test_domains_can_be_chosen(both):
    assert len(PairCollection(both, ["greek-statue"])) == 8
    with pytest.raises(UnknownNameError, match="did you mean 'greek-statue'"):
        PairCollection(both, ["greek-statute"])


def test_one_folder_of_pairs_will_do(drawn):
    assert len(PairCollection(drawn[0].folder)) == 5


def test_a_folder_without_pairs_is_named(tmp_path):
    with pytest.raises(InputError, match="holds no pairs"):
        PairCollection(tmp_path)


def test_pairs_that_were_not_finished_have_no_statistics(drawn, tmp_path):
    folder = shutil.copytree(drawn[0].folder, tmp_path / "cut")
    (folder / "statistics.safetensors").unlink()
    with pytest.raises((InputError, UsageError), match="statistics"):
        PairCollection(folder).statistics  # noqa: B018
