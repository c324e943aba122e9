"""The ``next3d`` generator: the 4D GAN as a maker of avatars."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from aa_next3d.gan import Next3D
from aa_next3d.inversion import PLANES, Target, invert
from aa_next3d.loading import front_label, load_gan
from aa_next3d.networks import Network, makes
from avatarartist_core.data import Floats, ParametricTriplane, Portrait
from avatarartist_core.heads.find import head_model
from avatarartist_core.heads.mesh_map import mesh_maps
from avatarartist_core.heads.world import portrait_camera
from avatarartist_core.interfaces import FourDGenerator, Progress, silent
from avatarartist_core.nn.pictures import to_image


class Next3DGenerator(FourDGenerator):
    """Finds the latents of a portrait, or draws somebody by the seed."""

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
        )

    @cached_property
    def _loaded(self) -> tuple[Network, Next3D]:
        return load_gan(self.config, self.device)

    def _inverted(self, portrait: Portrait, chance: torch.Generator, progress: Progress) -> Tensor:
        about, gan = self._loaded
        head = head_model(about.topology)
        fit = portrait.fit
        mesh = mesh_maps(head, fit.identity, fit.expression[None], fit.gaze[None])
        label = portrait_camera(fit, len(portrait.picture), head.window)
        target = Target(
            to_image(portrait.picture, about.shape.output_size).to(self.device),
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
