"""The FaceVerse mesh and its shapes, read from a bundle.

Three spaces. MODEL space is the authors': x right, y down, z away, about 0.87 dm a unit. FLAME
space is a similarity of it (``to_flame``): metres, y up, z to the viewer. HEAD units are the
project's: decimetres of FLAME space with the origin between the eyes of the mean head.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

from aa_faceverse.config import EXPRESSIONS, IDENTITIES
from avatarartist_core.data import Floats
from avatarartist_core.weights.bundle import find_bundle

COMPONENT, FILE = "faceverse", "model.safetensors"

TO_FLAME = np.array(
    [
        [0.08666985, 0, 0, -0.00057],
        [0, -0.08666985, 0, -0.01789],
        [0, 0, -0.08666985, -0.05895],
        [0, 0, 0, 1],
    ],
    np.float32,
)
"""The similarity when its file is not there: the measured one with its small turn left out."""

_DECIMETRES = np.float32(10)


@dataclass(frozen=True, eq=False)
class FaceBasis:
    """A blendshape head in model space (V vertices, F triangles).

    Attributes:
        mean: (V, 3)
        identity: (150, V, 3)
        expression: (171, V, 3)
        faces: (F, 3) int32
        uv: (V, 2) in [0, 1], as the file has them.
        mask: (V,) 1 on face and eyeballs.
        landmarks: (478,) int32 vertex under each landmark.
        eyeballs: (3,) int32; the left eye's vertices lie between the first two, the right eye's
            between the last two.
        to_flame: (4, 4) similarity from model space to FLAME space.
    """

    mean: Floats
    identity: Floats
    expression: Floats
    faces: NDArray[np.int32]
    uv: Floats
    mask: Floats
    landmarks: NDArray[np.int32]
    eyeballs: NDArray[np.int32]
    to_flame: Floats

    @property
    def eyes(self) -> tuple[slice, slice]:
        """The vertices of the left and of the right eyeball."""
        first, second, end = (int(place) for place in self.eyeballs)
        return slice(first, second), slice(second, end)

    @cached_property
    def linear(self) -> Floats:
        """The (3, 3) map of directions from model space to head units, a similarity."""
        return self.to_flame[:3, :3] * _DECIMETRES

    @cached_property
    def origin(self) -> Floats:
        """The (3,) middle between the eyes of the mean head in FLAME space."""
        between = np.mean([self.mean[eye].mean(0) for eye in self.eyes], 0)
        return np.asarray(self.to_flame[:3, :3] @ between + self.to_flame[:3, 3], np.float32)

    def to_head(self, points: Floats) -> Floats:
        """Carry (..., 3) points from model space to head units."""
        shift = (self.to_flame[:3, 3] - self.origin) * _DECIMETRES
        return np.asarray(points @ self.linear.T + shift, np.float32)

    def person(self, identity: Floats) -> Floats:
        """Return the (V, 3) head of a (k,) identity, k at most 150, at rest in model space."""
        offset = np.asarray(identity, np.float32) @ self._flat_identity[: len(identity)]
        return self.mean + offset.reshape(-1, 3)

    def expressed(self, person: Floats, expression: Floats) -> Floats:
        """Add a (171,) expression to a person's (V, 3) head; the eyes look straight ahead."""
        offset = np.asarray(expression, np.float32) @ self._flat_expression[: len(expression)]
        return person + offset.reshape(-1, 3)

    @cached_property
    def _flat_identity(self) -> Floats:
        return self.identity.reshape(IDENTITIES, -1)

    @cached_property
    def _flat_expression(self) -> Floats:
        return self.expression.reshape(EXPRESSIONS, -1)


def face_basis(weights: str) -> FaceBasis:
    """Read the model of a bundle, once for each bundle's folder.

    Raises:
        WeightsError: it is not installed, or damaged.
    """
    bundle = find_bundle(COMPONENT, weights, __package__)
    return _read(str(bundle.path(FILE)))


@cache
def _read(file: str) -> FaceBasis:
    arrays = load_file(file)
    return FaceBasis(**{name: arrays[name] for name in FaceBasis.__dataclass_fields__})
