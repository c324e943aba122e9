"""The vision tower of OpenCLIP ViT-H/14, by the transformers library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor, nn

from aa_dit.config import TowerShape

if TYPE_CHECKING:
    from transformers import CLIPVisionConfig

EPSILON = 1e-5


class ClipTower(nn.Module):
    """Features of the last but one block: the whole picture's token, then one of each patch."""

    def __init__(self, shape: TowerShape) -> None:
        super().__init__()
        from transformers import CLIPVisionModelWithProjection

        self.model = CLIPVisionModelWithProjection(clip_config(shape))

    def forward(self, pixels: Tensor) -> Tensor:
        """(N, 3, S, S) standardised pixels to (N, 1 + patches, C), without a norm at the end."""
        seen = pixels.to(self.model.dtype)
        # the tuple begins with the embedding, so -2 leaves the last block out
        return self.model.vision_model(seen, output_hidden_states=True).hidden_states[-2]


def clip_config(shape: TowerShape) -> CLIPVisionConfig:
    """Say the tower's sizes in the library's words."""
    from transformers import CLIPVisionConfig

    return CLIPVisionConfig(
        hidden_size=shape.width,
        intermediate_size=shape.mlp,
        projection_dim=shape.projection,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        image_size=shape.side,
        patch_size=shape.patch,
        hidden_act="gelu",
        layer_norm_eps=EPSILON,
        attention_dropout=0.0,
    )
