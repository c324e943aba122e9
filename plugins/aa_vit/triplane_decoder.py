"""The last stretch: features and the portrait's detail become the three planes to draw.

Letters: B batch, C channels of a plane, R plane side, D token size.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from aa_vit.attention import as_picture
from aa_vit.blocks import PatchEmbedding, ReducedBlock
from aa_vit.config import ViTShape
from aa_vit.stacks import ConvStack

UP = 2  # pixel shuffle


class TriplaneDecoder(nn.Module):
    """Convolutions, one SegFormer block, convolutions, fusion with the composed planes.

    Official renderer, section 3.5.

    Args:
        shape: sizes.
    """

    def __init__(self, shape: ViTShape) -> None:
        super().__init__()
        width, planes = shape.decoder_token_width, 3 * shape.plane_channels
        animated, detail = shape.expand_widths[-1], shape.detail_widths[-1]
        self.stem = ConvStack((animated + detail, *shape.decoder_stem_widths))
        self.embed = PatchEmbedding(shape.decoder_stem_widths[-1], width)
        self.block = ReducedBlock(
            width, shape.decoder_heads, shape.decoder_reduction, shape.mlp_ratio
        )
        self.shape_planes = ConvStack(
            (width // UP**2 + animated, *shape.decoder_widths, planes), open_end=True
        )
        self.fuse_planes = ConvStack((2 * planes, *shape.decoder_widths, planes), open_end=True)
        self.residual = shape.residual
        if shape.residual:
            for start in self.fuse_planes.convs[-1].parameters():
                nn.init.zeros_(start)

    def decode(self, animated: Tensor, detail: Tensor) -> Tensor:
        """Make planes of features.

        Args:
            animated: (B, expand_widths[-1], R, R) of the motion transformer.
            detail: (B, detail_widths[-1], R, R) of the portrait.

        Returns:
            (B, 3 * C, R, R)
        """
        tokens, grid = self.embed(self.stem(animated, detail))
        finer = F.pixel_shuffle(as_picture(self.block(tokens, grid), grid), UP)
        return self.shape_planes(finer, animated)

    def forward(self, animated: Tensor, detail: Tensor, planes: Tensor) -> Tensor:
        """Decode, and fuse with the composed planes.

        Args:
            animated: (B, expand_widths[-1], R, R).
            detail: (B, detail_widths[-1], R, R).
            planes: (B, 3, C, R, R).

        Returns:
            (B, 3, C, R, R)
        """
        fused = self.fuse_planes(self.decode(animated, detail), planes.flatten(1, 2))
        fused = fused.unflatten(1, planes.shape[1:3])
        return planes + fused if self.residual else fused
