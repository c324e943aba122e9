"""Resample feature maps with the binomial filter [1, 3, 3, 1].

Letters: B batch, C channels, H rows, W columns.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

TAPS = (1.0, 3.0, 3.0, 1.0)


def fir_kernel(like: Tensor) -> Tensor:
    """Return the normalised 4x4 filter (sum 1) in the type and on the device of a tensor."""
    taps = torch.tensor(TAPS, dtype=torch.float32, device=like.device) / sum(TAPS)
    return torch.outer(taps, taps).to(like.dtype)


def upfirdn(
    x: Tensor,
    kernel: Tensor,
    *,
    up: int = 1,
    down: int = 1,
    padding: Sequence[int] = (0, 0, 0, 0),
    gain: float = 1.0,
) -> Tensor:
    """Insert zeros, pad or crop, filter, and keep every ``down``-th sample.

    Args:
        x: (B, C, H, W).
        kernel: (K, K) filter, applied as a convolution (flipped).
        up: ``up - 1`` zeros follow every sample of both axes.
        down: step between the samples kept.
        padding: left, right, top, bottom, in samples after insertion; negative numbers crop.
        gain: factor on the result.

    Returns:
        (B, C, (H * up + top + bottom - K) // down + 1, the same for W)
    """
    B, C, H, W = x.shape
    if up > 1:
        x = functional.pad(x.reshape(B, C, H, 1, W, 1), (0, up - 1, 0, 0, 0, up - 1))
        x = x.reshape(B, C, H * up, W * up)
    x = functional.pad(x, tuple(padding))
    weight = (kernel.flip(0, 1) * gain).to(x.dtype).expand(C, 1, *kernel.shape)
    return functional.conv2d(x, weight, stride=down, groups=C)


def upsample(x: Tensor) -> Tensor:
    """Double both sides of (B, C, H, W) with the filter; zeros lie outside.

    The filter at twice the rate weighs the two nearest samples 3:1, which is bilinear
    interpolation between the zero-bordered samples.
    """
    wide = functional.interpolate(
        functional.pad(x, (1, 1, 1, 1)), scale_factor=2, mode="bilinear", align_corners=False
    )
    return wide[..., 2:-2, 2:-2]


def downsample(x: Tensor, factor: int = 2) -> Tensor:
    """Divide both sides of (B, C, H, W) by ``factor``; 1 leaves the map alone.

    The filter keeps its four taps whatever the factor (spec 2.4 relies on the aliasing), so for
    factors above 4 the borders are cropped.
    """
    if factor == 1:
        return x
    before, after = (len(TAPS) - factor + 1) // 2, (len(TAPS) - factor) // 2
    return upfirdn(x, fir_kernel(x), down=factor, padding=(before, after, before, after))


def smooth(x: Tensor, *, before: int, after: int, gain: float = 1.0) -> Tensor:
    """Filter (B, C, H, W) at its own rate after padding both axes with zeros."""
    return upfirdn(x, fir_kernel(x), padding=(before, after, before, after), gain=gain)
