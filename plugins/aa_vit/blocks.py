"""Transformer blocks and the patches that feed them.

Letters: B batch, N tokens on a grid of (rows, columns), M motion tokens, D token size.
"""

from __future__ import annotations

from torch import Tensor, nn

from aa_vit.attention import Attention, ConvMLP, Grid, ReducedAttention, as_tokens
from aa_vit.initial import initialise

Scale = float | Tensor
"""Strength of the motion: a number, or (B,) numbers, one a sample."""


class PatchEmbedding(nn.Module):
    """Overlapping patches: a 3x3 convolution of stride 2, and a norm over channels."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.patches = nn.Conv2d(channels, width, 3, stride=2, padding=1)
        self.norm = nn.LayerNorm(width)
        initialise(self)

    def forward(self, picture: Tensor) -> tuple[Tensor, Grid]:
        """Cut (B, C, H, W) into (B, H / 2 * W / 2, D) tokens, row by row, and tell their grid."""
        patches = self.patches(picture)
        return self.norm(as_tokens(patches)), (patches.shape[2], patches.shape[3])


class MotionBlock(nn.Module):
    """Attend to the motion, then to one another, then mix channels (section 3.4).

    The motion comes first, and motion tokens are not normalised.

    Args:
        width: D.
        heads: of both attentions.
        mlp_ratio: hidden size of the MLP over D.
    """

    def __init__(self, width: int, heads: int, mlp_ratio: int) -> None:
        super().__init__()
        self.before_motion = nn.LayerNorm(width)
        self.motion_attention = Attention(width, heads)
        self.before_self = nn.LayerNorm(width)
        self.self_attention = Attention(width, heads)
        self.before_mlp = nn.LayerNorm(width)
        self.mlp = ConvMLP(width, mlp_ratio)
        initialise(self)

    def forward(self, tokens: Tensor, motion: Tensor, grid: Grid, scale: Scale) -> Tensor:
        """Refine.

        Args:
            tokens: (B, N, D).
            motion: (B, M, D).
            grid: rows and columns of the tokens.
            scale: multiplies what the motion adds; 0 silences it.

        Returns:
            (B, N, D)
        """
        factor = scale.view(-1, 1, 1) if isinstance(scale, Tensor) else scale
        tokens = tokens + factor * self.motion_attention(self.before_motion(tokens), motion)
        x = self.before_self(tokens)
        tokens = tokens + self.self_attention(x, x)
        return tokens + self.mlp(self.before_mlp(tokens), grid)


class ReducedBlock(nn.Module):
    """SegFormer's block: attend on a coarser grid, then mix channels (section 3.5).

    Args:
        width: D.
        heads: of the attention.
        reduction: see ``ReducedAttention``.
        mlp_ratio: hidden size of the MLP over D.
    """

    def __init__(self, width: int, heads: int, reduction: int, mlp_ratio: int) -> None:
        super().__init__()
        self.before_self = nn.LayerNorm(width)
        self.self_attention = ReducedAttention(width, heads, reduction)
        self.before_mlp = nn.LayerNorm(width)
        self.mlp = ConvMLP(width, mlp_ratio)
        initialise(self)

    def forward(self, tokens: Tensor, grid: Grid) -> Tensor:
        """Refine (B, N, D) tokens of a grid."""
        tokens = tokens + self.self_attention.attend(self.before_self(tokens), grid)
        return tokens + self.mlp(self.before_mlp(tokens), grid)
