"""The VAE's encoder: planes to the moments of a latent, each level half the side of the last."""

from __future__ import annotations

from torch import Tensor, nn

from avatarartist_core.nn.conv3d import NormSilu, ResBlock3d, SameConv3d

DOWN_TAPS = 4


class ShrinkingStage(nn.Module):
    """Halve height and width, double the channels, refine."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.shrink = SameConv3d(channels, 2 * channels, DOWN_TAPS, stride=2)
        self.refine = ResBlock3d(2 * channels)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, P, H, W) to (B, 2 C, P, H / 2, W / 2)."""
        return self.refine(self.shrink(x))


class PlaneEncoder(nn.Module):
    """Planes to features of the latent's size.

    Args:
        channels: features of a texel of the planes.
        hidden: features after the first convolution; they double at every level.
        levels: halvings of height and width.
        moments: numbers told about a position of the latent: 2 for each latent channel.
    """

    def __init__(self, channels: int, hidden: int, levels: int, moments: int) -> None:
        super().__init__()
        widest = hidden << levels
        self.first = SameConv3d(channels, hidden)
        self.stages = nn.ModuleList(ShrinkingStage(hidden << level) for level in range(levels))
        self.norm = NormSilu(widest)
        self.last = SameConv3d(widest, moments)

    def forward(self, planes: Tensor) -> Tensor:
        """(B, C, P, H, W) to (B, M, P, H / 2^levels, W / 2^levels)."""
        x = self.first(planes)
        for stage in self.stages:
            x = stage(x)
        return self.last(self.norm(x))
