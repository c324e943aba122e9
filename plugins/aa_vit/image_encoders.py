"""What the network reads off the portrait: its meaning (global) and its texture (detail).

Both depend on the portrait alone, so a video computes them once.

Letters: B batch, S side of the portrait, pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from aa_vit.stacks import SLOPE

COORDINATES = 2
COLOURS = 3


def with_coordinates(image: Tensor) -> Tensor:
    """Append to each pixel its x, then its y, both from -1 to 1 at the outer pixels.

    Args:
        image: (B, 3, H, W).

    Returns:
        (B, 5, H, W)
    """
    count, _, height, width = image.shape
    x = torch.linspace(-1, 1, width, dtype=image.dtype, device=image.device)
    y = torch.linspace(-1, 1, height, dtype=image.dtype, device=image.device)
    place = torch.stack((x.expand(height, width), y[:, None].expand(height, width)))
    return torch.cat((image, place.expand(count, -1, -1, -1)), dim=1)


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions, no norm, added to the input (ResNet's basic block without norms)."""

    def __init__(self, width_in: int, width: int, stride: int, dilation: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(width_in, width, 3, stride, dilation, dilation, bias=False)
        self.conv2 = nn.Conv2d(width, width, 3, 1, dilation, dilation, bias=False)
        self.shortcut: nn.Module = nn.Identity()
        if stride > 1 or width_in != width:
            self.shortcut = nn.Conv2d(width_in, width, 1, stride, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Refine (B, C, H, W)."""
        return F.relu(self.conv2(F.relu(self.conv1(x))) + self.shortcut(x))


class DilatedPyramid(nn.Module):
    """DeepLabV3's view of the same features at several reaches, without norms and dropout."""

    def __init__(self, width_in: int, width: int, dilations: Sequence[int]) -> None:
        super().__init__()
        self.near = nn.Conv2d(width_in, width, 1, bias=False)
        self.far = nn.ModuleList(
            nn.Conv2d(width_in, width, 3, 1, reach, reach, bias=False) for reach in dilations
        )
        self.everywhere = nn.Conv2d(width_in, width, 1, bias=False)
        self.merge = nn.Conv2d(width * (len(dilations) + 2), width, 1, bias=False)
        self.smooth = nn.Conv2d(width, width, 3, 1, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Widen the view of (B, C, H, W)."""
        mean = F.relu(self.everywhere(x.mean((2, 3), keepdim=True))).expand(-1, -1, *x.shape[2:])
        views = [F.relu(view(x)) for view in (self.near, *self.far)]
        merged = F.relu(self.merge(torch.cat((*views, mean), dim=1)))
        return F.relu(self.smooth(merged))


class GlobalEncoder(nn.Module):
    """ResNet without norms, dilated to a stride of 8, and a dilated pyramid (section 3.1).

    Args:
        widths: channels of the four stages.
        depths: residual blocks of each.
        pyramid_width: channels of the result.
        dilations: of the pyramid.
    """

    STRIDES = (1, 2, 1, 1)
    DILATIONS = (1, 1, 2, 4)

    def __init__(
        self,
        widths: Sequence[int],
        depths: Sequence[int],
        pyramid_width: int,
        dilations: Sequence[int],
    ) -> None:
        super().__init__()
        self.stem = nn.Conv2d(COLOURS + COORDINATES, widths[0], 7, 2, 3, bias=False)
        self.stages = nn.ModuleList()
        before = widths[0]
        for width, depth, stride, reach in zip(
            widths, depths, self.STRIDES, self.DILATIONS, strict=True
        ):
            first = ResidualBlock(before, width, stride, reach)
            rest = (ResidualBlock(width, width, 1, reach) for _ in range(depth - 1))
            self.stages.append(nn.Sequential(first, *rest))
            before = width
        self.pyramid = DilatedPyramid(before, pyramid_width, dilations)

    def stage_features(self, image: Tensor) -> list[Tensor]:
        """Return what follows the stem and each stage, at strides 2, 4, 8, 8, 8."""
        x = F.relu(self.stem(with_coordinates(image)))
        features = [x]
        x = F.max_pool2d(x, 3, 2, 1)
        for stage in self.stages:
            x = stage(x)
            features.append(x)
        return features

    def forward(self, image: Tensor) -> Tensor:
        """Encode.

        Args:
            image: (B, 3, S, S) in [-1, 1].

        Returns:
            (B, pyramid_width, S / 8, S / 8)
        """
        return self.pyramid(self.stage_features(image)[-1])


class DetailEncoder(nn.Module):
    """A few convolutions at half the portrait's side (section 3.2)."""

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        first = nn.Conv2d(COLOURS + COORDINATES, widths[0], 7, 2, 3)
        rest = (nn.Conv2d(a, b, 3, 1, 1) for a, b in pairwise(widths))
        self.convs = nn.ModuleList((first, *rest))

    def forward(self, image: Tensor) -> Tensor:
        """Encode.

        Args:
            image: (B, 3, S, S) in [-1, 1].

        Returns:
            (B, widths[-1], S / 2, S / 2)
        """
        x = with_coordinates(image)
        for conv in self.convs:
            x = F.leaky_relu(conv(x), SLOPE)
        return x
