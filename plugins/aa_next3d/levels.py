"""Composes a face from the feature maps of several sides, as Next3D++ does (spec 6.1).

Letters: B batch, C channels of a plane, R plane side, N latents, D latent width.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from avatarartist_core.nn.composition import FaceMasks, blend_face, draw_face, face_masks
from avatarartist_core.nn.face_box import FaceBox
from avatarartist_core.nn.face_composer import COARSEST, with_copy_masks
from avatarartist_core.nn.stylegan.noise import Noise
from avatarartist_core.nn.stylegan.synthesis import SynthesisNetwork

CONDITIONS = 4
"""Levels that the face backbone reads: the picture and the features of three sides."""


class LevelComposer(nn.Module):
    """Draws texture features over static features at every level and refines them.

    Args:
        channels: C.
        side: R.
        latent: D.
        capacity: the generator's channels at side S are ``min(capacity // S, ceiling)``.
        ceiling: see ``capacity``.
        box: window of the front plane that mesh maps cover.
    """

    def __init__(
        self, channels: int, side: int, *, latent: int, capacity: int, ceiling: int, box: FaceBox
    ) -> None:
        super().__init__()
        self.box, self.channels = box, channels
        self.generator = SynthesisNetwork(
            channels,
            latent=latent,
            side=side,
            base=capacity,
            widest=ceiling,
            condition_side=side // COARSEST,
        )

    def forward(
        self,
        texture_levels: Sequence[Tensor],
        static_levels: Sequence[Tensor],
        mesh_map: Tensor,
        ws: Tensor,
        noise: Noise = "fixed",
    ) -> Tensor:
        """Compose.

        Args:
            texture_levels: ``SynthesisNetwork.levels`` of the texture backbone, B or 1 samples.
            static_levels: the same of the static backbone, whose pictures hold three planes.
            mesh_map: (B, H, W, 3) u and v in [-1, 1], and a mask.
            ws: (B or 1, N, D).
            noise: of the generator.

        Returns:
            (B, 3, C, R, R) the static planes, the front one with the face.
        """
        masks = face_masks(mesh_map, self.box)
        drawn = [
            self._draw(texture, static, mesh_map, masks)
            for texture, static in zip(
                texture_levels[:CONDITIONS], static_levels[:CONDITIONS], strict=True
            )
        ]
        refined = self.generator(ws, noise, with_copy_masks(drawn, masks))
        static = static_levels[-1]
        planes = static.reshape(len(static), 3, self.channels, *static.shape[2:])
        return blend_face(planes.expand(len(mesh_map), *planes.shape[1:]), refined, masks, self.box)

    def _draw(self, texture: Tensor, static: Tensor, mesh_map: Tensor, masks: FaceMasks) -> Tensor:
        """Draw a level at its own side; of a picture's planes, the front one."""
        side, front = texture.shape[-1], static[:, : texture.shape[1]]
        wide = texture.expand(len(mesh_map), *texture.shape[1:])
        return draw_face(
            wide, front.expand(len(mesh_map), *front.shape[1:]), mesh_map, masks, self.box, side
        )
