"""The head model as the fit sees it: landmark shapes, weights, priors and their Gram matrices.

Letters: N landmarks (468, irises left out), K identity components, E expressions that are fitted.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from avatarartist_core.heads.mesh import anny_mesh
from avatarartist_core.motion import ARKIT

POINTS = 468
NOISE = 0.02
"""Expected landmark error in head units (2 mm)."""

DEPTH_TRUST = 0.25
"""Weight of landmark depth beside its place in the picture."""

# fmt: off
OVAL = (10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
        152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109)
LIPS_OUTER = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91,
              146)
LIPS_INNER = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178,
              88, 95)
EYE_RIGHT = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
EYE_LEFT = (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249)
# fmt: on
"""Landmark numbers of the face's outline and features, the person's own sides."""

_WEIGHTS = {OVAL: 0.35, LIPS_OUTER: 1.6, LIPS_INNER: 1.6, EYE_RIGHT: 2.2, EYE_LEFT: 2.2}
_STIFF = (
    *("Dimple", "Stretch", "Press", "Shrug", "mouthRoll", "Frown", "Sneer"),
    *("jawForward", "jawLeft", "jawRight", "mouthClose"),
)
_STIFFNESS = 0.6
_NOT_FITTED = ("eyeLook", "tongueOut")
_NEVER_NEGATIVE = (
    *("jawOpen", "mouthClose", "eyeBlinkLeft", "eyeBlinkRight"),
    *("jawLeft", "jawRight", "mouthLeft", "mouthRight"),
)


@dataclass(frozen=True, eq=False)
class Basis:
    """Everything about the head that does not change from fit to fit; float64.

    Attributes:
        mean: (N, 3) landmarks of the mean head at rest.
        shapes: (K + E, N, 3) offsets, identity first.
        identities: K.
        fitted: (E,) places of the fitted expressions among the 52.
        weights: (N,) of the landmarks, divided by the squared noise.
        columns: (K + E, 3 N) the same offsets, all x, then all y, then all z.
        gram: (3, 3, K + E, K + E) weighted products of the shapes' coordinates.
        spread: (E,) standard deviation of each coefficient, before the factor of the fit.
        symmetry: (E, E) quadratic cost of left and right sides that differ, at weight 1.
        lowest: (E,) smallest value of each coefficient.
    """

    mean: NDArray[np.float64]
    shapes: NDArray[np.float64]
    identities: int
    fitted: NDArray[np.intp]
    weights: NDArray[np.float64]
    columns: NDArray[np.float64]
    gram: NDArray[np.float64]
    spread: NDArray[np.float64]
    symmetry: NDArray[np.float64]
    lowest: NDArray[np.float64]

    def face(
        self, identity: NDArray[np.float64], expression: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return (N, 3) landmarks of (K,) identity scores and (E,) fitted expressions."""
        scores = np.concatenate([identity, expression])
        return self.mean + (scores @ self.shapes.reshape(len(scores), -1)).reshape(-1, 3)


@cache
def basis() -> Basis:
    """Read the basis off the shipped head."""
    mesh = anny_mesh()
    fitted = np.array([i for i, name in enumerate(ARKIT) if not name.startswith(_NOT_FITTED)])
    names = [ARKIT[i] for i in fitted]
    all_shapes = [mesh.landmarks(each)[:POINTS] for each in mesh.identity]
    all_shapes += [mesh.landmarks(mesh.expression[i])[:POINTS] for i in fitted]
    shapes = np.stack(all_shapes).astype(np.float64)
    weights = np.ones(POINTS)
    for points, weight in _WEIGHTS.items():
        weights[list(points)] = weight
    weights /= NOISE**2
    axes = np.ascontiguousarray(shapes.transpose(2, 0, 1))
    gram = np.stack([[(a * weights) @ b.T for b in axes] for a in axes])
    stiff = np.array([any(part in name for part in _STIFF) for name in names])
    return Basis(
        mean=mesh.landmarks(mesh.vertices)[:POINTS].astype(np.float64),
        shapes=shapes,
        identities=len(mesh.identity),
        fitted=fitted,
        weights=weights,
        columns=np.concatenate(list(axes), axis=1),
        gram=gram,
        spread=np.where(stiff, _STIFFNESS, 1.0),
        symmetry=_symmetry(names),
        lowest=np.array([0.0 if name in _NEVER_NEGATIVE else -1.0 for name in names]),
    )


def _symmetry(names: list[str]) -> NDArray[np.float64]:
    cost = np.zeros((len(names), len(names)))
    for i, name in enumerate(names):
        twin = name.removesuffix("Left") + "Right"
        if name.endswith("Left") and name not in ("jawLeft", "mouthLeft"):
            difference = np.zeros(len(names))
            difference[i], difference[names.index(twin)] = 1, -1
            cost += np.outer(difference, difference)
    return cost
