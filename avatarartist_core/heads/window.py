"""Where a head's face sits in a triplane, and how its surface is laid out in the texture plane."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Floats

PLANE_SIDE = 256
"""Side of a plane in texels, in which the face box is stated."""

BOX_ROWS, BOX_COLUMNS = (57, 185), (64, 192)
"""First and past-the-last row and column of the face box in a plane: the authors' numbers."""

EXTENT = 0.5
"""Half side of the rendered cube in world units; a plane coordinate is a world one over it."""


KINDS = ("nothing", "face", "skin", "eye", "teeth", "mouth", "lashes")
"""What a triangle of the whole head is: ``face`` has texels, ``skin`` is the rest of it, ``mouth``
its inside with the tongue."""


@dataclass(frozen=True, eq=False)
class Solid:
    """Every triangle of a head (G of them).

    Attributes:
        faces: (G, 3) int32 into the vertices.
        faces_uv: (G, 3) int32 into the window's ``uv`` and ``mask``.
        kind: (G,) uint8 index into ``KINDS``.
    """

    faces: NDArray[np.int32]
    faces_uv: NDArray[np.int32]
    kind: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class FaceWindow:
    """The face of one topology in the triplane (V vertices, U texture vertices, F triangles).

    World units are those of the triplane: the cube of half side ``EXTENT`` is what the planes
    hold, x to the picture's right, y up, z towards the viewer.

    Attributes:
        topology: the head model it belongs to.
        scale: world units per head unit.
        shift: (3,) world place of the head's origin: ``world = scale * v + shift``.
        center: (3,) middle of the face's landmarks on the mean head, head units. A portrait's
            scale is that of this depth.
        faces: (F, 3) int32 into the vertices; every triangle that is in the face or may hide it.
        faces_uv: (F, 3) int32 into ``uv`` and ``mask``.
        uv: (U, 2) texture coordinates in [-1, 1], v growing with the rows of the plane.
        mask: (U,) 1 on face and eyeballs, 0 elsewhere (inside of the mouth, teeth, lashes, skull).
        neck: what a head point's x, y, z and 1 are multiplied with to give the head's share in
            its movement: 1 and more for the head, 0 and less for the torso that stays.
        solid: every triangle of the head, with skull, ears, neck and what there is of shoulders;
            None: the ``faces`` are all there is.
    """

    topology: str
    scale: float
    shift: Floats
    center: Floats
    faces: NDArray[np.int32]
    faces_uv: NDArray[np.int32]
    uv: Floats
    mask: Floats
    neck: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 1.0)
    solid: Solid | None = None

    @property
    def whole(self) -> NDArray[np.int32]:
        """The (G, 3) triangles of the whole head."""
        return self.faces if self.solid is None else self.solid.faces

    @property
    def face_box(self) -> tuple[float, float, float, float]:
        """Left, top (lowest row), right and bottom of the face box as shares of a plane."""
        left, right = (column / PLANE_SIDE for column in BOX_COLUMNS)
        top, bottom = (row / PLANE_SIDE for row in BOX_ROWS)
        return left, top, right, bottom

    def world(self, points: Floats) -> Floats:
        """Carry (..., 3) points from head units into the triplane's world."""
        return points * np.float32(self.scale) + self.shift.astype(np.float32)

    def head_share(self, points: Floats) -> Floats:
        """Tell for (..., 3) head points how far they go along with the head, in [0, 1]."""
        share = points @ np.array(self.neck[:3], np.float32) + np.float32(self.neck[3])
        return np.asarray(np.clip(share, 0, 1), np.float32)

    @property
    def world_neck(self) -> tuple[float, float, float, float]:
        """The ``neck`` for points of the triplane's world."""
        slope = np.array(self.neck[:3]) / self.scale
        offset = self.neck[3] - float(slope @ self.shift)
        return (*map(float, slope), offset)  # type: ignore[return-value]

    def plane(self, points: Floats) -> Floats:
        """Carry (..., 3) points from head units to plane coordinates: [-1, 1] inside the cube."""
        return self.world(points) / np.float32(EXTENT)
