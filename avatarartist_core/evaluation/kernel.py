"""The kernel distance of two sets of vectors (KID, Binkowski et al. 2018): fair to small sets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from avatarartist_core.evaluation.moments import Doubles

_DEGREE = 3


@dataclass(frozen=True)
class Kernel:
    """A distance.

    Attributes:
        distance: unbiased squared maximum mean discrepancy; around 0, and below it at times, for
            sets of one distribution.
        deviation: standard deviation over subsets; None where all vectors were taken at once.
    """

    distance: float
    deviation: float | None = None


def kernel(
    first: ArrayLike, second: ArrayLike, *, subset: int = 1000, subsets: int = 100, seed: int = 0
) -> Kernel:
    """Measure two sets with the kernel (x . y / D + 1)^3.

    Args:
        first: (N, D).
        second: (M, D).
        subset: vectors of each set that are measured at a time; sets no larger than that are
            measured whole.
        subsets: how many times, with vectors drawn anew without putting back.
        seed: of what is drawn.

    Raises:
        ValueError: the sets hold vectors of different length, or fewer than two.
    """
    one, other = np.asarray(first, np.float64), np.asarray(second, np.float64)
    if one.ndim != 2 or other.ndim != 2 or one.shape[1] != other.shape[1]:
        raise ValueError(f"sets of {one.shape} and {other.shape} have no distance")
    if min(len(one), len(other)) < 2:
        raise ValueError(f"sets of {len(one)} and {len(other)} vectors have no kernel distance")
    if max(len(one), len(other)) <= subset:
        return Kernel(_discrepancy(one, other))
    chance = np.random.default_rng(seed)
    measured = []
    for _ in range(subsets):
        parts = (chance.permutation(len(each))[:subset] for each in (one, other))
        rows, columns = parts
        measured.append(_discrepancy(one[rows], other[columns]))
    return Kernel(float(np.mean(measured)), float(np.std(measured)))


def _discrepancy(one: Doubles, other: Doubles) -> float:
    """Gretton et al. 2012, Eq. 3, for sets of different size."""

    def alike(left: Doubles, right: Doubles) -> Doubles:
        return (left @ right.T / left.shape[1] + 1) ** _DEGREE

    def within(vectors: Doubles) -> float:
        pairs, count = alike(vectors, vectors), len(vectors)
        return float((pairs.sum() - np.trace(pairs)) / (count * (count - 1)))

    return within(one) + within(other) - 2 * float(alike(one, other).mean())
