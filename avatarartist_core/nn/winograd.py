"""Fast same-padded 3-D convolutions on a CPU: a quarter of the products, the same sums.

Letters: B batch, C channels in, D channels out, P planes, H, W. Results come with their channels
last in memory, which is what the next convolution likes best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from avatarartist_core.compiled import place_compiled_code
from avatarartist_core.nn.plane_taps import PlaneProducts, products_of_four, products_of_three
from avatarartist_core.nn.workers import Workers

place_compiled_code()

from avatarartist_core.nn import winograd_kernels as kernels  # noqa: E402 - after its place

BAND = 1 << 18
"""Tiles times channels that are worked on at once: their points take 36 floats each."""

KEPT = 1 << 27
"""Floats of filters at the points that are kept from band to band; more are made again, and the
bands are larger."""

SUMMED = 128
"""Channels that are summed up at once."""

TILE, SQUARE = kernels.TILE, kernels.POINTS**2

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Filters:
    """Filters of a correlation in H and W and the products it takes along the planes.

    Attributes:
        taps: (K, 3, 3, C, D), or (K, 3, 3, D, C) where ``outputs_first``.
        outputs_first: which of the two it is.
        plan: products along the planes.
    """

    taps: Floats
    outputs_first: bool
    plan: PlaneProducts

    @property
    def inputs(self) -> int:
        """C."""
        return self.taps.shape[4 if self.outputs_first else 3]

    @property
    def outputs(self) -> int:
        """D."""
        return self.taps.shape[3 if self.outputs_first else 4]


def convolve(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Correlate (B, C, P, H, W) with weight (D, C, 3, 3, 3): (B, D, P, H, W)."""
    outputs, inputs = weight.shape[:2]
    taps = weight.reshape(outputs * inputs, 27).t().reshape(3, 3, 3, outputs, inputs)
    filters = Filters(taps.numpy(), True, products_of_three(x.shape[2]))
    last = x.permute(0, 2, 3, 4, 1)
    return _correlate(last, filters, bias, x.shape[3:], start=-1).permute(0, 4, 1, 2, 3)


