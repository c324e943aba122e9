"""PD-FGC's motion network: a face alignment network whose heat maps are read as motion.

The backbone is FAN (Bulat and Tzimiropoulos 2017) with one hourglass; four small heads tell mouth,
head pose, eyes and emotion apart (PD-FGC, Wang et al. 2023). B batch.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

EYE, EMOTION, MOUTH, POSE = 6, 30, 512, 6
LENGTH = EYE + EMOTION + MOUTH
"""548: what the renderer is told; the head pose is dropped."""

_WIDTH, _POINTS, _FEATURES, _DEPTH, _MAP = 256, 68, 512, 4, 28
_NORMAL = 500  # of the mouth embedding, which nothing here reads


class Residual(nn.Module):
    """FAN's block: three 3 x 3 convolutions whose outputs lie side by side, added to the input."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        widths = (before, after // 2, after // 4, after // 4)
        self.norms = nn.ModuleList([nn.BatchNorm2d(width) for width in widths[:3]])
        self.convs = nn.ModuleList(
            [
                nn.Conv2d(one, next_one, 3, padding=1, bias=False)
                for one, next_one in pairwise(widths)
            ]
        )
        self.shortcut = (
            nn.Sequential(
                nn.BatchNorm2d(before), nn.ReLU(), nn.Conv2d(before, after, 1, bias=False)
            )
            if before != after
            else nn.Identity()
        )

    def forward(self, x: Tensor) -> Tensor:
        """Turn (B, before, H, W) into (B, after, H, W)."""
        outputs, current = [], x
        for norm, conv in zip(self.norms, self.convs, strict=True):
            current = conv(F.relu(norm(current)))
            outputs.append(current)
        return torch.cat(outputs, 1) + self.shortcut(x)


class Hourglass(nn.Module):
    """One scale and, inside it, the coarser ones."""

    def __init__(self, depth: int) -> None:
        super().__init__()
        self.beside = Residual(_WIDTH, _WIDTH)
        self.down = Residual(_WIDTH, _WIDTH)
        self.inner: nn.Module = Hourglass(depth - 1) if depth > 1 else Residual(_WIDTH, _WIDTH)
        self.up = Residual(_WIDTH, _WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        """Refine (B, 256, H, W) with what is seen at half the size."""
        coarse = self.up(self.inner(self.down(F.max_pool2d(x, 2))))
        grown = F.interpolate(coarse, x.shape[-2:], mode="bilinear", align_corners=False)
        return self.beside(x) + grown


class Backbone(nn.Module):
    """Picture to 512 features, by way of 68 heat maps."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 64, 7, 2, 3)
        self.first_norm = nn.BatchNorm2d(64)
        self.blocks = nn.ModuleList([Residual(64, 128), Residual(128, 128), Residual(128, _WIDTH)])
        self.hourglass = Hourglass(_DEPTH)
        self.top = Residual(_WIDTH, _WIDTH)
        self.last = nn.Conv2d(_WIDTH, _WIDTH, 1)
        self.last_norm = nn.BatchNorm2d(_WIDTH)
        self.heat = nn.Conv2d(_WIDTH, _POINTS, 1)
        self.heat_norm = nn.BatchNorm2d(_POINTS)
        self.one_map = nn.Conv2d(_POINTS, 1, 3, 2, 1)
        self.features = nn.Linear(_MAP * _MAP, _FEATURES)

    def forward(self, pictures: Tensor) -> Tensor:
        """Read (B, 3, 224, 224) in [-1, 1]; returns (B, 512)."""
        x = F.relu(self.first_norm(self.first(pictures)))
        first, *others = self.blocks
        x = F.max_pool2d(first(x), 2)
        for block in others:
            x = block(x)
        x = self.last_norm(self.last(self.top(self.hourglass(x))))
        heat = F.relu(self.heat_norm(self.heat(F.relu(x))))
        return self.features(F.relu(self.one_map(heat).flatten(1)))


class Head(nn.Module):
    """A two-layer perceptron, and a projection of its output."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.hidden = nn.Sequential(
            nn.Linear(_FEATURES, _FEATURES),
            nn.ReLU(),
            nn.BatchNorm1d(_FEATURES),
            nn.Linear(_FEATURES, _FEATURES),
        )
        self.project = nn.Linear(_FEATURES, size)

    def forward(self, features: Tensor) -> Tensor:
        """Turn (B, 512) into (B, size)."""
        return self.project(F.relu(self.hidden(features)))


class MotionNetwork(nn.Module):
    """Aligned faces to the 548 numbers that say how they move; use it in evaluation mode."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = Backbone()
        self.mouth = Head(_NORMAL)
        self.pose = Head(POSE)
        self.eye = Head(EYE)
        self.emotion = Head(EMOTION)

    def forward(self, pictures: Tensor) -> Tensor:
        """Read (B, 3, 224, 224) in [-1, 1]; returns (B, 548): eye 6, emotion 30, mouth 512.

        The mouth is the head's hidden output, before its projection.
        """
        features = self.backbone(pictures)
        parts = [self.eye(features), self.emotion(features), self.mouth.hidden(features)]
        return torch.cat(parts, 1)
