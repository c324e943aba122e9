"""Weights that a fresh transformer starts from (spec 2.6)."""

from torch import nn

from aa_dit.attention import ImageAttention
from aa_dit.blocks import Block, OutputLayer, TimeEmbedding
from aa_dit.resampler import Resampler

NARROW = 0.02


def initialise(network: nn.Module) -> None:
    """Fill in the weights of all parts; blocks start as if there were no CLIP tokens."""
    for part in network.modules():
        if isinstance(part, nn.Linear):
            nn.init.xavier_uniform_(part.weight)
            if part.bias is not None:
                nn.init.zeros_(part.bias)
    for part in network.modules():
        if isinstance(part, TimeEmbedding):
            narrow(part)
        elif isinstance(part, Resampler):
            narrow(part.embed)
            narrow(part.project)
            nn.init.normal_(part.latents, std=part.latents.shape[-1] ** -0.5)
        elif isinstance(part, Block | OutputLayer):
            nn.init.normal_(part.table, std=part.table.shape[-1] ** -0.5)
        elif isinstance(part, ImageAttention):
            nn.init.zeros_(part.out.weight)


def narrow(part: nn.Module) -> None:
    """Draw the weights of every linear layer in ``part`` from N(0, 0.02)."""
    for layer in part.modules():
        if isinstance(layer, nn.Linear):
            nn.init.normal_(layer.weight, std=NARROW)
