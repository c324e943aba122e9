"""A motion embedding becomes tokens that image tokens can attend to."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from aa_vit.stacks import SLOPE


class MotionTokens(nn.Module):
    """Two linear layers, a leaky rectifier after each, and a projection to tokens (section 3.4).

    Args:
        size: numbers of an embedding.
        hidden: size between.
        tokens: M.
        width: D, size of a token.
    """

    def __init__(self, size: int, hidden: int, tokens: int, width: int) -> None:
        super().__init__()
        self.first = nn.Linear(size, hidden)
        self.second = nn.Linear(hidden, hidden)
        self.project = nn.Linear(hidden, tokens * width)
        self.width = width

    def forward(self, embedding: Tensor) -> Tensor:
        """Turn (B, size) embeddings into (B, M, D) tokens."""
        x = F.leaky_relu(self.first(embedding), SLOPE)
        x = F.leaky_relu(self.second(x), SLOPE)
        return self.project(x).unflatten(1, (-1, self.width))
