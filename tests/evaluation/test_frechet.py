"""Distances of Gaussians are known, and those of samples agree with another implementation."""

import numpy as np
import pytest
import torch

from avatarartist_core.evaluation.frechet import frechet
from avatarartist_core.evaluation.moments import Moments
from avatarartist_core.evaluation.populations import frechet_of, kernel_of
from avatarartist_core.interfaces import Component
from avatarartist_core.nn.features import FeatureNetwork


def gathered(vectors, batch=7):
    moments = Moments()
    for start in range(0, len(vectors), batch):
        moments.add(vectors[start : start + batch])
    return moments


def exact(mean, covariance, count=400):
    """Moments of vectors that have exactly this mean and covariance."""
    chance = np.random.default_rng(1)
    white = chance.standard_normal((count, len(mean)))
    white -= white.mean(0)
    own = np.linalg.cholesky(white.T @ white / (count - 1))
    shaped = white @ np.linalg.inv(own).T @ np.linalg.cholesky(covariance).T
    return gathered(shaped + mean)


def test_moments_in_batches_are_those_of_the_whole():
    vectors = np.random.default_rng(0).standard_normal((101, 5)) + 1e6
    moments = gathered(vectors)
    assert moments.count == 101
    np.testing.assert_allclose(moments.mean, vectors.mean(0), rtol=1e-14)
    np.testing.assert_allclose(moments.covariance, np.cov(vectors.T), rtol=1e-8, atol=1e-9)


def test_moments_go_on_where_they_were_kept():
    vectors = np.random.default_rng(0).standard_normal((40, 3))
    kept = Moments.from_state(gathered(vectors[:21]).state())
    for start in range(21, 40, 7):
        kept.add(vectors[start : start + 7])
    np.testing.assert_array_equal(kept.covariance, gathered(vectors).covariance)


@pytest.mark.parametrize("wrong", [np.zeros(3), np.zeros((2, 4)), np.full((2, 3), np.nan)])
def test_moments_refuse_what_is_no_batch_of_vectors(wrong):
    moments = gathered(np.zeros((2, 3)))
    with pytest.raises(ValueError, match="vectors"):
        moments.add(wrong)


def test_gaussians_apart_by_their_means_alone():
    covariance = np.diag([1.0, 4.0, 9.0])
    found = frechet(exact(np.zeros(3), covariance), exact(np.array([1.0, 2.0, 2.0]), covariance))
    assert found.distance == pytest.approx(9, rel=1e-9)


def test_gaussians_with_aligned_axes():
    found = frechet(
        exact(np.zeros(3), np.diag([1.0, 4.0, 9.0])), exact(np.zeros(3), np.diag([4.0, 4.0, 1.0]))
    )
    assert found.distance == pytest.approx((1 - 2) ** 2 + 0 + (3 - 1) ** 2, rel=1e-9)


def test_gaussians_with_turned_axes():
    chance = np.random.default_rng(3)
    one, other = (each @ each.T + np.eye(6) for each in chance.standard_normal((2, 6, 6)))
    eigenvalues = np.linalg.eigvals(one @ other)  # the textbook way to the root's trace
    expected = np.trace(one) + np.trace(other) - 2 * np.sqrt(eigenvalues.real).sum()
    found = frechet(exact(np.ones(6), one), exact(np.ones(6), other))
    assert found.distance == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("count", [300, 20])
def test_a_set_is_at_no_distance_from_itself(count):
    moments = gathered(np.random.default_rng(0).standard_normal((count, 64)))
    assert frechet(moments, moments).distance < 1e-10


def test_few_vectors_come_with_a_caution():
    chance = np.random.default_rng(0)
    few, many = (gathered(chance.standard_normal((count, 32))) for count in (32, 400))
    assert frechet(many, many).caution == ""
    assert "32 pictures for vectors of 32 numbers" in frechet(many, few).caution


def test_sets_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="of 3 and of 4"):
        frechet(gathered(np.eye(3)), gathered(np.eye(4)))
    with pytest.raises(ValueError, match="no covariance"):
        frechet(gathered(np.eye(3)[:1]), gathered(np.eye(3)))


class Corners(torch.nn.Module, FeatureNetwork):
    """Small features without weights: means of a picture's parts."""

    num_features = 12

    def __init__(self):
        torch.nn.Module.__init__(self)
        Component.__init__(self, None)

    def levels(self, images):
        return [images]

    def vectors(self, images):
        return torch.nn.functional.adaptive_avg_pool2d(images, 2).flatten(1)

    forward = vectors


@pytest.fixture
def populations():
    chance = torch.Generator().manual_seed(0)
    real = torch.rand((60, 3, 8, 8), generator=chance) * 2 - 1
    drawn = torch.rand((50, 3, 8, 8), generator=chance) * 1.4 - 0.9
    return real.split(25), drawn.split(25)


def test_frechet_agrees_with_torchmetrics(populations):
    pytest.importorskip("torchmetrics")
    from torchmetrics.image.fid import FrechetInceptionDistance

    real, drawn = populations
    theirs = FrechetInceptionDistance(Corners(), normalize=True).set_dtype(torch.float64)
    for batch in real:
        theirs.update(batch, real=True)
    for batch in drawn:
        theirs.update(batch, real=False)
    found = frechet_of(Corners(), real, drawn)
    assert found.counts == (60, 50)
    assert found.distance == pytest.approx(theirs.compute().item(), rel=1e-5)


@pytest.mark.filterwarnings("ignore:Metric `Kernel Inception Distance` will save:UserWarning")
def test_kernel_agrees_with_torchmetrics(populations):
    pytest.importorskip("torchmetrics")
    from torchmetrics.image.kid import KernelInceptionDistance

    real, drawn = populations
    theirs = KernelInceptionDistance(Corners(), subsets=1, subset_size=50, normalize=True)
    for batch in real[:2]:
        theirs.update(batch, real=True)
    for batch in drawn:
        theirs.update(batch, real=False)
    found = kernel_of(Corners(), real[:2], drawn)
    assert found.distance == pytest.approx(theirs.compute()[0].item(), rel=1e-4)
