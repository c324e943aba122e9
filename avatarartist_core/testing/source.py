"""The contract of a ``PortraitSource``."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from avatarartist_core.datasets.encoding import decode, encode
from avatarartist_core.datasets.record import record_of
from avatarartist_core.datasets.sample import Sample
from avatarartist_core.datasets.seen import seen_landmarks
from avatarartist_core.lazy import load
from avatarartist_core.testing.component import ComponentContract, differences

_NEAR = 0.1
"""Of the distance between the pupils: how far labels may lie from the landmarks, in the median."""


class PortraitSourceContract(ComponentContract):
    """Set ``entry``, ``config`` where the defaults are slow, and override ``path`` if it needs one.

    The source must have a usable portrait 0 and another usable portrait 1.
    """

    def path(self) -> str:
        """Return the place that the source reads; empty where it reads none."""
        return ""

    def component(self) -> Any:
        """Make the component as a build would."""
        made = load(self.entry.factory, f"{self.entry.kind} {self.entry.name!r}")
        return made(self._options(), device=self.device, path=self.path())

    def test_the_path_is_there_when_the_entry_says_so(self) -> None:
        assert bool(self.path()) == self.entry.takes_path

    def test_the_count_is_a_number_or_has_no_end(self) -> None:
        count = self.component().count
        assert count is None or count >= 2, "it needs portraits 0 and 1"

    def test_number_and_seed_decide_all_chance(self) -> None:
        source = self.component()
        first = source.sample(1, seed=7)
        source.sample(0, seed=3)
        assert differences(first, source.sample(1, seed=7)) == []
        assert differences(first, self.component().sample(1, seed=7)) == []

    def test_every_number_is_another_portrait(self) -> None:
        source = self.component()
        first, second = source.sample(0), source.sample(1)
        assert first.key != second.key
        assert differences(first.portrait.picture, second.portrait.picture)

    def test_the_portrait_is_one_that_transfers_take(self) -> None:
        portrait = self._sample().portrait
        side = portrait.picture.shape[0]
        assert portrait.picture.shape == (side, side, 3)
        assert portrait.picture.dtype == np.uint8
        assert portrait.mask.shape == (side, side)
        assert 0 <= portrait.mask.min() <= portrait.mask.max() <= 1
        assert portrait.landmarks.shape == (478, 3)
        assert np.isfinite(portrait.landmarks).all()
        assert portrait.fit.expression.shape == (52,)

    def test_labels_have_their_shapes_and_ranges(self) -> None:
        labels = self._sample().labels
        shapes = {"mesh_map": (256, 256, 3), "camera": (25,), "gaze": (2,), "rotation": (3, 3)}
        for name, shape in shapes.items():
            assert getattr(labels, name).shape == shape, name
        assert np.abs(labels.mesh_map).max() <= 1 + 1e-6
        assert set(np.unique(labels.mesh_map[..., 2])) == {0.0, 1.0}, "the face is not in it"
        for turn in (labels.rotation, labels.camera[:16].reshape(4, 4)[:3, :3]):
            np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-4)
        depth = labels.depth
        assert depth is None or depth.shape == self._sample().portrait.picture.shape[:2]

    def test_labels_lie_on_the_landmarks(self) -> None:
        sample = self._sample()
        own = (sample.portrait.landmarks[:, :2] + 0.5) / sample.portrait.picture.shape[0]
        eyes = float(np.linalg.norm(own[468] - own[473]))
        off = np.linalg.norm(seen_landmarks(sample.labels) - own, axis=1) / eyes
        assert np.median(off) < _NEAR, f"camera and coefficients lie {np.median(off):.2f} beside"

    def test_keys_and_provenance_are_plain(self) -> None:
        sample = self._sample()
        assert re.fullmatch(r"[A-Za-z0-9_-]+", sample.key), sample.key
        for name, value in {**sample.provenance, **self.component().reads()}.items():
            assert isinstance(value, str | int | float | bool), name

    def test_it_goes_into_a_shard_and_comes_back(self) -> None:
        record = record_of(self._sample(), 5, domain="realistic", source=self.entry.name)
        back = decode(encode(record))
        assert differences(record.picture, back.picture) == []
        assert differences(record.camera, back.camera) == []
        assert dict(back.provenance) == dict(record.provenance)

    def _sample(self) -> Sample:
        sample = self.component().sample(0)
        assert isinstance(sample, Sample)
        return sample
