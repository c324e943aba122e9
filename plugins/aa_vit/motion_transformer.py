"""The motion transformer: takes the source's expression away and gives the target's.

Letters: B batch, R plane side, N tokens, M motion tokens, D token size.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from aa_vit.attention import as_picture
from aa_vit.blocks import MotionBlock, PatchEmbedding, Scale
from aa_vit.config import ViTShape
from aa_vit.motion import MotionTokens
from aa_vit.stacks import ConvStack

UP = 2  # pixel shuffle and both enlargements


class Expansion(nn.Module):
    """Enlarge twice by two, bilinear with aligned corners, a convolution after each and one more.

    Args:
        width: channels of the input.
        widths: channels of the three convolutions; a rectifier follows the first two.
    """

    def __init__(self, width: int, widths: tuple[int, int, int]) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(width, widths[0], 3, padding=1)
        self.conv2 = nn.Conv2d(widths[0], widths[1], 3, padding=1)
        self.conv3 = nn.Conv2d(widths[1], widths[2], 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """Enlarge (B, C, H, W) to (B, widths[-1], 4 H, 4 W)."""
        x = F.relu(self.conv1(enlarge(x)))
        return self.conv3(F.relu(self.conv2(enlarge(x))))


def enlarge(x: Tensor) -> Tensor:
    """Double the side of (B, C, H, W); corner pixels keep their centres."""
    return F.interpolate(x, scale_factor=UP, mode="bilinear", align_corners=True)


class MotionTransformer(nn.Module):
    """Portrait and planes to features that show the target's expression (section 3.4).

    Args:
        shape: sizes.
    """

    def __init__(self, shape: ViTShape) -> None:
        super().__init__()
        width = shape.token_width
        encoded = 3 * shape.plane_encoder_widths[-1]
        motion = (shape.motion_size, shape.motion_width, shape.motion_tokens, width)
        self.source_motion = MotionTokens(*motion)
        self.target_motion = MotionTokens(*motion)
        self.plane_stem = ConvStack((encoded, *shape.plane_stem_widths), open_end=True)
        self.embed = PatchEmbedding(shape.pyramid_width + shape.plane_stem_widths[-1], width)
        self.neutralise = nn.ModuleList(
            MotionBlock(width, shape.heads, shape.mlp_ratio) for _ in range(shape.neutral_depth)
        )
        self.animate = nn.ModuleList(
            MotionBlock(width, shape.heads, shape.mlp_ratio) for _ in range(shape.motion_depth)
        )
        self.expand = Expansion(width // UP**2, shape.expand_widths)

    def transform(
        self, portrait: Tensor, planes: Tensor, source: Tensor, target: Tensor, scale: Scale
    ) -> Tensor:
        """Change the expression at token resolution.

        Args:
            portrait: (B, pyramid_width, R / 4, R / 4) global features of the portrait.
            planes: (B, 3 * encoded, R / 4, R / 4) encoded planes.
            source: (B, M, D) tokens of the portrait's own motion.
            target: (B, M, D) tokens of the wanted motion.
            scale: strength of both, see ``MotionBlock``.

        Returns:
            (B, D / 4, R / 4, R / 4)
        """
        tokens, grid = self.embed(torch.cat((portrait, self.plane_stem(planes)), dim=1))
        for block in self.neutralise:
            tokens = block(tokens, source, grid, scale)
        for block in self.animate:
            tokens = block(tokens, target, grid, scale)
        return F.pixel_shuffle(as_picture(tokens, grid), UP)

    def forward(
        self, portrait: Tensor, planes: Tensor, source: Tensor, target: Tensor, scale: Scale
    ) -> Tensor:
        """As ``transform``, at the planes' resolution: (B, expand_widths[-1], R, R)."""
        return self.expand(self.transform(portrait, planes, source, target, scale))
