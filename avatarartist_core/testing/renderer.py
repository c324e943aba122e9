"""The contract of a ``Renderer``."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from functools import cache
from typing import ClassVar

import numpy as np
import pytest

from avatarartist_core.data import Avatar, Cameras, Motion, Picture
from avatarartist_core.entries import GeneratorEntry
from avatarartist_core.errors import AvatarArtistError, UsageError
from avatarartist_core.lazy import build
from avatarartist_core.plugins import installed
from avatarartist_core.samples import (
    sample_cameras,
    sample_motion,
    sample_portrait,
    sample_triplane,
)
from avatarartist_core.specs import misfits
from avatarartist_core.testing.component import ComponentContract

_MEBIBYTE = 1 << 20


class RendererContract(ComponentContract):
    """Set ``entry``, and override ``avatar`` when no installed generator makes what it reads.

    Attributes:
        size: side of the frames that the tests draw.
        tolerance: most grey levels by which a frame may differ when it is drawn again in other
            company; networks on some devices need 1.
    """

    size: ClassVar[int] = 96
    tolerance: ClassVar[int] = 0

    def avatar(self) -> Avatar:
        """Return the avatar the tests draw: of the first installed generator that fits.

        For a renderer of triplanes that none fits, one of noise is made up.
        """
        accepts, _ = self.entry.reads_with(self._options())
        for entry in installed().generators.values():
            with suppress(AvatarArtistError):  # a generator without weights makes nothing
                if not misfits(entry.produces_with(entry.config()), accepts):
                    return deepcopy(_avatar(entry, self.device))
        if accepts.representation == "triplane":
            return sample_triplane(accepts)
        pytest.fail(f"no installed generator makes what {self.entry.name!r} reads")

    def motion(self, frames: int = 4) -> Motion:
        """Return the motion the tests use."""
        return sample_motion(frames)

    @pytest.fixture
    def drawn(self) -> list[Picture]:
        """Draw the sample motion from the front."""
        return list(self._render(self.motion(), sample_cameras()))

    def test_a_frame_of_motion_is_a_frame_of_video(self, drawn: list[Picture]) -> None:
        assert len(drawn) == 4
        for frame in drawn:
            assert frame.shape == (self.size, self.size, 3)
            assert frame.dtype == np.uint8

    def test_size_decides_the_size(self) -> None:
        frames = self._render(self.motion(1), sample_cameras(1), size=2 * self.size)
        assert next(frames).shape == (2 * self.size, 2 * self.size, 3)

    def test_the_motion_moves_the_avatar(self, drawn: list[Picture]) -> None:
        assert np.abs(drawn[-1].astype(int) - drawn[0]).max() > 16

    def test_the_camera_decides_the_view(self, drawn: list[Picture]) -> None:
        turned = list(self._render(self.motion(), sample_cameras(view="20,0")))
        assert np.abs(turned[0].astype(int) - drawn[0]).max() > 16

    def test_frames_do_not_run_into_one_another(self, drawn: list[Picture]) -> None:
        later = sample_cameras()
        cut = Cameras(later.cam2world[2:4], later.intrinsics[2:4])
        for alone, together in zip(self._render(self.motion()[2:4], cut), drawn[2:], strict=True):
            assert np.abs(alone.astype(int) - together).max() <= self.tolerance

    def test_a_run_can_be_drawn_again(self, drawn: list[Picture]) -> None:
        for again, before in zip(self._render(self.motion(), sample_cameras()), drawn, strict=True):
            assert np.abs(again.astype(int) - before).max() <= self.tolerance

    def test_a_transparent_frame_holds_the_person_alone(self, drawn: list[Picture]) -> None:
        if not self.entry.cuts_out_with(self._options()):
            with pytest.raises(UsageError):
                next(self._render(self.motion(), sample_cameras(), transparent=True))
            return
        frames = list(self._render(self.motion(), sample_cameras(), transparent=True))
        assert len(frames) == len(drawn)
        for frame in frames:
            assert frame.shape == (self.size, self.size, 4)
            assert frame.dtype == np.uint8
            middle = frame[self.size // 3 : -self.size // 3, self.size // 3 : -self.size // 3, 3]
            assert middle.mean() > 200, "the face is not opaque"
            assert frame[: self.size // 16, : self.size // 16, 3].max() < 64, "the ground is there"

    def test_frames_are_drawn_when_asked_for(self) -> None:
        component, avatar, many = self.component(), self.avatar(), 2000
        motion, cameras = self.motion(many), sample_cameras(many)
        next(component.render(avatar, self.motion(1), sample_cameras(1), size=256))
        tracemalloc.start()
        try:
            frames = component.render(avatar, motion, cameras, size=256)
            next(frames)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 100 * _MEBIBYTE, "the first of 2000 frames took memory for many"

    def _render(
        self, motion: Motion, cameras: Cameras, *, size: int = 0, transparent: bool = False
    ) -> Iterator[Picture]:
        frames: Iterator[Picture] = self.component().render(
            self.avatar(), motion, cameras, size=size or self.size, transparent=transparent
        )
        assert iter(frames) is frames, "frames is not an iterator"
        return frames


@cache
def _avatar(entry: GeneratorEntry, device: str) -> Avatar:
    made = build(entry, entry.config(), device).generate(sample_portrait())
    assert isinstance(made, Avatar)
    return made
