"""Correlations along a short stack of planes with fewer products than taps times planes.

A correlation of P planes with K taps, replicated at both ends, is bilinear in planes and taps: it
can be written as M products of a sum of planes with a sum of taps, added up again. Letters:
P planes, K taps, M products.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PlaneProducts:
    """``write @ ((taps @ filter) * (read @ planes))`` is the correlation.

    Attributes:
        read: (M, P) sums of planes that are multiplied.
        taps: (M, K) sums of taps they are multiplied with.
        write: (P, M) sums of products that make the planes of the result.
    """

    read: Matrix
    taps: Matrix
    write: Matrix


def products_of_three(planes: int) -> PlaneProducts:
    """Plan the taps at -1, 0, 1 as 2 P - 1 products.

    What is alike before and behind a plane is diagonal in the cosine basis, whose border is the
    replicated one (P products); the rest is one factor on differences of neighbours (P - 1).
    """
    order, place = np.arange(planes)[:, None], np.arange(planes)[None, :]
    cosines = np.cos(np.pi * order * (2 * place + 1) / (2 * planes)) * np.sqrt(2 / planes)
    cosines[0] /= np.sqrt(2)
    alike = np.cos(np.pi * np.arange(planes) / planes)
    differences = np.eye(planes)[:-1] - np.eye(planes)[1:]
    return PlaneProducts(
        read=np.vstack([cosines, differences]),
        taps=np.vstack(
            [
                np.stack([alike, np.ones(planes), alike], axis=1),
                np.tile([[0.5, 0.0, -0.5]], (planes - 1, 1)),
            ]
        ),
        write=np.hstack([cosines.T, np.abs(differences).T]),
    )


def products_of_four(planes: int) -> PlaneProducts:
    """Plan the taps at -2, -1, 0, 1: those of three, and P - 2 more for the first."""
    three = products_of_three(planes)
    extra = max(planes - 2, 1)
    source = np.maximum(np.arange(planes) - 2, 0)
    write = (source[:, None] == np.arange(extra)[None, :]).astype(float)
    return PlaneProducts(
        read=np.vstack([three.read, np.eye(planes)[:extra]]),
        taps=np.vstack(
            [np.pad(three.taps, ((0, 0), (1, 0))), np.tile([[1.0, 0.0, 0.0, 0.0]], (extra, 1))]
        ),
        write=np.hstack([three.write, write]),
    )
