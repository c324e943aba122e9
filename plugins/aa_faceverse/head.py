"""The ``faceverse`` head model: FaceVerse v3.1 from the user's own file."""

from functools import cached_property
from typing import Any

import numpy as np

from aa_faceverse.basis import FaceBasis, face_basis
from aa_faceverse.config import EXPRESSIONS, TOPOLOGY
from aa_faceverse.fit import fit_landmarks
from aa_faceverse.window import face_window
from avatarartist_core.data import Avatar, Floats, HeadFit
from avatarartist_core.heads.window import FaceWindow
from avatarartist_core.interfaces import HeadModel
from avatarartist_core.motion.angles import rotation_from_angles

CLAMPED = {167: (-0.75, 0.6), 169: (-0.75, 0.75)}
"""Expressions that the authors keep within bounds whenever they draw a mesh."""


class FaceVerseHead(HeadModel):
    """Mean, 150 identities and 171 expressions, and eyeballs that turn."""

    topology = TOPOLOGY

    def __init__(self, config: Any, *, device: str = "cpu") -> None:
        super().__init__(config, device=device)
        self._last: tuple[Floats, Floats | None] = (np.zeros(0, np.float32), None)

    @cached_property
    def basis(self) -> FaceBasis:
        """The model's arrays, read on first use."""
        return face_basis(self.config.weights)

    def vertices(self, identity: Floats, expression: Floats) -> Floats:
        """Return the (V, 3) mesh in head units.

        Args:
            identity: (k,) scores of the first k components, k at most 150.
            expression: (175,) the 171 expressions, then pitch and yaw of the left and of the right
                eye in radians, positive down and to the picture's right. 171 do: eyes ahead.
        """
        shown = np.array(expression[:EXPRESSIONS], np.float32)
        for place, (low, high) in CLAMPED.items():
            shown[place] = np.clip(shown[place], low, high)
        points = self.basis.to_head(self.basis.expressed(self._person(identity), shown))
        angles = np.asarray(expression[EXPRESSIONS:], np.float32).reshape(-1, 2)
        for eye, (pitch, yaw) in zip(self.basis.eyes, angles, strict=False):
            turn = rotation_from_angles(np.array([yaw, -pitch, 0], np.float32))
            middle = points[eye].mean(0)
            points[eye] = (points[eye] - middle) @ turn.T + middle
        return points

    def _person(self, identity: Floats) -> Floats:
        """Return the head of an identity; that of the last one is kept, clips have one."""
        known, person = self._last
        if person is None or not np.array_equal(known, identity):
            person = self.basis.person(identity)
            self._last = (np.array(identity), person)
        return person

    def landmarks(self, vertices: Floats) -> Floats:
        """Read the (478, 3) landmarks off a (V, 3) mesh."""
        return vertices[self.basis.landmarks]

    def fit_of(self, avatar: Avatar) -> HeadFit:
        """Lay this head over the portrait's landmarks."""
        return fit_landmarks(self.basis, avatar.landmarks)

    @cached_property
    def window(self) -> FaceWindow:
        """Where the authors' mesh maps put the face."""
        return face_window(self.basis)
