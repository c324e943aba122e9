"""What the fit needs of FaceVerse: the 478 landmarks and their shapes, in head units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aa_faceverse.basis import FaceBasis
from aa_faceverse.window import LANDMARKS

Array = NDArray[np.float64]

IRISES = (range(468, 473), range(473, 478))
"""Landmarks on the person's right and left eye."""

_LIDS = (
    33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7,
    263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249,
)  # fmt: skip
_LIPS = (
    61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146,
    78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95,
)  # fmt: skip
_HEAVY = 3.0
"""Weight of lids and lips. The authors' weights are not known; FaceVerse's raise the same ones."""


@dataclass(frozen=True, eq=False)
class LandmarkModel:
    """Landmarks (N = 468 on the skin) and eyes of a FaceVerse head, head units, float64.

    Attributes:
        mean: (N, 3)
        identity: (150, N, 3)
        expression: (171, N, 3)
        shapes: (3, 321, 2 N) expressions, then identities; every landmark twice, for x and y.
        weights: (N,) how much each counts.
        eyes: the left and the right eye.
    """

    mean: Array
    identity: Array
    expression: Array
    shapes: Array
    weights: Array
    eyes: tuple[Eye, Eye]

    def face(self, identity: Array, expression: Array) -> Array:
        """Return the (N, 3) landmarks."""
        return self.mean + _blend(identity, self.identity) + _blend(expression, self.expression)


@dataclass(frozen=True, eq=False)
class Eye:
    """The landmarks of one iris, which turn about the middle of the eyeball.

    Attributes:
        numbers: (n,) of the landmarks; empty when none lies on this eyeball.
        mean: (n + 1, 3): the middle, then the landmarks.
        identity: (150, n + 1, 3)
        expression: (171, n + 1, 3)
    """

    numbers: NDArray[np.int64]
    mean: Array
    identity: Array
    expression: Array

    def points(self, identity: Array, expression: Array) -> Array:
        """Return (n + 1, 3): the middle of the eyeball, then the iris, looking ahead."""
        return self.mean + _blend(identity, self.identity) + _blend(expression, self.expression)


def landmark_model(basis: FaceBasis) -> LandmarkModel:
    """Read the landmarks off a FaceVerse head."""
    skin = basis.landmarks[:LANDMARKS]
    weights = np.ones(LANDMARKS)
    weights[[*_LIDS, *_LIPS]] = _HEAVY
    linear = basis.linear.T.astype(np.float64)
    left, right = (_eye(basis, eye, linear) for eye in basis.eyes)
    identity, expression = basis.identity[:, skin] @ linear, basis.expression[:, skin] @ linear
    shapes = np.concatenate([expression, identity]).transpose(2, 0, 1)
    return LandmarkModel(
        mean=basis.to_head(basis.mean[skin]).astype(np.float64),
        identity=identity,
        expression=expression,
        shapes=np.repeat(shapes, 2, axis=2),
        weights=weights,
        eyes=(left, right),
    )


def _blend(weights: Array, shapes: Array) -> Array:
    """Return the (N, 3) weighted sum of (K, N, 3); not by the threads of ``@``."""
    return np.einsum("k,kni->ni", weights, shapes)


def _eye(basis: FaceBasis, ball: slice, linear: Array) -> Eye:
    on_ball = [
        number
        for iris in IRISES
        for number in iris
        if ball.start <= basis.landmarks[number] < ball.stop
    ]
    vertices = basis.landmarks[on_ball]

    def gathered(points: NDArray[np.float32]) -> Array:
        middle = points[..., ball, :].mean(-2, keepdims=True)
        return np.concatenate([middle, points[..., vertices, :]], -2).astype(np.float64)

    return Eye(
        numbers=np.array(on_ball, np.int64),
        mean=basis.to_head(gathered(basis.mean).astype(np.float32)).astype(np.float64),
        identity=gathered(basis.identity) @ linear,
        expression=gathered(basis.expression) @ linear,
    )
