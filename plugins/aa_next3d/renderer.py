"""The ``cnn`` renderer: the GAN's own way to draw a parametric triplane."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from aa_next3d.cnn_renderer import CNNRenderer
from aa_next3d.loading import load_renderer
from aa_next3d.networks import Network
from avatarartist_core.data import Avatar, Cameras, Floats, Frames, Motion, ParametricTriplane
from avatarartist_core.errors import IncompatibleError
from avatarartist_core.heads.driving import drives
from avatarartist_core.interfaces import Renderer
from avatarartist_core.nn.pictures import to_pictures


class CNNTriplaneRenderer(Renderer):
    """Draws frames in batches, from mesh maps and cameras alone."""

    def render(
        self,
        avatar: Avatar,
        motion: Motion,
        cameras: Cameras,
        *,
        size: int = 512,
        transparent: bool = False,
    ) -> Frames:
        """Draw one (size, size, 3) frame per frame of motion."""
        if transparent:
            raise IncompatibleError(
                "renderer 'cnn' draws the background too and cannot leave it out",
                "Leave --background out, or use --renderer layers.",
            )
        if not isinstance(avatar, ParametricTriplane):
            raise TypeError(f"cnn draws a ParametricTriplane, not a {type(avatar).__name__}")
        _, model, kind = self._loaded
        planes = avatar.planes.to(self.device, kind)
        chance = None
        if self.config.chance == "random":
            chance = torch.Generator(self.device).manual_seed(0)
        for drive in drives(avatar, motion, cameras, embedding=None, batch=self.config.batch):
            with torch.inference_mode():
                drawn = model(
                    planes,
                    self._tensor(drive.mesh),
                    self._tensor(drive.labels),
                    **_chances(model, len(drive), chance),
                )
                pictures = to_pictures(drawn.picture, size)
            yield from pictures

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

    def _tensor(self, values: Floats) -> Tensor:
        return torch.from_numpy(values).to(self.device)


def _chances(model: CNNRenderer, frames: int, chance: torch.Generator | None) -> dict[str, Any]:
    """Draw the random arrays of a batch; none of them when nothing is left to chance."""
    if chance is None:
        return {}
    volume = model.shape.volume

    def drawn(samples: int) -> Tensor:
        size = (frames, volume.resolution**2, samples)
        return torch.rand(size, generator=chance, device=chance.device)

    return {"noise": chance, "u_coarse": drawn(volume.coarse), "u_fine": drawn(volume.fine)}
