"""The CNN renderer: a parametric triplane and a mesh map to pictures, without motion features.

The single-level half of the 4D GAN (spec 6.1), led by one constant set of latents. Letters: B
batch, N latents of width D, C channels and R side of a plane, Q rays along a side.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor

from aa_next3d.config import RASTER, Next3DShape
from aa_next3d.gan import Next3D, on_surface, surface_of
from avatarartist_core.nn.composition import FaceMasks
from avatarartist_core.nn.drawing import Drawn, draw_planes
from avatarartist_core.nn.face_composer import FaceComposer, fixed_composer
from avatarartist_core.nn.stylegan.fixed import fixed_super_resolution
from avatarartist_core.nn.stylegan.noise import Noise
from avatarartist_core.nn.stylegan.super_resolution import SuperResolution
from avatarartist_core.nn.volume.decoder import FeatureDecoder


class CNNRenderer(ModelMixin, ConfigMixin):
    """Composition, face backbone, volume rendering and super-resolution.

    Args:
        shape: sizes, as ``Next3DShape``'s plain values with ``conditions="raster"``; None is the
            released size.
    """

    @register_to_config  # type: ignore[untyped-decorator]
    def __init__(self, shape: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        sizes = RASTER if shape is None else Next3DShape.model_validate(shape)
        self.shape = sizes
        self.face = FaceComposer(
            sizes.plane_channels,
            sizes.plane_resolution,
            latent=sizes.latent_size,
            capacity=sizes.capacity,
            ceiling=sizes.ceiling,
            stem=sizes.face_encoder_widths,
            box=sizes.face_box,
            residual=sizes.residual,
        )
        self.field = FeatureDecoder(sizes.plane_channels, sizes.field_width, sizes.plane_channels)
        self.super_resolution = SuperResolution(
            sizes.plane_channels,
            latent=sizes.latent_size,
            side=sizes.enlarged_from,
            channels=sizes.output_widths,
        )
        self.surface = surface_of(sizes)
        self.styles: Tensor
        self.register_buffer("styles", torch.zeros(sizes.latents, sizes.latent_size))

    @classmethod
    def of_gan(cls, gan: Next3D, styles: Tensor) -> CNNRenderer:
        """Take the renderer out of a GAN with ``conditions="raster"``; tensors are shared.

        Args:
            gan: where the parts come from.
            styles: (N, D) latents that lead every frame, such as the average of many.
        """
        if not isinstance(gan.face, FaceComposer):
            raise ValueError('only a GAN with conditions="raster" reads nothing but its planes')
        with torch.device("meta"):
            renderer = cls(gan.shape.model_dump(mode="json"))
        renderer.face, renderer.field = gan.face, gan.field
        renderer.super_resolution, renderer.surface = gan.super_resolution, gan.surface
        renderer.styles = styles
        return renderer.eval()

    def fixed(self) -> CNNRenderer:
        """Return a renderer that is quicker, draws the same, and is led by its own styles alone.

        It shares this one's tensors, does not learn, and stays on this one's device.
        """
        prepared = copy.copy(self)
        ws = self.styles[None]
        prepared._modules = {
            "face": fixed_composer(self.face, ws),
            "field": self.field,
            "super_resolution": fixed_super_resolution(self.super_resolution, ws[:, -1]),
            "surface": self.surface,
        }
        return prepared

    def forward(
        self,
        triplane: Tensor,
        mesh: Tensor,
        c: Tensor,
        ws_avg: Tensor | None = None,
        *,
        noise: Noise = "fixed",
        u_coarse: Tensor | None = None,
        u_fine: Tensor | None = None,
        masks: FaceMasks | None = None,
        shared_bounds: bool | None = None,
        view: Tensor | None = None,
        torso: Tensor | None = None,
        neck: Tensor | None = None,
    ) -> Drawn:
        """Draw frames. Without random arrays the same arguments draw the same frame.

        Args:
            triplane: (B or 1, 4, C, R, R).
            mesh: (B, H, W, 3) mesh map of the wanted expression: u and v in [-1, 1], and a mask.
            c: (B, 25) camera label.
            ws_avg: (N, D) latents; None is the renderer's own.
            noise: of the face generator.
            u_coarse: jitter in [0, 1), B x Q * Q x coarse values; None: half a step.
            u_fine: shares in [0, 1], B x Q * Q x fine values; None: evenly from 0 to 1.
            masks: of the mesh map, where they are known already.
            shared_bounds: as ``VolumeConfig.shared_bounds``; None: as the shape says.
            view: (B, O, O, 5) view maps for a surface; None: found by mesh maps and depth.
            torso: (B, 25) camera labels for a torso that stays when the head turns, or None.
            neck: (4,) factors of a world point's x, y, z and 1: the head's share in it.
        """
        ws = (self.styles if ws_avg is None else ws_avg)[None]
        volume = self.shape.volume
        if shared_bounds is not None:
            volume = volume.model_copy(update={"shared_bounds": shared_bounds})
        planes = self.face(triplane, mesh, ws, noise, masks)
        w = ws[:, -1]
        drawn = draw_planes(
            planes,
            c,
            w,
            self.field,
            self.super_resolution,
            volume,
            u_coarse,
            u_fine,
            torso=torso,
            neck=neck,
        )
        if self.surface is None:
            return drawn
        box = self.shape.face_box
        layers = {"view": view, "torso": torso, "neck": neck}
        return on_surface(self.surface, drawn, triplane, mesh, c, box, **layers)
