"""The Frechet distance of two sets of vectors, taken for Gaussians (Heusel et al. 2017, Eq. 6).

With the vectors of Inception-v3 it is called FID. Ours goes by the feature network it was measured
with, ``frechet_facemesh``: numbers of different networks cannot be compared.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from avatarartist_core.evaluation.moments import Doubles, Moments


@dataclass(frozen=True)
class Frechet:
    """A distance and what it rests on.

    Attributes:
        distance: squared, at least 0; 0 for sets of one mean and covariance.
        counts: vectors in each set.
        size: length of a vector.
    """

    distance: float
    counts: tuple[int, int]
    size: int

    @property
    def caution(self) -> str:
        """Say why the number is not to be trusted; empty where it is.

        Nothing is shrunk or added to a covariance that has no full rank: the distance of few
        vectors is too large by a part that falls with their number, and can only be compared with
        others of as many.
        """
        few = min(self.counts)
        if few > self.size:
            return ""
        return (
            f"{few} pictures for vectors of {self.size} numbers: their covariance has no full "
            "rank and the distance comes out too large; compare it only with one of as many"
        )


def frechet(first: Moments, second: Moments) -> Frechet:
    """Measure |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)).

    Raises:
        ValueError: the sets hold vectors of different length, or fewer than two.
    """
    if first.size != second.size:
        raise ValueError(f"vectors of {first.size} and of {second.size} numbers have no distance")
    gap = first.mean - second.mean
    one, other = first.covariance, second.covariance
    # With C = F F', the trace of (C1 C2)^(1/2) is the sum of the singular values of F1' F2; unlike
    # the root of the product's eigenvalues it keeps its digits where a covariance is singular.
    shared = np.linalg.svd(_factor(one).T @ _factor(other), compute_uv=False).sum()
    distance = gap @ gap + np.trace(one) + np.trace(other) - 2 * shared
    return Frechet(max(float(distance), 0.0), (first.count, second.count), first.size)


def _factor(covariance: Doubles) -> Doubles:
    """Return F with F F' = covariance."""
    values, vectors = np.linalg.eigh(covariance)
    return vectors * np.sqrt(np.clip(values, 0, None))