def convolve_down(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Correlate (B, C, P, H, W) with weight (D, C, 4, 4, 4) at every other row and column.

    Even and odd rows and columns of the padded input are 4 C channels of half the size, and the
    4 taps are 2 in each.
    """
    outputs, inputs = weight.shape[:2]
    taps = weight.new_zeros(4, 3, 3, outputs, 4, inputs)
    tall = weight.permute(2, 3, 4, 0, 1)  # (4, 4, 4, D, C)
    for phase in range(4):
        taps[:, :2, :2, :, phase] = tall[:, phase // 2 :: 2, phase % 2 :: 2]
    flat = taps.view(4, 3, 3, outputs, 4 * inputs).numpy()
    filters = Filters(flat, True, products_of_four(x.shape[2]))
    size = (x.shape[3] // 2, x.shape[4] // 2)
    return _correlate(_phases(x), filters, bias, size, start=0).permute(0, 4, 1, 2, 3)


def convolve_up(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Transposed convolution of (B, C, P, H, W) with weight (C, D, 4, 4, 4): (B, D, P, 2 H, 2 W).

    Even and odd rows and columns of the result are 4 D channels of the input's size, and each
    sees 2 of the 4 taps.
    """
    inputs, outputs = weight.shape[:2]
    taps = weight.new_zeros(4, 3, 3, inputs, 4, outputs)
    tall = weight.permute(2, 3, 4, 0, 1).flip(0, 1, 2)  # a transposed convolution turns its taps
    for phase in range(4):
        i, j = phase // 2, phase % 2
        taps[:, i : i + 2, j : j + 2, :, phase] = tall[:, i::2, j::2]
    flat = taps.view(4, 3, 3, inputs, 4 * outputs).numpy()
    filters = Filters(flat, False, products_of_four(x.shape[2]))
    last = x.permute(0, 2, 3, 4, 1)
    out = _correlate(last, filters, bias.repeat(4), x.shape[3:], start=-1)
    batch, planes, height, width = out.shape[:4]
    apart = out.view(batch, planes, height, width, 2, 2, outputs).transpose(3, 4)
    grown = apart.reshape(batch, planes, 2 * height, 2 * width, outputs)
    return grown.permute(0, 4, 1, 2, 3)


def _phases(x: Tensor) -> Tensor:
    """Pad (B, C, P, H, W) by one and part it into (B, P, H / 2 + 1, W / 2 + 1, 4 C)."""
    batch, channels, planes, height, width = x.shape
    padded = F.pad(x, (1, 1, 1, 1, 0, 0), mode="replicate").permute(0, 2, 3, 4, 1)
    rows, columns = height // 2 + 1, width // 2 + 1
    apart = padded.reshape(batch, planes, rows, 2, columns, 2, channels).transpose(3, 4)
    return apart.reshape(batch, planes, rows, columns, 4 * channels)


def _correlate(
    x: Tensor, filters: Filters, bias: Tensor, size: Sequence[int], start: int
) -> Tensor:
    """Correlate (B, P, H, W, C) to (B, P, *size, D); ``start`` is where the first tap of 3 lies."""
    height, width = size
    out = torch.empty(*x.shape[:2], height, width, filters.outputs)
    tiles, rows = -(-width // TILE), -(-height // TILE)
    widest = max(filters.inputs, filters.outputs)
    keeps = len(filters.plan.read) * SQUARE * filters.inputs * filters.outputs <= KEPT
    band = min(rows, max(1, (BAND if keeps else 4 * BAND) // (tiles * widest)))
    firsts = range(0, TILE * rows, TILE * band)
    keeps = keeps and len(x) * len(firsts) > 1
    with Workers() as workers:
        band_of_tiles = _Band(filters, tiles, band, workers, keeps)
        for item, first in product(range(len(x)), firsts):
            found = band_of_tiles.products(x[item].contiguous().numpy(), start, first)
            write, to = _single(filters.plan.write), out[item].numpy()
            workers.share(TILE * band, kernels.to_planes, found, write, bias.numpy(), first, to)
    return out


class _Band:
    """Room for the tiles of a band of rows, and the work on them."""

    def __init__(
        self, filters: Filters, tiles: int, rows: int, workers: Workers, keeps_filters: bool
    ) -> None:
        inputs, outputs = filters.inputs, filters.outputs
        self._filters, self._tiles, self._rows, self._workers = filters, tiles, rows, workers
        self._read = _single(filters.plan.read)
        self._mixed = torch.empty(TILE * rows + 2, TILE * tiles + 2, inputs)
        self._given = torch.empty(SQUARE, rows * tiles, inputs)
        self._found = torch.empty(SQUARE, rows * tiles, outputs)
        self._products = torch.empty(len(self._read), TILE * rows, TILE * tiles, outputs)
        self._at_points: dict[int, Tensor] = {}
        self._keeps_filters = keeps_filters
        self._room = torch.empty(0)

    def products(self, x: Floats, start: int, first: int) -> Floats:
        """Correlate every sum of planes of (P, H, W, C): (M, 4 R, 4 S, D)."""
        share, rows, tiles = self._workers.share, self._rows, self._tiles
        mixed, given, found = self._mixed.numpy(), self._given.numpy(), self._found.numpy()
        for m, one in enumerate(self._products.numpy()):
            share(len(mixed), kernels.mix_planes, x, self._read[m], start, first, mixed)
            share(rows, kernels.to_points, mixed, tiles, given)
            _multiply(self._given, self._filter(m), self._found)
            share(rows, kernels.from_points, found, tiles, one)
        return self._products.numpy()

    def _filter(self, m: int) -> Tensor:
        """Return the filters of a product at the points: (36, C, D)."""
        filters = self._filters
        if m in self._at_points:
            points = self._at_points[m]
        else:
            if self._keeps_filters or not self._room.numel():
                self._room = torch.empty(SQUARE, *filters.taps.shape[3:])
            points = self._room
            along = _single(filters.plan.taps[m])
            flat = filters.taps.reshape(len(along), 3, 3, -1)
            table, to = kernels.FILTER, points.view(SQUARE, -1).numpy()
            self._workers.share(flat.shape[-1], kernels.filter_points, flat, along, table, to)
            if self._keeps_filters:
                self._at_points[m] = points
        return points.transpose(1, 2) if filters.outputs_first else points


def _multiply(points: Tensor, filters: Tensor, out: Tensor) -> None:
    """Multiply (36, T, C) with (36, C, D), a few channels at a time.

    Interpolation makes the rounding errors of these sums several times larger, and a long sum
    has larger ones than short sums added up.
    """
    for begin in range(0, points.shape[2], SUMMED):
        part = slice(begin, begin + SUMMED)
        if begin == 0:
            torch.bmm(points[:, :, part], filters[:, part], out=out)
        else:
            torch.baddbmm(out, points[:, :, part], filters[:, part], out=out)


def _single(matrix: NDArray[Any]) -> Floats:
    return np.ascontiguousarray(matrix, np.float32)
