"""The face detector (BlazeFace, 128 pixels): faces as boxes with six points."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from aa_facemesh.nets import Net
from aa_facemesh.window import Window, apply
from avatarartist_core.data import Floats, Picture

SIDE = 128
_OVERLAP = 0.3


@dataclass(frozen=True, eq=False)
class Detection:
    """One face as the detector sees it.

    Attributes:
        corners: (4, 2) of its box in pixels of the picture, turned as the face is.
        points: (6, 2) right eye, left eye, nose tip, mouth, right ear, left ear (the person's).
        score: in [0, 1].
    """

    corners: Floats
    points: Floats
    score: float

    @property
    def center(self) -> Floats:
        """(2,) middle of the box."""
        return self.corners.mean(0)

    @property
    def side(self) -> float:
        """Longer side of the box in pixels."""
        edges = np.linalg.norm(self.corners[[1, 3]] - self.corners[0], axis=1)
        return float(edges.max())


def detect(net: Net, picture: Picture, window: Window, threshold: float) -> list[Detection]:
    """Find the faces in a window of a picture, best first."""
    pixels = window.copy(picture, SIDE)
    outputs = net(pixels[None].astype(np.float32) / np.float32(127.5) - 1)
    logits = outputs["classificators"][0, :, 0]
    chosen = logits > np.log(threshold / (1 - threshold))
    if not chosen.any():
        return []
    scores = 1 / (1 + np.exp(-logits[chosen]))
    raw = outputs["regressors"][0, chosen].reshape(-1, 8, 2)
    anchors = _anchors()[chosen]
    half = raw[:, 1] / 2
    center = raw[:, 0] + anchors
    points = raw[:, 2:] + anchors[:, None]
    to_picture = window.to_picture(SIDE)
    faces = []
    for group in _groups(center - half, center + half, scores):
        weight = scores[group] / scores[group].sum()
        (x, y), (w, h) = weight @ center[group], weight @ half[group]
        corners = np.array([[x - w, y - h], [x + w, y - h], [x + w, y + h], [x - w, y + h]])
        mean = np.tensordot(weight, points[group], 1)
        # The network counts from the edge of the first pixel, the map from its centre.
        faces.append(
            Detection(
                apply(to_picture, corners.astype(np.float32) - 0.5),
                apply(to_picture, mean.astype(np.float32) - 0.5),
                float(scores[group[0]]),
            )
        )
    return faces


def _groups(low: Floats, high: Floats, scores: Floats) -> list[list[int]]:
    """Group overlapping boxes; each group opens with its best."""
    left = list(np.argsort(-scores))
    area = (high - low).prod(1)
    groups = []
    while left:
        best = left[0]
        shared = np.minimum(high[left], high[best]) - np.maximum(low[left], low[best])
        inner = np.clip(shared, 0, None).prod(1)
        overlap = inner / (area[left] + area[best] - inner)
        group = [each for each, much in zip(left, overlap, strict=True) if much > _OVERLAP]
        groups.append(group or [best])
        left = [each for each in left if each not in groups[-1]]
    return groups


@cache
def _anchors() -> Floats:
    """Return the (896, 2) anchor centres in pixels: 2 per 8-pixel cell, 6 per 16-pixel cell."""
    rows = []
    for stride, repeats in ((8, 2), (16, 6)):
        at = (np.arange(SIDE // stride) + 0.5) * stride
        grid = np.stack(np.meshgrid(at, at), -1).reshape(-1, 2)
        rows.append(np.repeat(grid, repeats, axis=0))
    return np.concatenate(rows).astype(np.float32)
