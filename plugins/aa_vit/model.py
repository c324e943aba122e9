"""The motion-aware cross-domain renderer: portrait, triplane, motion and camera to a picture.

Letters: B batch, S side of the portrait, C channels and R side of a plane, E size of a motion
embedding, L rows and W width of the style code, Q rays along a side, O side of the picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor, nn

from aa_vit.blocks import Scale
from aa_vit.config import RELEASED, ViTShape
from aa_vit.features import AvatarFeatures, PortraitFeatures
from aa_vit.fixed import fixed_renderer
from aa_vit.image_encoders import DetailEncoder, GlobalEncoder
from aa_vit.motion_transformer import MotionTransformer
from aa_vit.plane_encoder import PlaneEncoder
from aa_vit.triplane_decoder import TriplaneDecoder
from avatarartist_core.nn.composition import FaceMasks
from avatarartist_core.nn.drawing import Drawn, draw_planes
from avatarartist_core.nn.face_composer import FaceComposer
from avatarartist_core.nn.stylegan.mapping import LatentMapping
from avatarartist_core.nn.stylegan.noise import Noise
from avatarartist_core.nn.stylegan.super_resolution import SuperResolution
from avatarartist_core.nn.surface.blend import SurfaceBlend
from avatarartist_core.nn.volume.decoder import FeatureDecoder, pass_through


class MotionViT(ModelMixin, ConfigMixin):
    """The network of ``render.pkl`` (official renderer, sections 0 and 1), or a smaller one.

    Args:
        shape: sizes, as ``ViTShape`` or its plain values; None is the released network.
    """

    @register_to_config  # type: ignore[untyped-decorator]
    def __init__(self, shape: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        sizes = RELEASED if shape is None else ViTShape.model_validate(shape)
        self.shape = sizes
        self.global_encoder = GlobalEncoder(
            sizes.stage_widths, sizes.stage_depths, sizes.pyramid_width, sizes.pyramid_dilations
        )
        self.detail_encoder = DetailEncoder(sizes.detail_widths)
        self.face = FaceComposer(
            sizes.plane_channels,
            sizes.plane_resolution,
            latent=sizes.style_width,
            capacity=sizes.face_capacity,
            ceiling=sizes.face_ceiling,
            stem=sizes.face_encoder_widths,
            box=sizes.face_box,
            residual=sizes.residual,
        )
        # part of every checkpoint, and unused: the style code below takes its place
        self.face_mapping = LatentMapping(sizes.style_width, latent=sizes.style_width)
        self.plane_encoder = PlaneEncoder(sizes.plane_channels, sizes.plane_encoder_widths)
        self.motion_transformer = MotionTransformer(sizes)
        self.triplane_decoder = TriplaneDecoder(sizes)
        self.field = FeatureDecoder(sizes.plane_channels, sizes.field_width, sizes.plane_channels)
        self.super_resolution = SuperResolution(
            sizes.plane_channels,
            latent=sizes.style_width,
            side=sizes.output_size // 4,
            channels=sizes.output_widths,
        )
        self.surface = None
        if sizes.surface is not None:
            self.surface = SurfaceBlend(
                sizes.plane_channels, sizes.surface.width, sizes.volume.extent
            )
        if sizes.residual:
            pass_through(self.field)
            for name, start in self.super_resolution.named_parameters():
                if name.endswith("to_image.weight"):  # an enlarged rendering to begin with
                    nn.init.zeros_(start)
        self.face_mapping.requires_grad_(False)
        for name, unused in self.super_resolution.named_parameters():
            if name.endswith("noise_strength"):  # it is drawn without noise
                unused.requires_grad_(False)
        self.styles: Tensor
        self.register_buffer("styles", torch.zeros(sizes.style_rows, sizes.style_width))

    def portrait_features(self, img: Tensor) -> PortraitFeatures:
        """Encode the (B, 3, S, S) portrait, in [-1, 1]."""
        return PortraitFeatures(self.global_encoder(img), self.detail_encoder(img))

    def avatar_features(self, img: Tensor, triplane: Tensor, motion_app: Tensor) -> AvatarFeatures:
        """Compute what all frames of an avatar share.

        Args:
            img: (B, 3, S, S) portrait, in [-1, 1].
            triplane: (B, 4, C, R, R), in the planes' own units.
            motion_app: (B, E) the portrait's own motion.
        """
        source = self.motion_transformer.source_motion(motion_app.to(triplane.dtype))
        return AvatarFeatures(self.portrait_features(img), triplane, source)

    def remember(self, avatar: AvatarFeatures) -> AvatarFeatures:
        """Compute more of what frames share; they come out the same, but for rounding, sooner.

        It is no use in training, where every frame has an avatar of its own.
        """
        window = self.shape.face_box.window(self.shape.plane_resolution)
        static = self.plane_encoder.remember(avatar.triplane[:, 1:], window)
        return replace(avatar, static=static)

    def fixed(self, ws_avg: Tensor | None = None) -> MotionViT:
        """Return a renderer that is quicker, draws the same, and is led by one style code alone.

        It shares this one's tensors, does not learn, and stays on this one's device.

        Args:
            ws_avg: (L, W) style code; None is the model's own.
        """
        return fixed_renderer(self, self.styles if ws_avg is None else ws_avg.to(self.styles))

    def frame(
        self,
        avatar: AvatarFeatures,
        motion: Tensor,
        mesh: Tensor,
        c: Tensor,
        *,
        ws_avg: Tensor | None = None,
        motion_scale: Scale = 1.0,
        noise: Noise = "fixed",
        u_coarse: Tensor | None = None,
        u_fine: Tensor | None = None,
        masks: FaceMasks | None = None,
        shared_bounds: bool | None = None,
        exact: bool = False,
        view: Tensor | None = None,
        torso: Tensor | None = None,
        neck: Tensor | None = None,
    ) -> Drawn:
        """Draw frames of an avatar. Without random arrays the same arguments draw the same frame.

        Args:
            avatar: of as many samples as frames, or of one.
            motion: (B, E) wanted motion.
            mesh: (B, H, W, 3) mesh map of the wanted expression: u and v in [-1, 1], and a mask.
            c: (B, 25) camera label.
            ws_avg: (L, W) style code; None is the model's own.
            motion_scale: strength of the motion, a number or (B,); 0 leaves the mesh map alone to
                decide the expression.
            noise: of the face generator: its stored maps (``"fixed"``), none, 13 arrays in call
                order, or a generator to draw them from.
            u_coarse: jitter of the even samples in [0, 1), B x Q * Q x coarse values; None: half a
                step.
            u_fine: shares of the importance samples in [0, 1), B x Q * Q x fine values; None:
                evenly from 0 to 1.
            masks: of the mesh map, where they are known already.
            shared_bounds: as ``VolumeConfig.shared_bounds``; None: as the model's shape says.
            exact: march every ray to its end, see ``march``.
            view: (B, O, O, 5) view maps, for networks with a surface.
            torso: (B, 25) camera labels for a torso that stays when the head turns, or None.
            neck: (4,) factors of a world point's x, y, z and 1: the head's share in it.
        """
        styles = (self.styles if ws_avg is None else ws_avg.to(self.styles))[None]
        composed = self.face(avatar.triplane, mesh, styles, noise, masks)
        planes = self.animate(avatar, composed, motion, motion_scale)
        drawn = self.draw(
            planes, c, styles, u_coarse, u_fine, shared_bounds, exact=exact, torso=torso, neck=neck
        )
        if self.surface is None:
            return drawn
        if view is None:
            raise ValueError("a network with a surface needs view maps")
        texture = avatar.triplane[:, 0].expand(len(mesh), *avatar.triplane.shape[2:])
        layered = self.surface(
            drawn.picture, drawn.opacity, drawn.depth, texture, planes[:, 0], view, c, torso, neck
        )
        return replace(drawn, picture=layered.colour, alpha=layered.alpha)

    def animate(
        self, avatar: AvatarFeatures, composed: Tensor, motion: Tensor, motion_scale: Scale = 1.0
    ) -> Tensor:
        """Turn the composed planes into those to draw.

        Args:
            avatar: of as many samples as frames, or of one.
            composed: (B, 3, C, R, R) with the wanted expression.
            motion: (B, E) wanted motion.
            motion_scale: see ``frame``.

        Returns:
            (B, 3, C, R, R)
        """
        count = len(composed)
        meaning, detail, source = (
            shared.expand(count, *shared.shape[1:])
            for shared in (avatar.portrait.meaning, avatar.portrait.detail, avatar.source)
        )
        target = self.motion_transformer.target_motion(motion.to(composed.dtype))
        encoded = self.plane_encoder(composed, avatar.static)
        animated = self.motion_transformer(meaning, encoded, source, target, motion_scale)
        return self.triplane_decoder(animated, detail, composed)

    def draw(
        self,
        planes: Tensor,
        c: Tensor,
        styles: Tensor,
        u_coarse: Tensor | None = None,
        u_fine: Tensor | None = None,
        shared_bounds: bool | None = None,
        *,
        exact: bool = False,
        torso: Tensor | None = None,
        neck: Tensor | None = None,
    ) -> Drawn:
        """March rays through (B, 3, C, R, R) planes and enlarge what they saw; see ``frame``."""
        volume = self.shape.volume
        if shared_bounds is not None:
            volume = volume.model_copy(update={"shared_bounds": shared_bounds})
        return draw_planes(
            planes,
            c,
            styles[:, -1],
            self.field,
            self.super_resolution,
            volume,
            u_coarse,
            u_fine,
            exact=exact,
            torso=torso,
            neck=neck,
        )

    def stages(self) -> dict[str, nn.Module]:
        """Name the parts of the network, for measuring them."""
        return {
            "portrait, global": self.global_encoder,
            "portrait, detail": self.detail_encoder,
            "face composition": self.face,
            "plane encoder": self.plane_encoder,
            "motion transformer": self.motion_transformer,
            "triplane decoder": self.triplane_decoder,
            "field": self.field,
            "super-resolution": self.super_resolution,
        }

    def forward(
        self,
        img: Tensor,
        triplane: Tensor,
        motion_app: Tensor,
        motion: Tensor,
        mesh: Tensor,
        c: Tensor,
        ws_avg: Tensor | None = None,
        motion_scale: Scale = 1.0,
        noises: Sequence[Tensor] | None = None,
        u_coarse: Tensor | None = None,
        u_fine: Tensor | None = None,
        *,
        authors: bool = True,
    ) -> dict[str, Tensor]:
        """Draw pictures from the inputs by the names of the official renderer's section 1.

        Args:
            img: (B, 3, S, S) portrait, in [-1, 1].
            triplane: (B, 4, C, R, R), de-normalised.
            motion_app: (B, E) motion of the portrait.
            motion: (B, E) wanted motion.
            mesh: (B, H, W, 3) mesh map of the wanted expression, channels last.
            c: (B, 25) camera label.
            ws_avg: (L, W) style code; None is the model's own.
            motion_scale: multiplies what the motion adds, a number or (B,).
            noises: 13 arrays (B or 1, 1, s, s) in call order: b4.conv1, b8.conv0, b8.conv1, ...;
                None: the maps stored with the weights.
            u_coarse: jitter in [0, 1), B x Q * Q x 48 values; None: half a step.
            u_fine: shares in [0, 1), B x Q * Q x 48 values; None: evenly from 0 to 1.
            authors: take the distance of the camera and the bounds of the depth from the whole
                batch and march every ray to its end, as the authors do; otherwise every sample is
                drawn as if alone.

        Returns:
            ``image_sr`` (B, 3, O, O), ``image`` (B, 3, Q, Q), ``image_depth`` (B, 1, Q, Q),
            ``image_feature`` (B, C, Q, Q) and ``triplane`` (B, 3, C, R, R).
        """
        drawn = self.frame(
            self.avatar_features(img, triplane, motion_app),
            motion,
            mesh,
            c,
            ws_avg=ws_avg,
            motion_scale=motion_scale,
            noise="fixed" if noises is None else noises,
            u_coarse=u_coarse,
            u_fine=u_fine,
            shared_bounds=authors,
            exact=authors,
        )
        return {
            "image_sr": drawn.picture,
            "image": drawn.raw,
            "image_depth": drawn.depth,
            "image_feature": drawn.features,
            "triplane": drawn.planes,
        }
