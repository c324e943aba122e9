"""The landmark network: 478 points of one face in a turned square around it."""

import numpy as np

from aa_facemesh.detect import Detection
from aa_facemesh.nets import Net
from aa_facemesh.window import Window, apply
from avatarartist_core.data import Floats, Picture

SIDE = 256
RIGHT_EYE, LEFT_EYE = 33, 263
"""Outer eye corners, the person's own sides."""

_MARGIN = 1.5


def landmarks(net: Net, picture: Picture, window: Window) -> tuple[Floats, float]:
    """Measure the face in a window.

    Returns:
        (478, 3) landmarks in pixels of the picture (z in the same unit, away from the camera),
        and the network's presence score in [0, 1].
    """
    pixels = window.copy(picture, SIDE)
    outputs = net(pixels[None].astype(np.float32) / np.float32(255))
    points = outputs["Identity"].reshape(-1, 3)
    presence = 1 / (1 + np.exp(-float(outputs["Identity_1"].ravel()[0])))
    found = np.empty_like(points)
    # The network counts from the edge of the first pixel, the map from its centre.
    found[:, :2] = apply(window.to_picture(SIDE), points[:, :2] - 0.5)
    found[:, 2] = points[:, 2] * (window.side / SIDE)
    return found, presence


def refined(net: Net, picture: Picture, window: Window, passes: int = 2) -> tuple[Floats, float]:
    """Measure the face, then again in the window its own landmarks ask for."""
    found, presence = landmarks(net, picture, window)
    for _ in range(passes - 1):
        found, presence = landmarks(net, picture, window_of_landmarks(found))
    return found, presence


def window_of_detection(face: Detection) -> Window:
    """Frame a detected face for the landmark network, upright along its eyes."""
    across = face.points[1] - face.points[0]
    x, y = face.center
    return Window(float(x), float(y), face.side * _MARGIN, float(np.arctan2(across[1], across[0])))


def window_of_landmarks(points: Floats) -> Window:
    """Frame a measured face for the next look at it."""
    across = points[LEFT_EYE, :2] - points[RIGHT_EYE, :2]
    angle = float(np.arctan2(across[1], across[0]))
    c, s = np.cos(angle), np.sin(angle)
    upright = points[:, :2] @ np.array([[c, -s], [s, c]])
    low, high = upright.min(0), upright.max(0)
    x, y = np.array([[c, -s], [s, c]]) @ ((low + high) / 2)
    return Window(float(x), float(y), float((high - low).max() * _MARGIN), angle)
