"""The 4D GAN: a random vector to a parametric triplane, and that to pictures (spec 6).

Letters: B batch, Z size of the random vector, N latents of width D, C channels and R side of a
plane, Q rays along a side, O side of the picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor

from aa_next3d.config import LABEL, RELEASED, Next3DShape
from aa_next3d.levels import LevelComposer
from avatarartist_core.nn.drawing import Drawn, draw_planes
from avatarartist_core.nn.face_box import FaceBox
from avatarartist_core.nn.face_composer import COARSEST, FaceComposer
from avatarartist_core.nn.stylegan.mapping import LatentMapping
from avatarartist_core.nn.stylegan.noise import Noise
from avatarartist_core.nn.stylegan.super_resolution import SuperResolution
from avatarartist_core.nn.stylegan.synthesis import SynthesisNetwork
from avatarartist_core.nn.surface.blend import SurfaceBlend
from avatarartist_core.nn.volume.decoder import FeatureDecoder, pass_through

STATIC_PLANES = 3
_DENSITY = 6.0  # raw density to begin with inside the head; hair must still be able to grow outside


class BackboneNoise(NamedTuple):
    """Noise of each backbone; see ``avatarartist_core.nn.stylegan.noise.Noise``."""

    texture: Noise = "fixed"
    static: Noise = "fixed"
    face: Noise = "fixed"


class Next3D(ModelMixin, ConfigMixin):
    """Mapping, three backbones, volume rendering and super-resolution.

    Args:
        shape: sizes, as ``Next3DShape``'s plain values; None is the released network.
    """

    @register_to_config  # type: ignore[untyped-decorator]
    def __init__(self, shape: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        sizes = RELEASED if shape is None else Next3DShape.model_validate(shape)
        self.shape = sizes
        self.mapping = _mapping(sizes)
        self.texture = _backbone(sizes, sizes.plane_channels)
        self.static = _backbone(sizes, STATIC_PLANES * sizes.plane_channels)
        # Every checkpoint holds these two mappings, and nothing uses them.
        self.texture_mapping = _mapping(sizes)
        self.face_mapping = _mapping(sizes)
        self.face = _composer(sizes)
        self.field = FeatureDecoder(sizes.plane_channels, sizes.field_width, sizes.plane_channels)
        self.super_resolution = SuperResolution(
            sizes.plane_channels,
            latent=sizes.latent_size,
            side=sizes.enlarged_from,
            channels=sizes.output_widths,
        )
        self.surface = surface_of(sizes)
        self.base: Tensor | None
        base = None
        if sizes.residual:
            base = torch.zeros(4, sizes.plane_channels, *(sizes.plane_resolution,) * 2)
            pass_through(self.field, density=_DENSITY)
        self.register_buffer("base", base)

    def latents(
        self, z: Tensor, c: Tensor, *, psi: float = 1.0, cutoff: int | None = None
    ) -> Tensor:
        """Map random vectors and conditioning cameras to latents.

        Args:
            z: (B, Z) standard normal.
            c: (B, 25) label of the camera the picture is conditioned on; the authors give a fixed
                frontal one when they draw.
            psi: truncation; the authors' data were drawn with 0.7.
            cutoff: latents that are truncated; None is all.

        Returns:
            (B, N, D)
        """
        return self.mapping.latents(z, c, self.shape.latents, psi=psi, cutoff=cutoff)

    def planes(self, ws: Tensor, noise: BackboneNoise | None = None) -> Tensor:
        """Draw the parametric triplane of (B, N, D) latents.

        Returns:
            (B, 4, C, R, R): the texture, then the static planes XY, XZ, ZX.
        """
        noise = noise or BackboneNoise()
        return self._stack(self.texture(ws, noise.texture), self.static(ws, noise.static))

    def synthesise(
        self,
        ws: Tensor,
        mesh: Tensor,
        c_render: Tensor,
        *,
        noise: BackboneNoise | None = None,
        u_coarse: Tensor | None = None,
        u_fine: Tensor | None = None,
        shared_bounds: bool | None = None,
    ) -> tuple[Tensor, Drawn]:
        """Draw pictures of latents with the expressions of mesh maps.

        Args:
            ws: (B, N, D), or (1, N, D) for several expressions or views of one avatar.
            mesh: (B, H, W, 3) mesh maps: u and v in [-1, 1], and a mask.
            c_render: (B, 25) labels of the cameras to draw from.
            noise: of each backbone; None: the maps stored with the weights.
            u_coarse: jitter in [0, 1), B x Q * Q x coarse values; None: half a step.
            u_fine: shares in [0, 1], B x Q * Q x fine values; None: evenly from 0 to 1.
            shared_bounds: as ``VolumeConfig.shared_bounds``; None: as the shape says.

        Returns:
            (B or 1, 4, C, R, R) parametric triplanes, and what was drawn
        """
        noise = noise or BackboneNoise()
        if isinstance(self.face, FaceComposer):
            triplane = self.planes(ws, noise)
            posed = self.face(triplane, mesh, ws, noise.face)
        else:
            texture = self.texture.levels(ws, noise.texture)
            static = self.static.levels(ws, noise.static)
            triplane = self._stack(texture[-1], static[-1])
            posed = self.face(texture, static, mesh, ws, noise.face)
        volume = self.shape.volume
        if shared_bounds is not None:
            volume = volume.model_copy(update={"shared_bounds": shared_bounds})
        w = ws[:, -1]
        drawn = draw_planes(
            posed, c_render, w, self.field, self.super_resolution, volume, u_coarse, u_fine
        )
        if self.surface is not None:
            drawn = on_surface(self.surface, drawn, triplane, mesh, c_render, self.shape.face_box)
        return triplane, drawn

    def forward(
        self,
        z: Tensor | None = None,
        c: Tensor | None = None,
        c_render: Tensor | None = None,
        mesh: Tensor | None = None,
        ws: Tensor | None = None,
        noises: BackboneNoise | None = None,
        u_coarse: Tensor | None = None,
        u_fine: Tensor | None = None,
        *,
        psi: float = 1.0,
        cutoff: int | None = None,
        authors: bool = True,
    ) -> dict[str, Tensor]:
        """Draw pictures from the inputs by the names of the official renderer's section 6.

        Args:
            z: (B, Z); not needed where ``ws`` is given.
            c: (B, 25) conditioning camera; not needed where ``ws`` is given.
            c_render: (B, 25) camera to draw from; None: ``c``.
            mesh: (B, H, W, 3) mesh maps, channels last.
            ws: (B, N, D) latents in place of ``z`` and ``c``.
            noises: ``BackboneNoise(texture, static, face)``, each 13 arrays in call order, a
                generator, ``"none"`` or ``"fixed"``; None is all ``"fixed"``.
            u_coarse: jitter in [0, 1), B x Q * Q x 48 values; None: half a step.
            u_fine: shares in [0, 1), B x Q * Q x 48 values; None: evenly from 0 to 1.
            psi: truncation of ``z``.
            cutoff: latents that are truncated; None is all.
            authors: take the distance of the camera and the bounds of the depth from the whole
                batch, as the authors do; otherwise every sample is drawn as if alone.

        Returns:
            ``image`` (B, 3, O, O), ``image_raw`` (B, 3, Q, Q), ``image_depth`` (B, 1, Q, Q),
            ``image_feature`` (B, C, Q, Q), ``planes`` (B, 4, C, R, R) the parametric triplane,
            ``triplane`` (B, 3, C, R, R) with the face blended in, ``ws``
        """
        if ws is None:
            if z is None or c is None:
                raise ValueError("z and c are needed where ws is not given")
            ws = self.latents(z, c, psi=psi, cutoff=cutoff)
        cameras = c if c_render is None else c_render
        if mesh is None or cameras is None:
            raise ValueError("mesh and a camera are needed")
        planes, drawn = self.synthesise(
            ws,
            mesh,
            cameras,
            noise=noises,
            u_coarse=u_coarse,
            u_fine=u_fine,
            shared_bounds=authors,
        )
        return {
            "image": drawn.picture,
            "image_raw": drawn.raw,
            "image_depth": drawn.depth,
            "image_feature": drawn.features,
            "planes": planes,
            "triplane": drawn.planes,
            "ws": ws,
        }

    def _stack(self, texture: Tensor, static: Tensor) -> Tensor:
        split = static.reshape(len(static), STATIC_PLANES, -1, *static.shape[2:])
        planes = torch.cat([texture[:, None], split], 1)
        return planes if self.base is None else planes + self.base


def surface_of(sizes: Next3DShape) -> SurfaceBlend | None:
    """Make the surface path of a network, if it has one."""
    if sizes.surface is None:
        return None
    return SurfaceBlend(sizes.plane_channels, sizes.surface.width, sizes.volume.extent)


def on_surface(
    surface: SurfaceBlend,
    drawn: Drawn,
    triplane: Tensor,
    mesh: Tensor,
    cameras: Tensor,
    box: FaceBox,
    **layers: Tensor | None,
) -> Drawn:
    """Lay the planes' texels over a drawing.

    Args:
        surface: weighs them.
        drawn: B pictures.
        triplane: (B or 1, 4, C, R, R) the avatar.
        mesh: (B, H, W, 3) mesh maps.
        cameras: (B, 25).
        box: window of the front plane that mesh maps cover.
        layers: ``view``, ``torso`` and ``neck`` of ``SurfaceBlend``, where they are known.
    """
    texture = triplane[:, 0].expand(len(mesh), *triplane.shape[2:])
    front = drawn.planes[:, 0]
    view = layers.pop("view", None)
    layered = surface(
        drawn.picture,
        drawn.opacity,
        drawn.depth,
        texture,
        front,
        view,
        cameras,
        mesh=mesh,
        box=box,
        **layers,
    )
    return replace(drawn, picture=layered.colour, alpha=layered.alpha)


def _mapping(sizes: Next3DShape) -> LatentMapping:
    return LatentMapping(sizes.noise_size, LABEL, sizes.latent_size, layers=sizes.mapping_layers)


def _backbone(sizes: Next3DShape, channels: int) -> SynthesisNetwork:
    return SynthesisNetwork(
        channels,
        latent=sizes.latent_size,
        side=sizes.plane_resolution,
        base=sizes.capacity,
        widest=sizes.ceiling,
        condition_side=sizes.plane_resolution // COARSEST,
    )


def _composer(sizes: Next3DShape) -> FaceComposer | LevelComposer:
    if sizes.conditions == "raster":
        return FaceComposer(
            sizes.plane_channels,
            sizes.plane_resolution,
            latent=sizes.latent_size,
            capacity=sizes.capacity,
            ceiling=sizes.ceiling,
            stem=sizes.face_encoder_widths,
            box=sizes.face_box,
            residual=sizes.residual,
        )
    return LevelComposer(
        sizes.plane_channels,
        sizes.plane_resolution,
        latent=sizes.latent_size,
        capacity=sizes.capacity,
        ceiling=sizes.ceiling,
        box=sizes.face_box,
    )
