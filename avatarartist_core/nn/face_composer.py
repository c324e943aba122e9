"""Gives a parametric triplane the expression of a mesh map, with a network that refines it.

Letters: B batch, C channels of a plane, R plane side, N latents, D latent width.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from avatarartist_core.nn.composition import (
    FaceMasks,
    blend_face,
    copy_masks,
    draw_face,
    face_masks,
)
from avatarartist_core.nn.face_box import FaceBox
from avatarartist_core.nn.stylegan.fixed import fixed_encoder, fixed_synthesis
from avatarartist_core.nn.stylegan.noise import Noise
from avatarartist_core.nn.stylegan.raster_encoder import RasterEncoder
from avatarartist_core.nn.stylegan.synthesis import SynthesisNetwork

COARSEST = 8
"""The planes' side over that of the coarsest condition."""


class FaceComposer(nn.Module):
    """Draws the texture over the front plane, refines the drawing and blends it in (spec 2).

    The drawing is all the network sees, so that the four planes hold the whole avatar.

    Args:
        channels: C.
        side: R, a power of two, at least 32.
        latent: D.
        capacity: the generator's channels at side S are ``min(capacity // S, ceiling)``.
        ceiling: see ``capacity``.
        stem: channels of the raster encoder before and after its first block; those of the blocks
            that follow are the generator's.
        box: window of the front plane that mesh maps cover.
        residual: the network adds to the drawing, from nothing at first, instead of replacing it.
    """

    def __init__(
        self,
        channels: int = 32,
        side: int = 256,
        *,
        latent: int = 512,
        capacity: int = 32768,
        ceiling: int = 512,
        stem: tuple[int, int] = (64, 128),
        box: FaceBox | None = None,
        residual: bool = False,
    ) -> None:
        super().__init__()
        self.box, self.side = box or FaceBox(), side
        self.strength = nn.Parameter(torch.zeros(channels, 1, 1)) if residual else None
        met = (min(capacity // (side // factor), ceiling) for factor in (2, 4, COARSEST))
        self.encoder = RasterEncoder(channels + 1, widths=(*stem, *met, channels))
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
        triplane: Tensor,
        mesh_map: Tensor,
        ws: Tensor,
        noise: Noise = "fixed",
        masks: FaceMasks | None = None,
    ) -> Tensor:
        """Compose.

        Args:
            triplane: (B or 1, 4, C, R, R) texture, front and the two other static planes.
            mesh_map: (B, H, W, 3) u and v in [-1, 1], and a mask.
            ws: (B or 1, N, D).
            noise: of the generator.
            masks: of the mesh map, where they are known already.

        Returns:
            (B, 3, C, R, R) the static planes, the front one with the face.
        """
        masks = face_masks(mesh_map, self.box) if masks is None else masks
        triplane = triplane.expand(len(mesh_map), *triplane.shape[1:])
        texture, planes = triplane[:, 0], triplane[:, 1:]
        drawn = draw_face(texture, planes[:, 0], mesh_map, masks, self.box, self.side)
        [raster] = with_copy_masks([drawn], masks)
        # The level at the planes' own side has no part in the result.
        conditions = with_copy_masks(self.encoder(raster)[:-1], masks)
        refined = self.generator(ws, noise, conditions)
        if self.strength is not None:
            refined = drawn + self.strength * refined
        return blend_face(planes, refined, masks, self.box)


def fixed_composer(composer: FaceComposer, ws: Tensor) -> FaceComposer:
    """Fix a composer to latents (1, N, D): the same results, faster; see ``stylegan.fixed``."""
    fixed = copy.copy(composer)
    fixed._modules = {
        "encoder": fixed_encoder(composer.encoder),
        "generator": fixed_synthesis(composer.generator, ws),
    }
    return fixed


def with_copy_masks(levels: Sequence[Tensor], masks: FaceMasks) -> list[Tensor]:
    """Append to every (B, X, S, S) the copy mask at its side, as the last channel."""
    sized = copy_masks(masks, tuple(level.shape[-1] for level in levels))
    return [
        torch.cat((level, mask.to(level.dtype)), dim=1)
        for level, mask in zip(levels, sized, strict=True)
    ]
