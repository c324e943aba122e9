"""The contract of a ``MotionEncoder``, and of the face finder that it may be as well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
import pytest

from avatarartist_core.data import Motion, Picture
from avatarartist_core.errors import NoFaceError
from avatarartist_core.motion import ARKIT
from avatarartist_core.samples import sample_picture
from avatarartist_core.testing.component import ComponentContract, Told

_BLANK = np.full((256, 256, 3), 128, np.uint8)


class MotionEncoderContract(ComponentContract):
    """Set ``entry``, and ``config`` where the defaults are slow.

    Attributes:
        expressions: coefficients that its motion has.
    """

    expressions: ClassVar[int] = len(ARKIT)

    def picture(self) -> Picture:
        """Return a picture in which a face is found."""
        return sample_picture()

    def clip(self, frames: int) -> Iterator[Picture]:
        """Yield the picture, moved two pixels to the right every frame."""
        for frame in range(frames):
            yield np.roll(self.picture(), 2 * frame, axis=1)

    def test_every_frame_of_the_clip_gets_its_motion(self) -> None:
        motion = self.component().encode(self.clip(4), 30.0, total=4)
        self._check(motion, frames=4)
        assert motion.fps == 30.0
        assert motion.tracked.all()

    def test_the_motion_is_what_the_entry_promises(self) -> None:
        assert self.component().encode(self.clip(2), 25.0).spec == self.entry.provides

    def test_a_head_that_moves_right_is_seen_to(self) -> None:
        motion = self.component().encode(self.clip(12), 25.0)
        assert motion.translation[-1, 0] > motion.translation[0, 0]

    def test_one_frame_is_a_clip(self) -> None:
        self._check(self.component().encode(self.clip(1), 25.0), frames=1)

    def test_a_frame_without_a_face_is_held_and_said(self) -> None:
        frames = [self.picture(), _BLANK, self.picture()]
        motion = self.component().encode(iter(frames), 25.0)
        self._check(motion, frames=3)
        assert motion.tracked.tolist() == [True, False, True]

    def test_a_clip_without_a_face_is_refused(self) -> None:
        with pytest.raises(NoFaceError):
            self.component().encode(iter([_BLANK] * 3), 25.0)

    def test_progress_is_told(self) -> None:
        told = Told()
        self.component().encode(self.clip(3), 25.0, total=3, progress=told)
        told.check()

    def test_a_face_finder_measures_faces(self) -> None:
        finder, picture = self._finder(), self.picture()
        (face,) = finder.find(picture)
        height, width = picture.shape[:2]
        assert face.landmarks.shape == (478, 3)
        assert 0 <= face.box[0] < face.box[2] <= width
        assert 0 <= face.box[1] < face.box[3] <= height
        assert 0 <= face.score <= 1
        assert 0 <= face.humanness <= 1
        assert finder.find(_BLANK) == []

    def test_a_face_finder_lays_the_head_over_the_face(self) -> None:
        finder = self._finder()
        (face,) = finder.find(self.picture())
        fit = finder.fit(face.landmarks)
        assert fit.expression.shape == (52,)
        assert fit.scale > 0
        np.testing.assert_allclose(fit.rotation @ fit.rotation.T, np.eye(3), atol=1e-4)
        left, top, right, bottom = face.box
        origin_x, origin_y = fit.translation
        assert left < origin_x < right
        assert top < origin_y < bottom

    def test_a_face_finder_masks_the_person(self) -> None:
        picture = self.picture()
        mask = self._finder().person(picture)
        assert mask.shape == picture.shape[:2]
        assert mask.min() >= 0
        assert mask.max() <= 1
        height, width = mask.shape
        face = mask[height // 3 : 2 * height // 3, width // 3 : 2 * width // 3]
        assert face.mean() > mask[: height // 8, : width // 8].mean() + 0.5

    def _finder(self) -> Any:
        if not self.entry.finds_faces:
            pytest.skip("it finds no faces and does not say so")
        return self.component()

    def _check(self, motion: Motion, frames: int) -> None:
        assert len(motion) == frames
        shapes = {
            "expression": (frames, self.expressions),
            "rotation": (frames, 3, 3),
            "translation": (frames, 3),
            "gaze": (frames, 2),
        }
        for name, shape in shapes.items():
            values = getattr(motion, name)
            assert values.shape == shape, name
            assert values.dtype == np.float32, name
            assert np.isfinite(values).all(), name
        assert motion.tracked.shape == (frames,)
        turned = motion.rotation @ motion.rotation.transpose(0, 2, 1)
        np.testing.assert_allclose(turned, np.tile(np.eye(3), (frames, 1, 1)), atol=1e-4)
