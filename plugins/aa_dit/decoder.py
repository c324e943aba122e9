"""The VAE's decoder: a latent to planes, each level twice the side of the last."""

from __future__ import annotations

from torch import Tensor, nn

from avatarartist_core.nn.conv3d import ResBlock3d, SameConv3d, SameConvTranspose3d


class GrowingStage(nn.Module):
    """Double height and width, then refine twice."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.grow = SameConvTranspose3d(channels_in, channels_out)
        self.refine1 = ResBlock3d(channels_out)
        self.refine2 = ResBlock3d(channels_out)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, P, H, W) to (B, D, P, 2 H, 2 W)."""
        return self.refine2(self.refine1(self.grow(x)))


class PlaneDecoder(nn.Module):
    """Latent to planes.

    Args:
        latent_channels: numbers at a position of the latent.
        hidden: half the features of the finest level; they double with every coarser one.
        levels: doublings of height and width.
        channels: features of a texel of the planes.
    """

    def __init__(self, latent_channels: int, hidden: int, levels: int, channels: int) -> None:
        super().__init__()
        widths = [latent_channels, *(hidden << level for level in range(levels, 0, -1))]
        self.stages = nn.ModuleList(map(GrowingStage, widths, widths[1:]))
        self.last = SameConv3d(widths[-1], channels)

    def forward(self, latent: Tensor) -> Tensor:
        """(B, Z, P, h, w) to (B, C, P, h 2^levels, w 2^levels)."""
        x = latent
        for stage in self.stages:
            x = stage(x)
        return self.last(x)
