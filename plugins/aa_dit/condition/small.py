"""A small condition that is trained with the transformer, of the published one's interface."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from aa_dit.condition.interface import Features, ImageCondition, Pixels
from aa_dit.config import ConditionShape, TowerShape


class SmallTower(nn.Module):
    """A vision transformer of a few blocks."""

    def __init__(self, shape: TowerShape) -> None:
        super().__init__()
        width = shape.width
        self.patches = nn.Conv2d(3, width, shape.patch, stride=shape.patch)
        self.whole = nn.Parameter(torch.empty(1, 1, width))
        self.positions = nn.Parameter(torch.empty(1, shape.tokens, width))
        for table in (self.whole, self.positions):
            nn.init.trunc_normal_(table, std=0.02)
        block = nn.TransformerEncoderLayer(
            width, shape.heads, shape.mlp, 0.0, "gelu", batch_first=True, norm_first=True
        )
        self.blocks = nn.TransformerEncoder(block, shape.layers, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(width)

    def forward(self, pixels: Tensor) -> Tensor:
        """(N, 3, S, S) standardised pixels to (N, 1 + patches, C)."""
        patches = self.patches(pixels.to(self.patches.weight.dtype)).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.whole.expand(len(patches), -1, -1), patches], dim=1)
        return self.norm(self.blocks(tokens + self.positions))


class SmallCondition(ImageCondition):
    """Two small towers."""

    def __init__(self, shape: ConditionShape) -> None:
        super().__init__(shape)
        self.clip = SmallTower(shape.clip)
        self.dino = SmallTower(shape.dino)

    def features(self, pixels: Pixels) -> Features:
        """Encode standardised pictures."""
        return Features(self.clip(pixels.clip), self.dino(pixels.dino))
