"""The composed planes, read as a stack of three neighbours by 3-D convolutions.

Letters: B batch, C channels of a plane, R plane side.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from avatarartist_core.nn.conv3d import NormSilu, ResBlock3d, SameConv3d


class PlaneEncoder(nn.Module):
    """Halve the side twice, each time followed by a residual block (section 3.3).

    Args:
        channels: C.
        widths: channels after the first convolution, after each halving, and of the result.
    """

    def __init__(self, channels: int, widths: Sequence[int]) -> None:
        super().__init__()
        first, half, quarter, out = widths
        self.first = SameConv3d(channels, first)
        self.halve = SameConv3d(first, half, kernel=4, stride=2)
        self.refine_half = ResBlock3d(half)
        self.quarter = SameConv3d(half, quarter, kernel=4, stride=2)
        self.refine_quarter = ResBlock3d(quarter)
        self.norm = NormSilu(quarter)
        self.last = SameConv3d(quarter, out)

    def forward(self, planes: Tensor) -> Tensor:
        """Encode.

        Args:
            planes: (B, 3, C, R, R) front, top and side plane.

        Returns:
            (B, 3 * widths[-1], R / 4, R / 4), each channel's three planes side by side.
        """
        x = self.first(planes.transpose(1, 2))
        x = self.refine_half(self.halve(x))
        x = self.refine_quarter(self.quarter(x))
        return self.last(self.norm(x)).flatten(1, 2)
