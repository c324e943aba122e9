"""The ``dit`` generator: a portrait to a parametric triplane by diffusion (paper section 3.2)."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from aa_dit.condition.interface import Features
from aa_dit.diffusion.guidance import guided
from aa_dit.diffusion.sampling import sample
from aa_dit.loading import Loaded, load_networks
from aa_dit.networks import spec_of
from avatarartist_core.data import ParametricTriplane, Portrait
from avatarartist_core.interfaces import FourDGenerator, Progress, silent
from avatarartist_core.prepare.align import aligned

_ALIGNED = "faceverse-v3"
"""Topology of networks that were trained on the tight crop."""


class DiTGenerator(FourDGenerator):
    """Samples a latent from noise under the image, and decodes it to planes."""

    def __init__(self, config: Any, *, device: str = "cpu") -> None:
        super().__init__(config, device=device)
        self._without: Features | None = None

    def generate(
        self, portrait: Portrait, *, seed: int = 0, progress: Progress = silent
    ) -> ParametricTriplane:
        """Make the avatar; the noise is drawn on the CPU, so every device starts from the same."""
        networks = self._networks
        about = networks.about
        if about.topology == _ALIGNED:
            portrait = aligned(portrait)
        steps = self.config.steps
        total = steps + 1  # decoding is the last

        def sampled(done: int, _: int | None) -> None:
            progress(min(done, steps), total)

        with torch.inference_mode():
            latent = self._sample(networks, portrait, seed, sampled)
            planes = decode(networks, latent)
        progress(total, total)
        return ParametricTriplane(
            spec=spec_of(self.config),
            fit=portrait.fit,
            generator="dit",
            landmarks=portrait.landmarks,
            side=len(portrait.picture),
            planes=planes,
            picture=portrait.picture,
            mask=portrait.mask,
        )

    @cached_property
    def _networks(self) -> Loaded:
        return load_networks(self.config, self.device)

    def _sample(
        self, networks: Loaded, portrait: Portrait, seed: int, progress: Progress
    ) -> Tensor:
        """Return the (1, Z, P * r, r) latent, planes from top to bottom."""
        seen = networks.condition.encode(portrait.picture)
        if self._without is None:
            self._without = networks.condition.null()
        shape = networks.about.dit
        chance = torch.Generator().manual_seed(seed)
        noise = torch.randn(
            (1, shape.latent_channels, shape.latent_height, shape.latent_width), generator=chance
        )
        denoise = guided(
            networks.dit,
            seen.clip,
            seen.dino,
            self.config.guidance,
            null_clip=self._without.clip,
            null_dino=self._without.dino if self.config.null == "full" else None,
        )
        return sample(
            self.config.sampler,
            denoise,
            noise.to(self.device),
            self.config.steps,
            generator=chance,
            progress=progress,
        )


def decode(networks: Loaded, latent: Tensor) -> Tensor:
    """Turn a latent into planes in the renderer's units.

    Args:
        networks: the VAE, and the scale and statistics that belong to it.
        latent: (B, Z, P * r, r) of unit variance, planes from top to bottom.

    Returns:
        (B, P, C, R, R)
    """
    about = networks.about
    stack = latent.float() / about.latent_scale
    B, Z, _, side = stack.shape
    stack = stack.view(B, Z, about.vae.planes, side, side)
    planes = networks.vae.decode(stack).transpose(1, 2)
    return planes * _per_plane(about.std, planes) + _per_plane(about.mean, planes)


def _per_plane(numbers: tuple[float, ...], like: Tensor) -> Tensor:
    return torch.tensor(numbers, dtype=like.dtype, device=like.device).view(1, -1, 1, 1, 1)
