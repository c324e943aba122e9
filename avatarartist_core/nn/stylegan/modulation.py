"""Convolutions whose kernels are scaled by a style.

Letters: B batch, I channels in, O channels out, K kernel side, H rows, W columns.
"""

import torch
from torch import Tensor

from avatarartist_core.nn.stylegan.layers import resampling_conv

EPSILON = 1e-8


def modulated_weight(weight: Tensor, styles: Tensor, *, demodulate: bool = True) -> Tensor:
    """Scale a kernel by styles: ``w' = w s``, then ``w' / sqrt(sum w'^2 + 1e-8)`` per output.

    Args:
        weight: (O, I, K, K).
        styles: (B, I).
        demodulate: whether outputs are brought back to unit variance.

    Returns:
        (B, O, I, K, K)
    """
    kernels = weight[None] * styles[:, None, :, None, None]
    if demodulate:
        kernels = kernels * (kernels.square().sum((2, 3, 4), keepdim=True) + EPSILON).rsqrt()
    return kernels


def modulated_conv(
    x: Tensor, weight: Tensor, styles: Tensor, *, demodulate: bool = True, up: int = 1
) -> Tensor:
    """Convolve every sample with its own scaled kernel.

    One shared style scales the kernel; several scale the features before and after one shared
    convolution, which equals a convolution per sample and keeps it a single dense one.

    Args:
        x: (B, I, H, W).
        weight: (O, I, K, K).
        styles: (B, I), or (1, I) for all samples.
        demodulate: whether outputs are brought back to unit variance.
        up: 2 doubles the sides.

    Returns:
        (B, O, H * up, W * up)
    """
    precise = torch.promote_types(x.dtype, torch.float32)
    weight, styles = weight.to(precise), styles.to(precise)
    if demodulate and x.dtype == torch.float16:
        # Equal up to epsilon, but intermediate values stay inside the range of half precision.
        weight = weight / weight.abs().amax((1, 2, 3), keepdim=True) / weight[0].numel() ** 0.5
        styles = styles / styles.abs().amax(1, keepdim=True)
    if len(styles) == 1:
        kernel = modulated_weight(weight, styles, demodulate=demodulate)[0]
        return resampling_conv(x, kernel.to(x.dtype), up=up)
    y = resampling_conv(x * styles.to(x.dtype)[:, :, None, None], weight.to(x.dtype), up=up)
    if not demodulate:
        return y
    energy = styles.square() @ weight.square().sum((2, 3)).T
    return y * (energy + EPSILON).rsqrt().to(x.dtype)[:, :, None, None]
