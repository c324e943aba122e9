"""Looks for faces of any size, place and turn: the whole picture first, harder ways later."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from aa_facemesh.detect import Detection, detect
from aa_facemesh.landmarks import refined, window_of_detection
from aa_facemesh.nets import Net
from aa_facemesh.window import Window
from avatarartist_core.data import Floats, Picture

_COPY_SIDE = 1024
_SMALL = 0.25
"""A face under this share of the picture's longer side makes smaller ones likely too."""

_EASY_ROUNDS = 3
"""Rounds after which only a picture without any face is looked at again."""

_SAME = 0.5
"""Faces whose centres are nearer than this share of the smaller one's side are one face."""

_HARDER = 0.6
"""Factor on the detector's threshold in the last round."""


@dataclass(frozen=True, eq=False)
class Found:
    """A face with landmarks.

    Attributes:
        detection: what the detector saw.
        landmarks: (478, 3) in pixels of the picture.
        presence: in [0, 1].
    """

    detection: Detection
    landmarks: Floats
    presence: float

    @property
    def center(self) -> Floats:
        """(2,) middle of the landmarks."""
        return (self.landmarks[:, :2].min(0) + self.landmarks[:, :2].max(0)) / 2

    @property
    def side(self) -> float:
        """Longer side of the landmarks' box."""
        return float(np.ptp(self.landmarks[:, :2], axis=0).max())


@dataclass(frozen=True, eq=False)
class Search:
    """The two networks and what they must be sure of.

    Attributes:
        detector: the face detector.
        mesh: the landmark network.
        score: detector score a face needs.
        presence: landmark score a face needs.
    """

    detector: Net
    mesh: Net
    score: float
    presence: float

    def quick(self, picture: Picture) -> list[Found]:
        """Look at the whole picture once; for clips."""
        return self._round(picture, picture, [_whole(picture)], self.score, [])

    def thorough(self, picture: Picture) -> list[Found]:
        """Look until a face is found, then for its smaller neighbours; largest first."""
        copy = _reduced(picture)
        found: list[Found] = []
        for done, (windows, ease) in enumerate(_rounds(copy), start=1):
            found = self._round(picture, copy, windows, self.score * ease, found)
            if found and _largest(found) > _SMALL * max(picture.shape[:2]):
                break
            if found and done >= _EASY_ROUNDS:
                break
        return sorted(found, key=lambda each: -each.side)

    def _round(
        self,
        picture: Picture,
        copy: Picture,
        windows: list[Window],
        score: float,
        found: list[Found],
    ) -> list[Found]:
        """Add the faces that the windows show and that were not found before."""
        factor = picture.shape[1] / copy.shape[1]
        seen = [face for window in windows for face in detect(self.detector, copy, window, score)]
        for face in sorted(seen, key=lambda each: -each.score):
            native = Detection(
                (face.corners + 0.5) * factor - 0.5, (face.points + 0.5) * factor - 0.5, face.score
            )
            if any(_is_same(native.center, native.side, old) for old in found):
                continue
            points, presence = refined(self.mesh, picture, window_of_detection(native), passes=3)
            new = Found(native, points, presence)
            if presence < self.presence or _is_known(new, found):
                continue
            found = [*found, new]
        return found


def _rounds(picture: Picture) -> Iterator[tuple[list[Window], float]]:
    """Yield windows to look at together and the factor on the threshold."""
    whole = _whole(picture)
    padded = [Window(whole.x, whole.y, whole.side * grow) for grow in (1.4, 2.2)]
    tiles = [*_tiles(picture, 0.6), *_tiles(picture, 0.35)]
    turned = [
        Window(whole.x, whole.y, whole.side * 1.2, np.radians(degrees))
        for degrees in (30, -30, 90, -90, 180, 60, -60)
    ]
    yield [whole], 1
    yield padded, 1
    yield tiles, 1
    yield turned, 1
    yield [whole, *padded, *tiles, *turned], _HARDER


def _whole(picture: Picture) -> Window:
    height, width = picture.shape[:2]
    return Window((width - 1) / 2, (height - 1) / 2, max(height, width))


def _tiles(picture: Picture, share: float) -> list[Window]:
    """Cover the picture with squares of ``share`` of its longer side, half overlapping."""
    height, width = picture.shape[:2]
    side = share * max(height, width)

    def places(length: int) -> list[float]:
        if length <= side:
            return [(length - 1) / 2]
        count = int(np.ceil((length - side) / (side / 2))) + 1
        return [float(x) for x in np.linspace(side / 2, length - side / 2, count)]

    return [Window(x, y, side) for y in places(height) for x in places(width)]


def _reduced(picture: Picture) -> Picture:
    height, width = picture.shape[:2]
    factor = _COPY_SIDE / max(height, width)
    if factor >= 1:
        return picture
    size = (max(round(width * factor), 1), max(round(height * factor), 1))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))


def _largest(found: list[Found]) -> float:
    return max(each.side for each in found)


def _is_same(center: Floats, side: float, old: Found) -> bool:
    return bool(np.linalg.norm(center - old.center) < _SAME * min(side, old.side))


def _is_known(new: Found, found: list[Found]) -> bool:
    return any(_is_same(new.center, new.side, old) for old in found)
