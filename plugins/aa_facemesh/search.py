"""Looks for faces of any size, place and turn: the whole picture first, harder ways later."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from aa_facemesh.detect import Detection, detect
from aa_facemesh.humanness import humanness
from aa_facemesh.landmarks import LEFT_EYE, RIGHT_EYE, refined, window_of_detection
from aa_facemesh.nets import Net
from aa_facemesh.window import Window
from avatarartist_core.data import Floats, Picture

_COPY_SIDE = 1024
_SMALL = 0.25
"""A face under this share of the picture's longer side makes smaller ones likely too."""

_EASY_ROUNDS = 3
"""Rounds after which only a picture without any human-like face is looked at again."""

_SAME = 0.5
"""Faces whose centres are nearer than this share of the smaller one's side are one face."""

_TURNED = 0.7
"""Radians between two ways to see a face in one place."""

_HARDER = 0.6
"""Factor on the detector's threshold in the last round."""


@dataclass(frozen=True, eq=False)
class Found:
    """A face with landmarks.

    Attributes:
        detection: what the detector saw.
        landmarks: (478, 3) in pixels of the picture.
        presence: in [0, 1].
        humanness: in [0, 1]; 1 where nobody asked.
    """

    detection: Detection
    landmarks: Floats
    presence: float
    humanness: float = 1.0

    @property
    def center(self) -> Floats:
        """(2,) middle of the landmarks."""
        return (self.landmarks[:, :2].min(0) + self.landmarks[:, :2].max(0)) / 2

    @property
    def side(self) -> float:
        """Longer side of the landmarks' box."""
        return float(np.ptp(self.landmarks[:, :2], axis=0).max())

    @property
    def angle(self) -> float:
        """How far the face leans, radians."""
        return _angle(self.landmarks[RIGHT_EYE, :2], self.landmarks[LEFT_EYE, :2])

    @property
    def is_human(self) -> bool:
        """Whether nobody needs to look for a better explanation of what is there."""
        return self.humanness >= 0.8


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
        """Look at the whole picture once and judge nothing; for clips."""
        return list(self._seen(picture, picture, [_whole(picture)], self.score, []))

    def thorough(self, picture: Picture) -> list[Found]:
        """Look until a human-like face is found, then for its smaller neighbours.

        Returns:
            human-like faces first, then the larger ones first.
        """
        copy = _reduced(picture)
        found: list[Found] = []
        for done, (windows, ease) in enumerate(_rounds(copy), start=1):
            for face in self._seen(picture, copy, windows, self.score * ease, found):
                found = _with(found, self._judged(picture, face))
            sides = [face.side for face in found if face.is_human]
            if sides and (done >= _EASY_ROUNDS or max(sides) > _SMALL * max(picture.shape[:2])):
                break
        return sorted(found, key=lambda face: (not face.is_human, -face.side))

    def _judged(self, picture: Picture, face: Found) -> Found:
        sure = humanness(self.mesh, picture, face.landmarks, face.detection)
        return replace(face, humanness=sure)

    def _seen(
        self,
        picture: Picture,
        copy: Picture,
        windows: list[Window],
        score: float,
        known: list[Found],
    ) -> Iterator[Found]:
        """Yield the faces that windows of the copy show, but for those known to be human-like."""
        factor = picture.shape[1] / copy.shape[1]
        tried = [face for face in known if face.is_human]
        seen = [face for window in windows for face in detect(self.detector, copy, window, score)]
        for face in sorted(seen, key=lambda each: -each.score):
            native = Detection(
                (face.corners + 0.5) * factor - 0.5, (face.points + 0.5) * factor - 0.5, face.score
            )
            lean = _angle(*native.points[:2])
            if any(_is_again(native.center, native.side, lean, old) for old in tried):
                continue
            points, presence = refined(self.mesh, picture, window_of_detection(native), passes=3)
            new = Found(native, points, presence)
            if any(_is_again(new.center, new.side, new.angle, old) for old in tried):
                continue
            tried.append(new)
            if presence >= self.presence:
                yield new


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
    yield _tiles(picture, 0.18), 1
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


def _with(found: list[Found], new: Found) -> list[Found]:
    """Add a face; of two in one place the more human-like stays."""
    rivals = [old for old in found if _is_same(new.center, new.side, old)]
    if any(old.humanness >= new.humanness for old in rivals):
        return found
    return [*(old for old in found if old not in rivals), new]


def _is_same(center: Floats, side: float, old: Found) -> bool:
    return bool(np.linalg.norm(center - old.center) < _SAME * min(side, old.side))


def _is_again(center: Floats, side: float, angle: float, old: Found) -> bool:
    """Whether it is the same face, held the same way up."""
    apart = abs((angle - old.angle + np.pi) % (2 * np.pi) - np.pi)
    return _is_same(center, side, old) and (old.is_human or apart < _TURNED)


def _angle(right: Floats, left: Floats) -> float:
    return float(np.arctan2(left[1] - right[1], left[0] - right[0]))
