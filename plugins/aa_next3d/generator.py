"""The ``next3d`` generator: the 4D GAN as a maker of avatars."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from aa_next3d.gan import Next3D
from aa_next3d.inversion import PLANES, Target, invert
from aa_next3d.loading import front_label, load_gan
from aa_next3d.networks import GAN, Network, makes
from avatarartist_core.data import Floats, ParametricTriplane, Picture, Portrait
from avatarartist_core.heads.find import head_model
from avatarartist_core.heads.mesh_map import mesh_maps
from avatarartist_core.heads.world import portrait_camera
from avatarartist_core.interfaces import AvatarSampler, FourDGenerator, Progress, silent
from avatarartist_core.nn.pictures import to_image, to_pictures


class Next3DGenerator(FourDGenerator, AvatarSampler):
    """Finds the latents of a portrait, or draws somebody by the seed."""

    @property
    def noise_size(self) -> int:
        """Size of z."""
        return GAN.asked(self.config)[0].shape.noise_size

    def generate(
        self, portrait: Portrait, *, seed: int = 0, progress: Progress = silent
    ) -> ParametricTriplane:
        """Make the avatar; chance is drawn on the CPU, so every device starts from the same."""
        chance = torch.Generator().manual_seed(seed)
        if self.config.source == "portrait":
            planes = self._inverted(portrait, chance, progress)
        else:
            progress(0, 1)
            planes = self._drawn(chance)
            progress(1, 1)
        return ParametricTriplane(
            spec=makes(self.config),
            fit=portrait.fit,
            generator="next3d",
            landmarks=portrait.landmarks,
            side=len(portrait.picture),
            planes=planes,
            picture=portrait.picture,
            mask=portrait.mask,
        )

    @torch.no_grad()
    def planes(
        self, noise: Floats, *, truncation: float = 1.0, cutoff: int | None = None
    ) -> Tensor:
        """Draw triplanes; latents are conditioned on a camera in front, as the authors' are."""
        return self._loaded[1].planes(self._latents(noise, truncation, cutoff)).float()

    @torch.no_grad()
    def sample(
        self,
        noise: Floats,
        mesh_map: Floats,
        camera: Floats,
        *,
        truncation: float = 1.0,
        cutoff: int | None = None,
    ) -> tuple[Tensor, Picture]:
        """Draw somebody with an expression, seen by a camera."""
        gan = self._loaded[1]
        latents = self._latents(noise[None], truncation, cutoff)
        planes, drawn = gan.synthesise(
            latents, self._tensor(mesh_map[None]), self._tensor(camera[None])
        )
        return planes[0].float(), to_pictures(drawn.picture, drawn.picture.shape[-1])[0]

    def _latents(self, noise: Floats, truncation: float, cutoff: int | None) -> Tensor:
        gan, z = self._loaded[1], self._tensor(noise)
        front = front_label().to(z).expand(len(z), -1)
        return gan.latents(z, front, psi=truncation, cutoff=cutoff)

    @cached_property
    def _loaded(self) -> tuple[Network, Next3D]:
        return load_gan(self.config, self.device)

    def _inverted(self, portrait: Portrait, chance: torch.Generator, progress: Progress) -> Tensor:
        about, gan = self._loaded
        head = head_model(about.topology)
        fit = portrait.fit
        mesh = mesh_maps(head, fit.identity, fit.expression[None], fit.gaze[None])
        label = portrait_camera(fit, len(portrait.picture), head.window)
        picture = portrait.picture
        if gan.surface is not None:  # it draws persons before black
            picture = np.rint(picture * portrait.mask[..., None]).astype(np.uint8)
        target = Target(
            to_image(picture, about.shape.output_size).to(self.device),
            self._tensor(mesh),
            self._tensor(label[None]),
        )
        found = invert(gan, target, self.config, generator=chance, parts=PLANES, progress=progress)
        return found.planes()

    def _drawn(self, chance: torch.Generator) -> Tensor:
        _, gan = self._loaded
        z = torch.randn((1, gan.shape.noise_size), generator=chance).to(self.device)
        with torch.no_grad():
            label = front_label().to(self.device)
            return gan.planes(gan.latents(z, label, psi=self.config.truncation))

    def _tensor(self, values: Floats) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(values)).to(self.device)
