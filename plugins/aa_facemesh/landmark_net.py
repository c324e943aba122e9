"""The landmark network as differentiable mathematics: a face to 478 points and what it saw.

The same network that ``nets`` runs through LiteRT: six stages of bottlenecks, each at half the side
of the one before. Letters: B batch, C channels.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import max_pool2d, pad

from aa_facemesh.constants import CONVOLUTION, DEPTHWISE, PRELU, Weighted, weighted_operators
from aa_facemesh.nets import LANDMARKS, content
from avatarartist_core.data import Floats
from avatarartist_core.errors import WeightsError

SIDE = 256
POINTS = 478

_STAGES = ((16, 8, 4), (32, 16, 4), (64, 32, 4), (128, 64, 4), (128, 64, 4), (128, 64, 4))
"""Channels, channels inside a bottleneck, and bottlenecks, from side 128 down to 4."""

_LAST = (128, 64, 4)


class Bottleneck(nn.Module):
    """Adds what a few channels see in a 3 x 3 neighbourhood.

    Args:
        channels: it gives.
        inner: it looks with.
        incoming: channels it takes; None: as many as it gives.
        halves: halve the side; new channels start empty.
    """

    def __init__(
        self, channels: int, inner: int, incoming: int | None = None, *, halves: bool = False
    ) -> None:
        super().__init__()
        incoming = channels if incoming is None else incoming
        self.halves = halves
        self.more = channels - incoming
        step = 2 if halves else 1
        self.inwards = nn.Conv2d(incoming, inner, step, stride=step)
        self.bend = nn.PReLU(inner)
        self.look = nn.Conv2d(inner, inner, 3, padding=1, groups=inner)
        self.outwards = nn.Conv2d(inner, channels, 1)
        self.bend_sum = nn.PReLU(channels)

    def forward(self, features: Tensor) -> Tensor:
        """(B, C, H, H) to (B, C', H or H / 2, ...)."""
        seen = self.outwards(self.look(self.bend(self.inwards(features))))
        if self.halves:
            features = pad(max_pool2d(features, 2), (0, 0, 0, 0, 0, self.more))
        return self.bend_sum(features + seen)


class LandmarkNet(nn.Module):
    """A face in a square to its landmarks."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, _STAGES[0][0], 3, stride=2)
        self.bend = nn.PReLU(_STAGES[0][0])
        self.stages = nn.ModuleList()
        before = 0
        for channels, inner, count in (*_STAGES, _LAST):
            blocks = [Bottleneck(channels, inner) for _ in range(count)]
            if before:
                blocks.insert(0, Bottleneck(channels, inner, before, halves=True))
            self.stages.append(nn.Sequential(*blocks))
            before = channels
        self.unread = nn.Conv2d(
            before, 1, 2
        )  # a third head, of which LiteRT callers take no notice
        self.presence = nn.Conv2d(before, 1, 2)
        self.points = nn.Conv2d(before, 3 * POINTS, 2)

    def levels(self, faces: Tensor) -> list[Tensor]:
        """Return what each stage sees, side 128 to 2.

        Args:
            faces: (B, 3, 256, 256) in [0, 1].
        """
        features = self.bend(self.stem(pad(faces, (0, 1, 0, 1))))
        seen = []
        for stage in self.stages:
            features = stage(features)
            seen.append(features)
        return seen

    def forward(self, faces: Tensor) -> Tensor:
        """Return (B, 478, 3) landmarks in pixels from the corner of the first pixel.

        Args:
            faces: (B, 3, 256, 256) in [0, 1].
        """
        points: Tensor = self.points(self.levels(faces)[-1])
        return points.reshape(-1, POINTS, 3)


def shipped_landmark_net() -> LandmarkNet:
    """Read the network that ships with this package; frozen.

    Raises:
        WeightsError: the file holds another network.
    """
    net = LandmarkNet()
    ours = [each for each in net.modules() if isinstance(each, nn.Conv2d | nn.PReLU)]
    theirs = list(weighted_operators(content(LANDMARKS)))
    if [_code(each) for each in ours] != [operator.code for operator in theirs]:
        raise WeightsError(
            f"{LANDMARKS} in aa_facemesh holds another network than the one this version knows",
            hint="Install avatarartist again. More: aa doctor",
        )
    with torch.no_grad():
        for module, operator in zip(ours, theirs, strict=True):
            for parameter, values in zip(module.parameters(), _values(operator), strict=True):
                parameter.copy_(torch.from_numpy(values))
    return net.eval().requires_grad_(False)


def _values(operator: Weighted) -> list[Floats]:
    """Lay weights out as torch does."""
    if operator.code == PRELU:
        return [operator.weights[0].ravel()]
    kernel, offset = operator.weights
    # TFLite: (out, rows, columns, in), and (1, rows, columns, channels) depthwise.
    order = (3, 0, 1, 2) if operator.code == DEPTHWISE else (0, 3, 1, 2)
    return [np.ascontiguousarray(kernel.transpose(order)), offset]


def _code(module: nn.Module) -> int:
    if isinstance(module, nn.PReLU):
        return PRELU
    return DEPTHWISE if isinstance(module, nn.Conv2d) and module.groups > 1 else CONVOLUTION
