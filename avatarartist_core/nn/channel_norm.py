"""Group norm of stacks that hold their channels last in memory, on a CPU.

The framework's own gets the variance of such stacks as a difference of two large single-precision
sums, which costs two digits (relative errors of 1e-5); here the sums are double.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from avatarartist_core.compiled import place_compiled_code
from avatarartist_core.nn.workers import Workers

place_compiled_code()

from numba import njit  # noqa: E402 - after its place


def group_norm(x: Tensor, groups: int, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    """Normalise (B, C, P, H, W), channels last in memory, over P, H, W and each group of C."""
    batch, channels = x.shape[:2]
    texels = x.permute(0, 2, 3, 4, 1).reshape(batch, -1, channels)
    sums = np.zeros((batch, 2, channels))
    with Workers() as workers:
        for item, found in zip(texels.numpy(), sums, strict=True):
            workers.share(channels, add_up, item, found)
    count = texels.shape[1] * (channels // groups)
    mean, square = torch.from_numpy(sums).view(batch, 2, groups, -1).sum(3).div(count).unbind(1)
    inverse = (square - mean.square()).clamp(min=0).add(epsilon).rsqrt()
    scale = inverse.repeat_interleave(channels // groups, dim=1) * weight.double()
    shift = bias.double() - mean.repeat_interleave(channels // groups, dim=1) * scale
    around = (batch, channels, 1, 1, 1)
    return torch.addcmul(shift.float().view(around), x, scale.float().view(around))


@njit(cache=True, nogil=True, fastmath=True)  # type: ignore[untyped-decorator]
def add_up(texels: NDArray[np.float32], sums: NDArray[np.float64], begin: int, end: int) -> None:
    """Add up the values and their squares of some channels.

    Args:
        texels: (N, C).
        sums: (2, C): sums and sums of squares, added to.
        begin: first channel to do.
        end: channel after the last to do.
    """
    total, squares = sums[0, begin:end], sums[1, begin:end]
    for n in range(texels.shape[0]):
        row = texels[n, begin:end]
        for c in range(row.size):
            total[c] += np.float64(row[c])
        for c in range(row.size):
            squares[c] += np.float64(row[c]) * np.float64(row[c])
