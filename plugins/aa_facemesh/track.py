"""Follows one face through the frames of a clip."""

from collections.abc import Iterable, Iterator

from aa_facemesh.landmarks import landmarks, refined, window_of_landmarks
from aa_facemesh.search import Found, Search
from avatarartist_core.data import Floats, Picture

_SURE = 0.9
"""Presence under which a followed face is compared with a fresh look at the whole frame."""

_PATIENCE = 12
"""Lost frames between two thorough searches."""


def follow(frames: Iterable[Picture], search: Search) -> Iterator[Floats | None]:
    """Yield the (478, 3) landmarks of each frame, or None where no face is seen.

    The face is the largest of the first frame that shows one; it is looked for where it was.
    """
    last: Floats | None = None
    missing = 0
    for frame in frames:
        points = _again(frame, last, search) if last is not None else None
        if points is None:
            thorough = missing % _PATIENCE == 0
            seen = search.thorough(frame) if thorough else search.quick(frame)
            points = _nearest(seen, last)
        missing = 0 if points is not None else missing + 1
        last = points
        yield points


def _again(frame: Picture, last: Floats, search: Search) -> Floats | None:
    points, presence = landmarks(search.mesh, frame, window_of_landmarks(last))
    if presence >= _SURE:
        return points
    fresh = _nearest(search.quick(frame), last)
    if fresh is not None or presence < search.presence:
        return fresh
    return refined(search.mesh, frame, window_of_landmarks(points), passes=1)[0]


def _nearest(seen: list[Found], last: Floats | None) -> Floats | None:
    if not seen:
        return None
    if last is None:
        return seen[0].landmarks
    middle = last[:, :2].mean(0)
    return min(seen, key=lambda each: float(((each.center - middle) ** 2).sum())).landmarks
