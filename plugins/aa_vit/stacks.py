"""Stacks of 3x3 convolutions, the small change of this network."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SLOPE = 0.01  # of every leaky rectifier outside the face generator


class ConvStack(nn.Module):
    """3x3 convolutions, a leaky rectifier after each.

    Args:
        widths: channels of the input, then of the result of every convolution.
        open_end: whether the last one's result stays as it is, without rectifier.
    """

    def __init__(self, widths: Sequence[int], *, open_end: bool = False) -> None:
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv2d(a, b, 3, padding=1) for a, b in pairwise(widths))
        self.open_end = open_end

    def forward(self, *parts: Tensor) -> Tensor:
        """Convolve (B, C, H, W) parts, whose channels follow one another."""
        x = parts[0] if len(parts) == 1 else torch.cat(parts, dim=1)
        last = len(self.convs) - 1
        for index, conv in enumerate(self.convs):
            x = conv(x)
            if index < last or not self.open_end:
                x = leaky(x)
        return x


def leaky(fresh: Tensor) -> Tensor:
    """Rectify a tensor that nobody else holds: in place where no gradient needs it."""
    return F.leaky_relu(fresh, SLOPE, inplace=not torch.is_grad_enabled())
