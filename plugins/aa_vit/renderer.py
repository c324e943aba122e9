"""The ``vit`` renderer: a parametric triplane and a motion to frames (paper section 3.3)."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from aa_vit.features import AvatarFeatures
from aa_vit.loading import Loaded, load_network
from avatarartist_core.data import ParametricTriplane
from avatarartist_core.errors import IncompatibleError
from avatarartist_core.heads.driving import Drive
from avatarartist_core.heads.find import head_model
from avatarartist_core.motion.embedding import embed_portrait
from avatarartist_core.nn.pictures import to_image
from avatarartist_core.nn.triplane_renderer import Chance, TriplaneRenderer
from avatarartist_core.nn.volume.config import VolumeConfig


class ViTRenderer(TriplaneRenderer):
    """Encodes the avatar once and draws its frames in batches."""

    name = "vit"

    def __init__(self, config: Any, *, device: str = "cpu") -> None:
        super().__init__(config, device=device)
        self._last: tuple[ParametricTriplane, AvatarFeatures] | None = None

    def prepare(self, avatar: ParametricTriplane) -> AvatarFeatures:
        """Encode an avatar, or return what the last call found when it was the same one."""
        if self._last is not None and self._last[0] is avatar:
            return self._last[1]
        if avatar.picture is None:
            raise IncompatibleError(
                "the avatar keeps no portrait, which renderer 'vit' copies detail from",
                "Make it again with aa create.",
            )
        model, kind = self._loaded.model, self._loaded.kind
        own = embed_portrait(avatar, self.embedding(), self.device)
        encoded = model.avatar_features(
            to_image(avatar.picture, model.shape.image_size).to(self.device, kind),
            avatar.planes.to(self.device, kind),
            self.tensor(own[None]),
        )
        features = model.remember(encoded)
        self._last = avatar, features
        return features

    def draw(self, prepared: AvatarFeatures, drive: Drive, chance: Chance) -> Tensor:
        """Draw (B, 3, O, O) pictures, or (B, 4, O, O) with an alpha."""
        if drive.embedding is None:
            raise ValueError("vit needs a motion embedding")
        model = self._loaded.model
        view = torso = neck = None
        if drive.view is not None:
            view, torso = self.tensor(drive.view), self.tensor(drive.torso)
            window = head_model(self._loaded.about.topology).window
            neck = torch.tensor(window.world_neck, device=self.device)
        drawn = model.frame(
            prepared,
            self.tensor(drive.embedding),
            self.tensor(drive.mesh),
            self.tensor(drive.labels),
            motion_scale=self.config.motion_scale,
            noise=chance.noise,
            u_coarse=chance.u_coarse,
            u_fine=chance.u_fine,
            view=view,
            torso=torso,
            neck=neck,
        )
        if drawn.alpha is None:
            return drawn.picture
        return torch.cat([drawn.picture, drawn.alpha], 1)

    def volume(self) -> VolumeConfig:
        """Say how the network's rays are sampled."""
        return self._loaded.model.shape.volume

    def view(self) -> int | None:
        """Name the side of the view maps that the network reads, or None."""
        shape = self._loaded.model.shape
        return None if shape.surface is None else shape.output_size

    def embedding(self) -> str:
        """Name the implicit motion embedding that the network reads."""
        return self._loaded.about.embedding

    def stages(self) -> dict[str, nn.Module]:
        """Name the parts of the network, for measuring them."""
        return self._loaded.model.stages()

    @cached_property
    def _loaded(self) -> Loaded:
        return load_network(self.config, self.device)
