"""What passes between the parts of the renderer.

Letters: B batch, C channels and R side of a plane, M motion tokens of size D.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from aa_vit.plane_encoder import StaticPlanes


@dataclass(frozen=True, eq=False)
class PortraitFeatures:
    """What the portrait alone decides.

    Attributes:
        meaning: (B, pyramid_width, R / 4, R / 4).
        detail: (B, detail_widths[-1], R, R).
    """

    meaning: Tensor
    detail: Tensor


@dataclass(frozen=True, eq=False)
class AvatarFeatures:
    """What all frames of an avatar share.

    Attributes:
        portrait: features of its portrait.
        triplane: (B, 4, C, R, R) texture, front, top and side plane.
        source: (B, M, D) tokens of the portrait's own motion.
        static: what the plane encoder remembers of the triplane, or None; see
            ``MotionViT.remember``.
    """

    portrait: PortraitFeatures
    triplane: Tensor
    source: Tensor
    static: StaticPlanes | None = None
