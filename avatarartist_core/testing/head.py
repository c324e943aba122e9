"""The contract of a ``HeadModel``."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from avatarartist_core.data import Floats
from avatarartist_core.motion import ARKIT
from avatarartist_core.testing.component import ComponentContract

_UPPER_LIP, _LOWER_LIP, _CHIN, _FOREHEAD = 13, 14, 152, 10
_RIGHT_EYE, _LEFT_EYE = 468, 473


class HeadModelContract(ComponentContract):
    """Set ``entry`` and ``identities``, the number of identity components.

    Attributes:
        expressions: number of expression coefficients.
        jaw_open: the one that opens the mouth when it is 1.
        still: those that need not move anything.
    """

    identities: ClassVar[int]
    expressions: ClassVar[int] = len(ARKIT)
    jaw_open: ClassVar[int] = ARKIT.index("jawOpen")
    still: ClassVar[frozenset[int]] = frozenset(
        index for index, name in enumerate(ARKIT) if name.startswith("eyeLook")
    )

    def test_the_topology_is_what_the_entry_promises(self) -> None:
        assert self.component().topology == self.entry.topology

    def test_coefficients_make_a_mesh_with_landmarks_on_it(self) -> None:
        vertices = self._mesh()
        assert vertices.ndim == 2
        assert vertices.shape[1] == 3
        assert vertices.dtype == np.float32
        assert np.isfinite(vertices).all()
        landmarks = self.component().landmarks(vertices)
        assert landmarks.shape == (478, 3)
        margin = 1e-3
        assert (landmarks >= vertices.min(0) - margin).all()
        assert (landmarks <= vertices.max(0) + margin).all()

    def test_axes_and_origin_are_those_of_head_units(self) -> None:
        landmarks = self._landmarks()
        assert landmarks[_FOREHEAD, 1] > landmarks[_CHIN, 1], "y does not point up"
        assert landmarks[_LEFT_EYE, 0] > landmarks[_RIGHT_EYE, 0], "x does not point right"
        assert landmarks[1, 2] > landmarks[_FOREHEAD, 2], "z does not point at the viewer"
        between = landmarks[[_LEFT_EYE, _RIGHT_EYE]].mean(0)
        assert np.abs(between[:2]).max() < 0.1, "the origin is not between the eyes"

    def test_the_jaw_opens_the_mouth(self) -> None:
        def gap(landmarks: Floats) -> float:
            return float(landmarks[_UPPER_LIP, 1] - landmarks[_LOWER_LIP, 1])

        assert gap(self._landmarks(self.jaw_open)) > gap(self._landmarks()) + 0.05

    def test_every_expression_and_identity_moves_the_mesh(self) -> None:
        rest = self._mesh()
        unmoved = [
            expression
            for expression in range(self.expressions)
            if expression not in self.still and np.abs(self._mesh(expression) - rest).max() == 0
        ]
        assert unmoved == []
        for component in range(self.identities):
            identity = np.zeros(self.identities, np.float32)
            identity[component] = 1.0
            moved = self.component().vertices(identity, np.zeros(self.expressions, np.float32))
            assert np.abs(moved - rest).max() > 0, f"identity {component} moves nothing"

    def _mesh(self, *expressions: int) -> Floats:
        """Return the mean head's mesh with some expressions at 1."""
        coefficients = np.zeros(self.expressions, np.float32)
        coefficients[list(expressions)] = 1.0
        identity = np.zeros(self.identities, np.float32)
        vertices: Floats = self.component().vertices(identity, coefficients)
        return vertices

    def _landmarks(self, *expressions: int) -> Floats:
        landmarks: Floats = self.component().landmarks(self._mesh(*expressions))
        return landmarks
