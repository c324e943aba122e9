"""The ``cnn`` renderer: the GAN's own way to draw a parametric triplane."""

from __future__ import annotations

from functools import cached_property

import torch
from torch import Tensor, nn

from aa_next3d.cnn_renderer import CNNRenderer
from aa_next3d.loading import load_renderer
from aa_next3d.networks import Network
from avatarartist_core.data import ParametricTriplane
from avatarartist_core.heads.driving import Drive
from avatarartist_core.heads.find import head_model
from avatarartist_core.nn.triplane_renderer import Chance, TriplaneRenderer
from avatarartist_core.nn.volume.config import VolumeConfig


class CNNTriplaneRenderer(TriplaneRenderer):
    """Draws frames from mesh maps and cameras alone."""

    name = "cnn"

    def prepare(self, avatar: ParametricTriplane) -> Tensor:
        """Put the (1, 4, C, R, R) planes where the network is."""
        _, _, kind = self._loaded
        planes: Tensor = avatar.planes.to(self.device, kind)
        return planes

    def draw(self, prepared: Tensor, drive: Drive, chance: Chance) -> Tensor:
        """Draw (B, 3, O, O) pictures, or (B, 4, O, O) with an alpha."""
        about, model, _ = self._loaded
        view = torso = neck = None
        if drive.view is not None:
            view, torso = self.tensor(drive.view), self.tensor(drive.torso)
            neck = torch.tensor(head_model(about.topology).window.world_neck, device=self.device)
        drawn = model(
            prepared,
            self.tensor(drive.mesh),
            self.tensor(drive.labels),
            noise=chance.noise,
            u_coarse=chance.u_coarse,
            u_fine=chance.u_fine,
            view=view,
            torso=torso,
            neck=neck,
        )
        if drawn.alpha is None:
            picture: Tensor = drawn.picture
            return picture
        return torch.cat([drawn.picture, drawn.alpha], 1)

    def volume(self) -> VolumeConfig:
        """Say how the network's rays are sampled."""
        return self._loaded[1].shape.volume

    def view(self) -> int | None:
        """Name the side of the view maps that the network reads, or None."""
        shape = self._loaded[1].shape
        return None if shape.surface is None else shape.output_size

    def stages(self) -> dict[str, nn.Module]:
        """Name the parts of the network, for measuring them."""
        model = self._loaded[1]
        return {
            "face composition": model.face,
            "field": model.field,
            "super-resolution": model.super_resolution,
        }

    @cached_property
    def _loaded(self) -> tuple[Network, CNNRenderer, torch.dtype]:
        return load_renderer(self.config, self.device)
