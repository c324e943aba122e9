"""The true frames of a comparison: those the user gives, or the driving video's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from avatarartist_core.comparison.own import cut, find_own, laid_over
from avatarartist_core.comparison.scores import Truth, landmarks_in
from avatarartist_core.comparison.sheet import squared
from avatarartist_core.data import Avatar, Floats, Motion, Picture
from avatarartist_core.interfaces import FaceFinder
from avatarartist_core.motion.video import VideoSource


class Truths:
    """The true frames for every column, and the pictures that are shown beside them.

    Attributes:
        labels: of the pictures beside the columns: the driving frame, the given true one.
        without: numbers of frames that are not measured, since they are the portrait.
        said: what is measured against, in words; empty when nothing is true.
        notes: sentences for the user, complete after the last frame.

    Args:
        avatars: of each column.
        motion: as tracked or loaded.
        video: the driving video, or None when the motion was authored.
        reference: true frames that the user gave, or None.
        finder: finds faces.
        side: of the frames in pixels.
        view: the frames of a driving video are true as seen from the front alone.
    """

    def __init__(
        self,
        avatars: Sequence[Avatar],
        motion: Motion,
        video: VideoSource | None,
        reference: VideoSource | None,
        finder: FaceFinder,
        side: int,
        view: str,
    ) -> None:
        self._video, self._reference = video, reference
        self._finder, self._side = finder, side
        self.notes: list[str] = []
        self.labels = [source.path.name for source in (video, reference) if source is not None]
        self.without: frozenset[int] = frozenset()
        self.said = f"the frames of {reference.path.name}" if reference is not None else ""
        self._maps: list[Floats | None] = [None] * len(avatars)
        if video is not None and reference is None and view == "front":
            own = [find_own(avatar, motion, video, finder) for avatar in avatars]
            self._maps = [
                None if at is None else laid_over(at, avatar, side)
                for at, avatar in zip(own, avatars, strict=True)
            ]
            self.without = frozenset(at.number for at in own if at is not None)
        if self.without and video is not None:
            numbers = ", ".join(str(number + 1) for number in sorted(self.without))
            self.said = f"{video.path.name} itself, less frame {numbers}, which is the portrait"

    def frames(
        self, shown: slice, chosen: frozenset[int]
    ) -> Iterator[tuple[list[Picture], list[Truth | None]]]:
        """Yield, frame by frame, the pictures beside the columns and each column's truth."""
        nothing: list[Truth | None] = [None] * len(self._maps)
        driving, given_frames = _held(self._video), _held(self._reference)
        for number in range(shown.stop):
            frame, _ = next(driving)
            given, is_new = next(given_frames)
            if number < shown.start:
                continue
            given = None if given is None else squared(given, self._side)
            if given is not None and not is_new and not self.notes:
                self.notes.append(
                    f"the reference ends after {number} frames; the rest is not measured"
                )
            beside = [] if frame is None else [self._driver(frame)]
            beside += [] if given is None else [given]
            if number - shown.start not in chosen or self.notes:
                yield beside, nothing
            elif given is not None:
                yield beside, [self._truth(given)] * len(self._maps)
            elif frame is not None:
                yield beside, self._own_truths(frame)
            else:
                yield beside, nothing

    def _driver(self, frame: Picture) -> Picture:
        """Show the driving frame whole, or cut as the first column is when it is the same face."""
        to_video = self._maps[0]
        return squared(frame, self._side) if to_video is None else cut(frame, to_video, self._side)

    def _own_truths(self, frame: Picture) -> list[Truth | None]:
        found: dict[bytes, Truth | None] = {}
        truths: list[Truth | None] = []
        for to_video in self._maps:
            if to_video is None:
                truths.append(None)
                continue
            key = to_video.tobytes()
            if key not in found:
                found[key] = self._truth(cut(frame, to_video, self._side))
            truths.append(found[key])
        return truths

    def _truth(self, picture: Picture) -> Truth | None:
        landmarks = landmarks_in(picture, self._finder)
        return None if landmarks is None else Truth(picture, landmarks)


def _held(video: VideoSource | None) -> Iterator[tuple[Picture | None, bool]]:
    """Yield frames and True, then the last one and False for ever; nothing comes of no video."""
    last = None
    for last in video or ():
        yield last, True
    while True:
        yield last, False
