"""What labels say that a picture shows: the head model's landmarks, seen by the camera."""

from __future__ import annotations

import numpy as np

from avatarartist_core.data import Floats
from avatarartist_core.datasets.record import Record
from avatarartist_core.datasets.sample import Labels
from avatarartist_core.heads.find import head_model


def seen_landmarks(labels: Labels | Record) -> Floats:
    """Draw identity, expression and gaze with the head model and look at them by the camera.

    Where labels are right, they lie on the landmarks of the picture.

    Returns:
        (478, 2) in shares of the picture side, 0 to 1 from edge to edge.

    Raises:
        UsageError: the head model has no window, so there is no world for a camera to stand in.
    """
    head = head_model(labels.topology)
    vertices = head.looking(head.vertices(labels.identity, labels.expression), labels.gaze)
    points = head.window.world(head.landmarks(vertices))
    pose, lens = labels.camera[:16].reshape(4, 4), labels.camera[16:].reshape(3, 3)
    seen = (points - pose[:3, 3]) @ pose[:3, :3] @ lens.T
    return (seen[:, :2] / seen[:, 2:]).astype(np.float32)
