"""DINOv2, by the transformers library, with the position table of the library's earlier days."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from aa_dit.config import TowerShape

if TYPE_CHECKING:
    from transformers import Dinov2Config

EPSILON = 1e-6
NUDGE = 0.1
"""Added to the number of patches before it is divided by the table's side.

Transformers 4.34 resized the table by the factor (16 + 0.1) / 37, so that rounding would not lose
a patch; bicubic sampling then steps by 37 / 16.1 and not by 37 / 16, which changes the table by
some per cent. The released transformer was trained on features of that table.
"""


class DinoTower(nn.Module):
    """Features after the last norm: the whole picture's token, then one of each patch."""

    def __init__(self, shape: TowerShape) -> None:
        super().__init__()
        from transformers import Dinov2Model

        self.model = Dinov2Model(dino_config(shape))

    def forward(self, pixels: Tensor) -> Tensor:
        """(N, 3, S, S) standardised pixels to (N, 1 + patches, C)."""
        embeddings = self.model.embeddings
        patches = embeddings.patch_embeddings(pixels.to(self.model.dtype))
        whole = embeddings.cls_token.expand(len(patches), -1, -1)
        side = pixels.shape[-1] // embeddings.patch_embeddings.patch_size[0]
        tokens = torch.cat([whole, patches], dim=1)
        tokens = tokens + positions(embeddings.position_embeddings, side)
        return self.model.layernorm(self.model.encoder(tokens).last_hidden_state)


def positions(table: Tensor, side: int) -> Tensor:
    """Resize a table of positions as transformers 4.34 did.

    Args:
        table: (1, 1 + n * n, C): of the whole picture, then of n rows of n patches.
        side: patches along a side of the picture.

    Returns:
        (1, 1 + side * side, C)
    """
    trained = round((table.shape[1] - 1) ** 0.5)
    if side == trained:
        return table
    grid = table[:, 1:].reshape(1, trained, trained, -1).permute(0, 3, 1, 2)
    factor = (side + NUDGE) / trained
    resized = F.interpolate(
        grid.float(), scale_factor=(factor, factor), mode="bicubic", align_corners=False
    )
    return torch.cat([table[:, :1], resized.to(table).flatten(2).transpose(1, 2)], dim=1)


def dino_config(shape: TowerShape) -> Dinov2Config:
    """Say the tower's sizes in the library's words; an MLP is a multiple of the width there."""
    from transformers import Dinov2Config

    if shape.mlp % shape.width:
        raise ValueError(f"an MLP of {shape.mlp} features is no multiple of {shape.width}")
    return Dinov2Config(
        hidden_size=shape.width,
        mlp_ratio=shape.mlp // shape.width,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        image_size=shape.trained_side,
        patch_size=shape.patch,
        hidden_act="gelu",
        layer_norm_eps=EPSILON,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        drop_path_rate=0.0,
    )
