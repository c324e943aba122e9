"""The kernel distance is unbiased and agrees with loops over pairs."""

import numpy as np
import pytest

from avatarartist_core.evaluation.kernel import kernel


def by_loops(one, other):
    def alike(x, y):
        return (np.dot(x, y) / len(x) + 1) ** 3

    def within(vectors):
        pairs = [
            alike(x, y) for i, x in enumerate(vectors) for j, y in enumerate(vectors) if i != j
        ]
        return np.mean(pairs)

    return within(one) + within(other) - 2 * np.mean([alike(x, y) for x in one for y in other])


def test_it_is_the_mean_over_pairs():
    one, other = np.random.default_rng(0).standard_normal((2, 9, 4))
    assert kernel(one, other[:7]).distance == pytest.approx(by_loops(one, other[:7]), rel=1e-10)


def test_sets_of_one_distribution_are_at_no_distance_on_average():
    chance = np.random.default_rng(0)
    distances = [kernel(*chance.standard_normal((2, 20, 8))).distance for _ in range(400)]
    assert abs(np.mean(distances)) < 3 * np.std(distances) / 20
    assert min(distances) < 0 < max(distances)


def test_subsets_estimate_the_whole():
    chance = np.random.default_rng(0)
    one, other = chance.standard_normal((300, 6)), chance.standard_normal((300, 6)) + 0.5
    whole = kernel(one, other)
    parts = kernel(one, other, subset=60, subsets=50)
    assert whole.deviation is None
    assert parts.deviation is not None
    assert parts.distance == pytest.approx(whole.distance, rel=0.15)
    assert kernel(one, other, subset=60, subsets=50) == parts
    assert kernel(one, other, subset=60, subsets=50, seed=1) != parts


@pytest.mark.parametrize("shapes", [((4, 3), (4, 2)), ((1, 3), (4, 3)), ((3,), (4, 3))])
def test_sets_that_do_not_fit_are_refused(shapes):
    with pytest.raises(ValueError, match="distance"):
        kernel(*(np.zeros(shape) for shape in shapes))
