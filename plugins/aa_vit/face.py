"""Gives the parametric triplane the target's expression, before anything is learned about motion.

Letters: B batch, C channels of a plane, R plane side, L rows and W width of the style code.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from aa_vit.config import ViTShape
from avatarartist_core.nn.composition import (
    FaceMasks,
    blend_face,
    copy_masks,
    draw_face,
    face_masks,
    resize,
)
from avatarartist_core.nn.stylegan.noise import Noise
from avatarartist_core.nn.stylegan.raster_encoder import RasterEncoder
from avatarartist_core.nn.stylegan.synthesis import SynthesisNetwork

COARSEST = 8  # the planes' side over that of the coarsest condition


class FaceComposer(nn.Module):
    """Draws the texture over the front plane, refines the drawing and blends it in (section 2).

    Args:
        shape: sizes.
    """

    def __init__(self, shape: ViTShape) -> None:
        super().__init__()
        channels, side = shape.plane_channels, shape.plane_resolution
        self.box, self.side = shape.face_box, side
        self.encoder = RasterEncoder(channels + 1, widths=shape.face_widths)
        self.generator = SynthesisNetwork(
            channels,
            latent=shape.style_width,
            side=side,
            base=shape.face_capacity,
            widest=shape.face_ceiling,
            condition_side=side // COARSEST,
        )

    def forward(
        self,
        triplane: Tensor,
        mesh_map: Tensor,
        styles: Tensor,
        noise: Noise = "fixed",
        masks: FaceMasks | None = None,
    ) -> Tensor:
        """Compose.

        Args:
            triplane: (B or 1, 4, C, R, R) texture, front, top and side plane.
            mesh_map: (B, H, W, 3) u and v in [-1, 1], and a mask.
            styles: (1 or B, L, W) style code.
            noise: of the generator.
            masks: of the mesh map, where they are known already.

        Returns:
            (B, 3, C, R, R) front, top and side plane.
        """
        masks = face_masks(mesh_map, self.box) if masks is None else masks
        triplane = triplane.expand(len(mesh_map), *triplane.shape[1:])
        texture, planes = triplane[:, 0], triplane[:, 1:]
        drawn = draw_face(texture, planes[:, 0], mesh_map, masks, self.box, self.side)
        raster = torch.cat((drawn, resize(masks.copied, self.side).to(drawn.dtype)), dim=1)
        refined = self.generator(styles, noise, self.conditions(raster, masks))
        return blend_face(planes, refined, masks, self.box)

    def conditions(self, raster: Tensor, masks: FaceMasks) -> list[Tensor]:
        """Encode the (B, C + 1, R, R) raster, each level with the copy mask as last channel.

        The level at the planes' own side has no part in the result and is left out.
        """
        levels = cast(list[Tensor], self.encoder(raster))[:-1]
        sizes = tuple(level.shape[-1] for level in levels)
        maps = copy_masks(masks, sizes)
        return [
            torch.cat((level, mask.to(level.dtype)), dim=1)
            for level, mask in zip(levels, maps, strict=True)
        ]
