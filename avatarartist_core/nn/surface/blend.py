"""Lays the planes' own texels over an enlarged rendering (our addition, for small renderers).

A small renderer marches few rays through coarse planes, so its picture is soft. What it shows is
known better elsewhere: the face lies in the texture plane, drawn where a view map says; the rest
lies on the front plane, at the place that the marched depth gives. A small network weighs the
three, pixel by pixel, and says what is person. Letters: B batch, C channels and R side of a plane,
Q rays along a side, O side of the picture.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from avatarartist_core.heads.window import KINDS
from avatarartist_core.nn.face_box import FaceBox
from avatarartist_core.nn.surface.deferred import deferred_view
from avatarartist_core.nn.texels import read_plane
from avatarartist_core.nn.volume.rays import rays_of

COLOURS = 3
_SOURCES = 3  # rendering, texture plane, front plane
_OUT = _SOURCES + COLOURS + 1


class Layered(NamedTuple):
    """A picture in layers.

    Attributes:
        colour: (B, 3, O, O) in about [-1, 1]: the person before black.
        alpha: (B, 1, O, O) in [0, 1].
    """

    colour: Tensor
    alpha: Tensor


class SurfaceBlend(nn.Module):
    """Weighs rendering, texture and front plane.

    The first three channels of the planes are colours as logits, as the volume's decoder reads
    them.

    Args:
        channels: C.
        width: channels inside.
        extent: half side of the cube the planes cover, world units.
    """

    def __init__(self, channels: int, width: int, extent: float) -> None:
        super().__init__()
        self.extent = extent
        inputs = COLOURS + 1 + 2 * channels + len(KINDS)
        self.first = nn.Conv2d(inputs, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        self.out = nn.Conv2d(width, _OUT, 3, padding=1)
        nn.init.zeros_(self.out.weight)
        with torch.no_grad():
            bias = torch.zeros(_OUT)
            bias[:_SOURCES] = torch.tensor([0.0, 2.0, 1.0])
            self.out.bias.copy_(bias)  # type: ignore[union-attr]

    def forward(
        self,
        picture: Tensor,
        opacity: Tensor,
        depth: Tensor,
        texture: Tensor,
        front: Tensor,
        view: Tensor | None,
        cameras: Tensor,
        torso: Tensor | None = None,
        neck: Tensor | None = None,
        mesh: Tensor | None = None,
        box: FaceBox | None = None,
    ) -> Layered:
        """Blend.

        Args:
            picture: (B, 3, O, O) the enlarged rendering, about [-1, 1].
            opacity: (B, 1, Q, Q) in [0, 1].
            depth: (B, 1, Q, Q) along the rays, world units; any where the opacity is 0.
            texture: (B, C, R, R) texture plane.
            front: (B, C, R, R) front plane.
            view: (B, O, O, 5) view map of the wanted expression under these cameras; None: found
                by ``mesh`` and depth.
            cameras: (B, 25) labels.
            torso: (B, 25) of a torso that stays, or None.
            neck: (4,) see ``Rays``.
            mesh: (B, H, W, 3) mesh map of the wanted expression, needed where there is no view map.
            box: window of the front plane that mesh maps cover.
        """
        side = picture.shape[-1]
        if view is None:
            if mesh is None:
                raise ValueError("a surface needs view maps or mesh maps")
            unknown = picture.new_zeros((len(picture), side, side))
            seen = self._places(depth, unknown, cameras, torso, neck)
            view = deferred_view(mesh, seen, box or FaceBox())
        kinds = F.one_hot(view[..., 3].long(), len(KINDS)).permute(0, 3, 1, 2).to(picture.dtype)
        textured = view[..., 2][:, None]
        texels = read_plane(texture, view[..., :2]).to(picture.dtype) * textured
        place = self._places(depth, view[..., 4], cameras, torso, neck)
        sheet = read_plane(front, place, "border").to(picture.dtype)
        alpha = F.interpolate(opacity, (side, side), mode="bilinear", align_corners=False)
        x = F.silu(self.first(torch.cat([picture, alpha, texels, sheet, kinds], 1)))
        x = x + F.silu(self.second(x))
        out = self.out(x)
        weights = out[:, :_SOURCES] - 1e4 * F.pad(1 - textured, (0, 0, 0, 0, 1, 1))
        of_rendering, of_texture, of_front = weights.softmax(1).split(1, 1)
        alpha = torch.sigmoid(torch.logit(alpha.clamp(1e-3, 1 - 1e-3)) + out[:, -1:])
        solid = of_texture * _colours(texels) + of_front * _colours(sheet)
        colour = of_rendering * (picture + 1) / 2 + (solid + out[:, _SOURCES:-1]) * alpha
        return Layered(colour * 2 - 1, alpha)

    def _places(
        self,
        depth: Tensor,
        nearness: Tensor,
        cameras: Tensor,
        torso: Tensor | None,
        neck: Tensor | None,
    ) -> Tensor:
        """Return (B, O, O, 2) places on the front plane that the pixels show."""
        side = nearness.shape[-1]
        rays = rays_of(cameras, side, "centres", torso, neck)
        marched = F.interpolate(depth, (side, side), mode="bilinear", align_corners=False)
        axis = cameras[:, :16].reshape(-1, 4, 4)[:, :3, 2]
        along = (rays.directions * axis[:, None]).sum(-1)
        flat = nearness.flatten(1)
        hit = flat > 0
        away = torch.where(hit, 1 / (flat.clamp_min(1e-3) * along), marched.flatten(1))
        points = rays.points(away[..., None, None])[:, :, 0]
        return (points[..., :2] / self.extent).reshape(-1, side, side, 2)


def _colours(features: Tensor) -> Tensor:
    return torch.sigmoid(features[:, :COLOURS])
