"""The composed planes, read as a stack of three neighbours by 3-D convolutions.

Letters: B batch, C channels of a plane, R plane side, P planes, K taps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from avatarartist_core.nn.conv3d import NormSilu, ResBlock3d, SameConv3d

PLANES = 3
MARGIN = 4
"""Texels around a change that its effect on the stem stays within; keeps sides even too."""

Window = tuple[slice, slice]


@dataclass(frozen=True, eq=False)
class StaticPlanes:
    """What the encoder remembers of an avatar's planes, of which a frame changes a window.

    Attributes:
        front: (B, C, R, R) the static front plane.
        stem: (B, widths[1], 3, R / 2, R / 2) the first two convolutions' result for all planes.
        window: rows and columns of the front plane that frames change.
    """

    front: Tensor
    stem: Tensor
    window: Window


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

    def forward(self, planes: Tensor, static: StaticPlanes | None = None) -> Tensor:
        """Encode.

        Args:
            planes: (B, 3, C, R, R) front, top and side plane.
            static: what is remembered of planes that differ in the front window only.

        Returns:
            (B, 3 * widths[-1], R / 4, R / 4), each channel's three planes side by side.
        """
        x = self.stem(planes) if static is None else self.changed_stem(planes[:, 0], static)
        x = self.refine_half(x)
        x = self.refine_quarter(self.quarter(x))
        return self.last(self.norm(x)).flatten(1, 2)

    def remember(self, planes: Tensor, window: Window) -> StaticPlanes:
        """Keep what (B, 3, C, R, R) planes share with all that differ in the front window only."""
        return StaticPlanes(planes[:, 0], self.stem(planes), window)

    def stem(self, planes: Tensor) -> Tensor:
        """Convolve (B, 3, C, R, R) to (B, widths[1], 3, R / 2, R / 2); nothing bends in between."""
        return self.halve(self.first(planes.transpose(1, 2)))

    def changed_stem(self, front: Tensor, static: StaticPlanes) -> Tensor:
        """Return the stem with another (B, C, R, R) front plane.

        Both convolutions are linear, so the change of the front plane goes through them alone: to
        two planes by the first, to all three by the second.
        """
        rows, columns = (_wider(each, front.shape[-1]) for each in static.window)
        change = (front - static.front)[..., rows, columns]
        first, second = self.change_filters()
        change = F.conv2d(F.pad(change, (1, 1, 1, 1), mode="replicate"), first)
        change = F.conv2d(F.pad(change, (1, 1, 1, 1), mode="replicate"), second, stride=2)
        stem = static.stem.expand(len(front), -1, -1, -1, -1).clone()
        change = change.reshape(len(front), -1, PLANES, *change.shape[2:])
        stem[..., _halved(rows), _halved(columns)] += change
        return stem

    def change_filters(self) -> tuple[Tensor, Tensor]:
        """Return both convolutions from the front plane on, as filters of pictures.

        The channels between are two planes of ``widths[0]``; those of the result go plane by plane
        within each of ``widths[1]``.
        """
        first, second = self.first.weight, self.halve.weight
        near = torch.einsum("pk,dckij->pdcij", _reach(3, first)[:2, :, 0], first)
        far = torch.einsum("pks,dckij->dpscij", _reach(4, second)[:, :, :2], second)
        return near.flatten(0, 1), far.flatten(2, 3).flatten(0, 1)


def _reach(taps: int, like: Tensor) -> Tensor:
    """Tell which plane each tap of each plane reads: (P, K, P) of 0 and 1, ends replicated."""
    place = torch.arange(PLANES)[:, None] + torch.arange(taps) - taps // 2
    return F.one_hot(place.clamp(0, PLANES - 1), PLANES).to(like)


def _wider(window: slice, side: int) -> slice:
    start, stop = window.start - MARGIN, window.stop + MARGIN
    return slice(max(0, start - start % 2), min(side, stop + stop % 2))


def _halved(window: slice) -> slice:
    return slice(window.start // 2, window.stop // 2)
