"""3-D convolutions over a stack of planes that keep its size, and the residual block made of them.

Letters: B batch, C channels, P planes of the stack (the axis video networks use for time), H, W.
The planes are neighbours in the convolution, replicated at both ends; only H and W are strided.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

GROUPS = 32
EPSILON = 1e-6

LEAST_CHANNELS, LEAST_SIDE = 8, 8
"""Below these a plain convolution is as fast."""

Triple = tuple[int, int, int]


def replicate_pad(x: Tensor, kernel: Triple, stride: Triple) -> Tensor:
    """Pad by ``kernel - stride`` per axis, replicated, the larger half before.

    Args:
        x: (B, C, P, H, W).
        kernel: taps along P, H, W.
        stride: steps along P, H, W.

    Returns:
        (B, C, P + k - s, H + k - s, W + k - s)
    """
    pads: list[int] = []
    for taps, step in zip(reversed(kernel), reversed(stride), strict=True):
        total = taps - step
        pads += [total - total // 2, total // 2]
    return F.pad(x, pads, mode="replicate") if any(pads) else x


class SameConv3d(nn.Conv3d):
    """Convolution that returns (B, D, P, H / s, W / s): replicate-padded, plane axis never strided.

    Args:
        channels_in: C.
        channels_out: D.
        kernel: taps along every axis.
        stride: step s along H and W.
    """

    def __init__(
        self, channels_in: int, channels_out: int, kernel: int = 3, stride: int = 1
    ) -> None:
        super().__init__(channels_in, channels_out, kernel, stride=(1, stride, stride))

    def forward(self, input: Tensor) -> Tensor:
        """Convolve (B, C, P, H, W)."""
        kernel, stride = cast(Triple, self.kernel_size), cast(Triple, self.stride)
        if kernel[0] > 1 and kernel[0] == stride[1] + 2 and _may_be_fast(input, self.weight):
            from avatarartist_core.nn import winograd

            convolve = winograd.convolve if stride[1] == 1 else winograd.convolve_down
            return convolve(input, self.weight.detach(), _given(self.bias))
        return F.conv3d(replicate_pad(input, kernel, stride), self.weight, self.bias, stride)


class SameConvTranspose3d(nn.ConvTranspose3d):
    """Transposed convolution that returns (B, D, P, 2 H, 2 W), the twin of a stride of 2.

    The input is replicate-padded as that convolution pads its own, so that the 4 taps see real
    values at the border; what they write outside the stack is cropped.
    """

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__(channels_in, channels_out, 4, stride=(1, 2, 2), padding=3)

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:
        """Convolve (B, C, P, H, W); ``output_size`` is fixed and must be None."""
        if output_size is not None:
            raise ValueError("the output of a same-padded transposed convolution has a fixed size")
        kernel, stride = cast(Triple, self.kernel_size), cast(Triple, self.stride)
        if _may_be_fast(input, self.weight):
            from avatarartist_core.nn import winograd

            return winograd.convolve_up(input, self.weight.detach(), _given(self.bias))
        padded = replicate_pad(input, kernel, stride)
        return F.conv_transpose3d(padded, self.weight, self.bias, stride, padding=3)


class NormSilu(nn.GroupNorm):
    """Group norm, then SiLU. Statistics run over all planes and pixels of a group of channels."""

    def __init__(self, channels: int, groups: int = GROUPS) -> None:
        super().__init__(groups, channels, eps=EPSILON)

    def forward(self, input: Tensor) -> Tensor:
        """Normalise and activate (B, C, P, H, W)."""
        if _may_be_fast(input, self.weight) and _has_channels_last(input):
            from avatarartist_core.nn.channel_norm import group_norm

            weight, bias = self.weight.detach(), self.bias.detach()
            return F.silu(group_norm(input, self.num_groups, weight, bias, self.eps), inplace=True)
        # in place where no gradient needs the value between: half the memory of the layer
        return F.silu(super().forward(input), inplace=not torch.is_grad_enabled())


class ResBlock3d(nn.Module):
    """Two rounds of norm, SiLU, 3-tap convolution, added to the input; channels stay.

    Args:
        channels: C, a multiple of ``groups``.
        groups: groups of channels that share their statistics.
    """

    def __init__(self, channels: int, groups: int = GROUPS) -> None:
        super().__init__()
        self.norm1 = NormSilu(channels, groups)
        self.conv1 = SameConv3d(channels, channels)
        self.norm2 = NormSilu(channels, groups)
        self.conv2 = SameConv3d(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        """Refine (B, C, P, H, W)."""
        return x + self.conv2(self.norm2(self.conv1(self.norm1(x))))


def _may_be_fast(x: Tensor, weight: Tensor) -> bool:
    """Tell whether a convolution is one for ``winograd``: a large one on a CPU, without gradients.

    A graph that is being compiled or exported keeps the plain operation.
    """
    tracked = torch.is_grad_enabled() and (x.requires_grad or weight.requires_grad)
    single = x.dtype == weight.dtype == torch.float32 and not torch.is_autocast_enabled("cpu")
    if tracked or not single or x.device.type != "cpu" or torch.compiler.is_compiling():
        return False
    height, width = x.shape[3:]
    return x.shape[1] >= LEAST_CHANNELS and min(height, width) >= LEAST_SIDE


def _has_channels_last(x: Tensor) -> bool:
    return x.is_contiguous(memory_format=torch.channels_last_3d) and not x.is_contiguous()


def _given(bias: Tensor | None) -> Tensor:
    if bias is None:
        raise ValueError("a same-padded convolution has a bias")
    return bias.detach()
