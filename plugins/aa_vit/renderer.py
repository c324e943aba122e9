"""The ``vit`` renderer: a parametric triplane and a motion to frames (paper section 3.3)."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from aa_vit.features import AvatarFeatures
from aa_vit.loading import Loaded, load_network
from avatarartist_core.data import Avatar, Cameras, Frames, Motion, ParametricTriplane
from avatarartist_core.errors import IncompatibleError
from avatarartist_core.heads.driving import drives
from avatarartist_core.interfaces import Renderer
from avatarartist_core.motion.embedding import embed_portrait
from avatarartist_core.nn.pictures import to_image, to_pictures


class ViTRenderer(Renderer):
    """Encodes the avatar once and draws its frames in batches."""

    def __init__(self, config: Any, *, device: str = "cpu") -> None:
        super().__init__(config, device=device)
        self._loaded: Loaded | None = None
        self._encoded: tuple[ParametricTriplane, AvatarFeatures] | None = None

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
                "renderer 'vit' draws the background too and cannot leave it out",
                "Leave --background out, or use --renderer layers.",
            )
        if not isinstance(avatar, ParametricTriplane):
            raise TypeError(f"vit draws a ParametricTriplane, not a {type(avatar).__name__}")
        loaded = self.network()
        features = self._features(loaded, avatar)
        chance = None
        if self.config.chance == "random":
            chance = torch.Generator(self.device).manual_seed(0)
        for drive in drives(
            avatar, motion, cameras, embedding=loaded.about.embedding, batch=self.config.batch
        ):
            assert drive.embedding is not None
            with torch.inference_mode():
                drawn = loaded.model.frame(
                    features,
                    self._tensor(drive.embedding),
                    self._tensor(drive.mesh),
                    self._tensor(drive.labels),
                    motion_scale=self.config.motion_scale,
                    **_chances(loaded, len(drive), chance),
                )
                pictures = to_pictures(drawn.picture, size)
            yield from pictures

    def stages(self) -> dict[str, nn.Module]:
        """Name the parts of the network, for measuring them."""
        return self.network().model.stages()

    def network(self) -> Loaded:
        """Load the network on first use."""
        if self._loaded is None:
            self._loaded = load_network(self.config, self.device)
        return self._loaded

    def _features(self, loaded: Loaded, avatar: ParametricTriplane) -> AvatarFeatures:
        """Encode an avatar, or return what the last call found when it was the same one."""
        if self._encoded is not None and self._encoded[0] is avatar:
            return self._encoded[1]
        if avatar.picture is None:
            raise IncompatibleError(
                "the avatar keeps no portrait, which renderer 'vit' copies detail from",
                "Make it again with aa create.",
            )
        own = embed_portrait(avatar, loaded.about.embedding, self.device)
        shape = loaded.model.shape
        with torch.inference_mode():
            features = loaded.model.avatar_features(
                to_image(avatar.picture, shape.image_size).to(self.device, loaded.kind),
                avatar.planes.to(self.device, loaded.kind),
                self._tensor(own[None]),
            )
            features = loaded.model.remember(features)
        self._encoded = avatar, features
        return features

    def _tensor(self, values: Any) -> Tensor:
        return torch.from_numpy(values).to(self.device)


def _chances(loaded: Loaded, frames: int, chance: torch.Generator | None) -> dict[str, Any]:
    """Draw the random arrays of a batch; none of them when nothing is left to chance."""
    if chance is None:
        return {}
    volume = loaded.model.shape.volume
    rays = volume.resolution**2

    def drawn(samples: int) -> Tensor:
        return torch.rand((frames, rays, samples), generator=chance, device=chance.device)

    return {"noise": chance, "u_coarse": drawn(volume.coarse), "u_fine": drawn(volume.fine)}
