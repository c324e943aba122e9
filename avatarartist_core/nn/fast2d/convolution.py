"""Fast 3 x 3 convolutions of pictures on a CPU, prepared once for a kernel that stays the same.

Letters: B batch, C channels in, D channels out, H rows, W columns. Results come with channels last
in memory, which is what the next convolution likes best.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from avatarartist_core.compiled import place_compiled_code

place_compiled_code()

from avatarartist_core.nn import winograd_kernels  # noqa: E402 - after its place
from avatarartist_core.nn.fast2d import kernels  # noqa: E402

BAND = 1 << 17
"""Tiles times channels worked on at once, so that their points stay in the cache."""

STRIP = 1 << 22
"""Products of a doubling convolution worked on at once."""

TILE, POINTS = winograd_kernels.TILE, winograd_kernels.POINTS
SQUARE = POINTS**2

Floats = NDArray[np.float32]
NOTHING = np.zeros((0, 0), np.float32)


@dataclass(frozen=True, eq=False)
class Finish:
    """What follows a convolution: ``clip(lrelu(y + noise + bias) * gain)``.

    Attributes:
        bias: (D,) or None.
        slope: of negative values; 1 bends nothing.
        gain: positive factor.
        clamp: largest magnitude, or None.
    """

    bias: Tensor | None = None
    slope: float = 1.0
    gain: float = 1.0
    clamp: float | None = None

    @property
    def bend(self) -> tuple[float, float, float]:
        """Gain above zero, gain below zero, largest magnitude."""
        largest = math.inf if self.clamp is None else self.clamp
        return (self.gain, self.gain * self.slope, largest)

    def bias_of(self, channels: int) -> Floats:
        """Return the bias, zeros where there is none."""
        if self.bias is None:
            return np.zeros(channels, np.float32)
        return self.bias.detach().float().contiguous().numpy()


class FastConv:
    """A 3 x 3 correlation with zero borders: a quarter of the products.

    Args:
        weight: (D, C, 3, 3) float32 on the CPU.
        finish: what follows.
    """

    def __init__(self, weight: Tensor, finish: Finish | None = None) -> None:
        self.finish = finish or Finish()
        D, C = weight.shape[:2]
        self.inputs, self.outputs = C, D
        taps = weight.detach().permute(2, 3, 1, 0).reshape(1, 3, 3, C * D).contiguous()
        self.points = torch.empty(SQUARE, C, D)
        one = np.ones(1, np.float32)
        to = self.points.view(SQUARE, -1).numpy()
        table = winograd_kernels.FILTER
        winograd_kernels.filter_points(taps.numpy(), one, table, to, 0, C * D)
        self.bias = self.finish.bias_of(D)

    def __call__(self, x: Tensor | Sequence[Tensor], noise: Tensor | None = None) -> Tensor:
        """Correlate.

        Args:
            x: (B, C, H, W), or several whose channels follow one another.
            noise: (B or 1, 1, H, W).

        Returns:
            (B, D, H, W)
        """
        parts = [x] if isinstance(x, Tensor) else list(x)
        B, _, H, W = parts[0].shape
        lasts = [part.permute(0, 2, 3, 1).contiguous() for part in parts]
        places = list(accumulate((last.shape[3] for last in lasts), initial=0))
        out = torch.empty(B, H, W, self.outputs)
        tiles, rows = -(-W // TILE), -(-H // TILE)
        band = min(rows, max(1, BAND // (tiles * max(self.inputs, self.outputs))))
        given = torch.empty(SQUARE, band * tiles, self.inputs)
        found = torch.empty(SQUARE, band * tiles, self.outputs)
        with Workers(torch.get_num_threads()) as workers:
            for item in range(B):
                to, level = out[item].numpy(), noise_of(noise, item)
                for row in range(0, rows, band):
                    count, first = min(band, rows - row), TILE * row
                    for last, place in zip(lasts, places, strict=False):
                        workers.share(
                            count, kernels.picture_to_points, last[item].numpy(), first, tiles,
                            place, given.numpy(),
                        )  # fmt: skip
                    torch.bmm(given, self.points, out=found)
                    workers.share(
                        count, kernels.points_to_picture, found.numpy(), tiles, self.bias, level,
                        self.finish.bend, first, to,
                    )  # fmt: skip
        return out.permute(0, 3, 1, 2)


class FastDoubling:
    """A convolution that doubles both sides, smoothed with [1, 3, 3, 1] (spec 4.4).

    Args:
        weight: (D, C, 3, 3) float32 on the CPU, applied as a true convolution.
        finish: what follows.
    """

    def __init__(self, weight: Tensor, finish: Finish | None = None) -> None:
        self.finish = finish or Finish()
        D, C = weight.shape[:2]
        self.outputs = D
        self.taps = weight.detach().permute(1, 2, 3, 0).reshape(C, 9 * D).contiguous()
        self.bias = self.finish.bias_of(D)

    def __call__(self, x: Tensor, noise: Tensor | None = None) -> Tensor:
        """Convolve (B, C, H, W), with noise (B or 1, 1, 2 H, 2 W): (B, D, 2 H, 2 W)."""
        B, _, H, W = x.shape
        D = self.outputs
        last = x.permute(0, 2, 3, 1).contiguous()
        out = torch.empty(B, 2 * H, 2 * W, D)
        strip = min(H, max(1, STRIP // (W * 9 * D)))
        products = torch.empty(strip + 2, W, 9 * D)
        shaped = products.view(strip + 2, W, 3, 3, D).numpy()
        with Workers(torch.get_num_threads()) as workers:
            for item in range(B):
                to, level = out[item].numpy(), noise_of(noise, item)
                products[:2] = 0
                self._multiply(last[item, :1], products[1:2])
                for first in range(0, H, strip):
                    count = min(strip, H - first)
                    ahead = last[item, first + 1 : first + 1 + count]
                    self._multiply(ahead, products[2 : 2 + len(ahead)])
                    products[2 + len(ahead) :] = 0
                    workers.share(
                        count, kernels.products_to_double, shaped, self.bias, level,
                        self.finish.bend, first, to,
                    )  # fmt: skip
                    products[:2] = products[count : count + 2].clone()
        return out.permute(0, 3, 1, 2)

    def _multiply(self, rows: Tensor, products: Tensor) -> None:
        if len(rows):
            torch.mm(
                rows.reshape(-1, rows.shape[-1]),
                self.taps,
                out=products.view(-1, products.shape[-1]),
            )


class FastHalving:
    """A convolution that smooths with [1, 3, 3, 1] and halves both sides (spec 4.4).

    Args:
        weight: (D, C, 3, 3) float32 on the CPU.
        finish: what follows.
    """

    def __init__(self, weight: Tensor, finish: Finish | None = None) -> None:
        self.finish = finish or Finish()
        # The bend keeps positive factors: what is scaled before needs no pass of its own after.
        scaled = weight.detach() * self.finish.gain
        self.weight = scaled.contiguous(memory_format=torch.channels_last)
        bias = self.finish.bias
        self.bias = None if bias is None else bias.detach() * self.finish.gain

    def __call__(self, x: Tensor, noise: Tensor | None = None) -> Tensor:
        """Convolve (B, C, H, W), with noise (B or 1, 1, H / 2, W / 2): (B, D, H / 2, W / 2)."""
        y = functional.conv2d(smooth_padded(x), self.weight, self.bias, stride=2)
        if noise is not None:
            y += noise * self.finish.gain
        if self.finish.slope != 1:
            y = functional.leaky_relu_(y, self.finish.slope)
        largest = self.finish.clamp
        return y if largest is None else y.clamp_(-largest, largest)


def smooth_padded(x: Tensor) -> Tensor:
    """Filter (B, C, H, W) after padding by two zeros: (B, C, H + 1, W + 1), channels last."""
    B, C, H, W = x.shape
    last = x.permute(0, 2, 3, 1).contiguous()
    out = torch.empty(B, H + 1, W + 1, C)
    with Workers(torch.get_num_threads()) as workers:
        for source, to in zip(last.numpy(), out.numpy(), strict=True):
            workers.share(H + 1, kernels.smooth_padded, source, to)
    return out.permute(0, 3, 1, 2)


def noise_of(noise: Tensor | None, item: int) -> Floats:
    """Return the (H, W) noise of a sample, or nothing."""
    if noise is None:
        return NOTHING
    return noise[item if len(noise) > 1 else 0, 0].detach().contiguous().numpy()


class Workers(ThreadPoolExecutor):
    """Threads that share a range; compiled loops let go of the interpreter."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self._count = count

    def share(self, size: int, kernel: Callable[..., None], *given: Any) -> None:
        """Call ``kernel(*given, begin, end)`` for parts of ``range(size)``."""
        if self._count == 1:
            kernel(*given, 0, size)
            return
        edges = [size * part // self._count for part in range(self._count + 1)]
        parts = [(begin, end) for begin, end in pairwise(edges) if begin < end]
        for done in [self.submit(kernel, *given, *part) for part in parts]:
            done.result()
