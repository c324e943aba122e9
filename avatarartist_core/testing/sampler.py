"""The contract of an ``AvatarSampler``: what a generator that draws nobody's avatars must do."""

from __future__ import annotations

import numpy as np
import torch

from avatarartist_core.data import Floats
from avatarartist_core.heads.find import head_model
from avatarartist_core.heads.mesh_map import mesh_maps
from avatarartist_core.heads.world import portrait_camera
from avatarartist_core.interfaces import AvatarSampler
from avatarartist_core.motion import ARKIT
from avatarartist_core.samples import sample_portrait
from avatarartist_core.testing.component import ComponentContract


class AvatarSamplerContract(ComponentContract):
    """Set ``entry``, and ``config`` to options that need no installed weights."""

    def test_the_entry_says_that_it_samples(self) -> None:
        assert self.entry.samples
        assert isinstance(self.component(), AvatarSampler)

    def test_planes_are_what_the_entry_promises(self) -> None:
        sampler = self.component()
        spec = self.entry.produces_with(self._options())
        planes = sampler.planes(self._noise(sampler, 2))
        assert planes.shape == (2, 4, spec.channels, spec.resolution, spec.resolution)
        assert planes.dtype == torch.float32
        assert torch.isfinite(planes).all()

    def test_the_noise_alone_decides_the_planes(self) -> None:
        noise = self._noise(self.component(), 1)
        first, second = (self.component().planes(noise) for _ in range(2))
        assert torch.equal(first, second)
        other = self.component().planes(-noise)
        assert not torch.equal(first, other), "another noise draws the same avatar"

    def test_a_sample_is_of_the_planes_that_its_noise_draws(self) -> None:
        sampler = self.component()
        noise = self._noise(sampler, 1)
        mesh_map, camera = self._labels()
        planes, picture = sampler.sample(noise[0], mesh_map, camera, truncation=0.7)
        assert torch.equal(planes, sampler.planes(noise, truncation=0.7)[0])
        assert picture.dtype == np.uint8
        assert picture.shape == (len(picture), len(picture), 3)

    def test_the_camera_decides_the_picture_and_not_the_planes(self) -> None:
        sampler = self.component()
        (noise,) = self._noise(sampler, 1)
        mesh_map, camera = self._labels()
        nearer = camera.copy()
        nearer[[3, 7, 11]] *= 0.9
        planes, picture = sampler.sample(noise, mesh_map, camera)
        same_planes, other_picture = sampler.sample(noise, mesh_map, nearer)
        assert torch.equal(planes, same_planes)
        assert (picture != other_picture).any()

    def test_no_truncation_is_1_and_0_draws_one_avatar(self) -> None:
        sampler = self.component()
        noise = self._noise(sampler, 2)
        first, second = sampler.planes(noise, truncation=0.0)
        torch.testing.assert_close(first, second, rtol=1e-4, atol=1e-4)
        assert torch.equal(sampler.planes(noise), sampler.planes(noise, truncation=1.0))

    def _noise(self, sampler: AvatarSampler, count: int) -> Floats:
        """(count, Z), the same every time."""
        return np.random.default_rng(5).standard_normal((count, sampler.noise_size), np.float32)

    def _labels(self) -> tuple[Floats, Floats]:
        """Return a mesh map and a camera of the topology."""
        topology = self.entry.produces_with(self._options()).topology
        head, fit = head_model(topology), sample_portrait(64).fit
        still = np.zeros((1, len(ARKIT)), np.float32)
        mesh_map: Floats = mesh_maps(head, fit.identity, still, np.zeros((1, 2), np.float32))[0]
        return mesh_map, portrait_camera(fit, 64, head.window)
