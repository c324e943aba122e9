"""Renders planes as a small picture and enlarges it.

Letters: B batch, C channels of a plane, R plane side, Q rays along a side, O side of the picture,
D latent width.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from avatarartist_core.nn.stylegan.super_resolution import SuperResolution
from avatarartist_core.nn.volume.config import VolumeConfig
from avatarartist_core.nn.volume.decoder import FeatureDecoder
from avatarartist_core.nn.volume.march import march
from avatarartist_core.nn.volume.rays import rays_of

COLOURS = 3


@dataclass(frozen=True, eq=False)
class Drawn:
    """Pictures and what they were made from.

    Attributes:
        picture: (B, 3, O, O), about [-1, 1], not clamped.
        raw: (B, 3, Q, Q) in [-1, 1].
        depth: (B, 1, Q, Q) distance along the ray, world units.
        opacity: (B, 1, Q, Q) in [0, 1].
        features: (B, C, Q, Q); the first three are ``raw``.
        planes: (B, 3, C, R, R) that were rendered.
        alpha: (B, 1, O, O) in [0, 1] of the person, where the network tells it; the picture is then
            before black.
    """

    picture: Tensor
    raw: Tensor
    depth: Tensor
    opacity: Tensor
    features: Tensor
    planes: Tensor
    alpha: Tensor | None = None


def draw_planes(
    planes: Tensor,
    cameras: Tensor,
    w: Tensor,
    field: FeatureDecoder,
    super_resolution: SuperResolution,
    volume: VolumeConfig,
    u_coarse: Tensor | None = None,
    u_fine: Tensor | None = None,
    *,
    exact: bool = False,
    torso: Tensor | None = None,
    neck: Tensor | None = None,
) -> Drawn:
    """March rays through planes and enlarge what they saw (spec 4).

    Args:
        planes: (B, 3, C, R, R).
        cameras: (B, 25) labels.
        w: (B or 1, D) the last latent.
        field: decodes density and features.
        super_resolution: enlarges.
        volume: rays and samples.
        u_coarse: jitter in [0, 1), see ``march``; None: half a step.
        u_fine: shares in [0, 1], see ``march``; None: evenly.
        exact: see ``march``.
        torso: (B, 25) labels of the same cameras for a torso that stays, or None.
        neck: (4,) see ``Rays``; needed with ``torso``.
    """
    Q = volume.resolution
    rays = rays_of(cameras, Q, volume.pixels, torso, neck)
    seen = march(planes, rays, field, volume, u_coarse, u_fine, exact=exact)
    features, depth, opacity = (
        values.mT.reshape(len(cameras), -1, Q, Q)
        for values in (seen.features, seen.depth, seen.opacity)
    )
    features = features.to(planes.dtype)
    raw = features[:, :COLOURS]
    return Drawn(super_resolution(raw, features, w), raw, depth, opacity, features, planes)
