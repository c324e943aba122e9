"""Follows one face from frame to frame with a face finder that knows single pictures only."""

import numpy as np

from avatarartist_core.data import Face, Floats, Picture
from avatarartist_core.interfaces import FaceFinder

_ROOM = 1.8
"""The next frame is searched in a square this many times the size of the last face."""


class Follower:
    """Looks where the face was, then in the whole frame."""

    def __init__(self, finder: FaceFinder) -> None:
        self._finder = finder
        self._last: Floats | None = None

    def follow(self, frame: Picture) -> Floats | None:
        """Return the (478, 3) landmarks of the face in the next frame, or None."""
        found = None
        if self._last is not None:
            found = self._nearby(frame, self._last)
        if found is None:
            found = self._nearest(self._finder.find(frame))
        if found is not None:
            self._last = found
        return found

    def _nearby(self, frame: Picture, last: Floats) -> Floats | None:
        low, high = last[:, :2].min(0), last[:, :2].max(0)
        middle, half = (low + high) / 2, float((high - low).max()) * _ROOM / 2
        height, width = frame.shape[:2]
        left, top = (max(int(edge), 0) for edge in middle - half)
        right, bottom = min(int(middle[0] + half), width), min(int(middle[1] + half), height)
        if right - left < 16 or bottom - top < 16:
            return None
        faces = self._finder.find(np.ascontiguousarray(frame[top:bottom, left:right]))
        shift = np.array([left, top, 0], np.float32)
        moved = [face.landmarks + shift for face in faces]
        return min(moved, key=lambda points: _apart(points, last), default=None)

    def _nearest(self, faces: list[Face]) -> Floats | None:
        if not faces:
            return None
        last = self._last
        if last is None:
            return faces[0].landmarks
        return min((face.landmarks for face in faces), key=lambda points: _apart(points, last))


def _apart(points: Floats, others: Floats) -> float:
    return float(((points[:, :2].mean(0) - others[:, :2].mean(0)) ** 2).sum())
