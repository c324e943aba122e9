"""Attention between tokens, and the MLP that also looks at a token's neighbours.

Letters: B batch, N tokens on a grid of (rows, columns), M other tokens, D token size.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Grid = tuple[int, int]


def as_picture(tokens: Tensor, grid: Grid) -> Tensor:
    """Lay (B, N, D) tokens out as (B, D, rows, columns), without a copy: channels stay last."""
    return tokens.view(len(tokens), *grid, -1).permute(0, 3, 1, 2)


def as_tokens(picture: Tensor) -> Tensor:
    """Read (B, D, rows, columns) as (B, N, D), row by row."""
    return picture.permute(0, 2, 3, 1).flatten(1, 2)


class Attention(nn.Module):
    """Multi-head attention of tokens to other tokens; queries, keys and values have biases.

    Args:
        width: D.
        heads: of D / heads numbers each.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key_value = nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, width)

    def forward(self, tokens: Tensor, others: Tensor) -> Tensor:
        """Attend.

        Args:
            tokens: (B, N, D) that ask.
            others: (B, M, D) that answer.

        Returns:
            (B, N, D)
        """
        return self.answer(tokens, *self.keys_values(others))

    def keys_values(self, others: Tensor) -> tuple[Tensor, Tensor]:
        """Return the keys and the values of (B, M, D) tokens: (B, heads, M, D / heads) each."""
        both = self.key_value(others).view(*others.shape[:2], 2, self.heads, -1)
        key, value = both.permute(2, 0, 3, 1, 4)
        return key, value

    def answer(self, tokens: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """Attend from (B, N, D) tokens to what ``keys_values`` gave."""
        query = self.query(tokens).view(*tokens.shape[:2], self.heads, -1).transpose(1, 2)
        mixed = F.scaled_dot_product_attention(query, key, value)
        return self.out(mixed.transpose(1, 2).flatten(2))


class ReducedAttention(Attention):
    """Self-attention whose keys and values live on a coarser grid (SegFormer).

    Args:
        width: D.
        heads: of D / heads numbers each.
        reduction: tokens along a side of the patch that becomes one key and value.
    """

    def __init__(self, width: int, heads: int, reduction: int) -> None:
        super().__init__(width, heads)
        self.reduce = nn.Conv2d(width, width, reduction, stride=reduction)
        self.norm = nn.LayerNorm(width)

    def attend(self, tokens: Tensor, grid: Grid) -> Tensor:
        """Attend among (B, N, D) tokens of a grid."""
        return self(tokens, self.norm(self.coarser(tokens, grid)))

    def coarser(self, tokens: Tensor, grid: Grid) -> Tensor:
        """Merge (B, N, D) tokens of a grid to those of the coarser one, not yet normalised."""
        return as_tokens(self.reduce(as_picture(tokens, grid)))


class ConvMLP(nn.Module):
    """Widen, mix each channel with its 3x3 neighbours, GELU, narrow.

    Args:
        width: D.
        ratio: hidden size over D.
    """

    def __init__(self, width: int, ratio: int) -> None:
        super().__init__()
        hidden = width * ratio
        self.widen = nn.Linear(width, hidden)
        self.neighbours = nn.Conv2d(hidden, hidden, 3, padding=1, groups=hidden)
        self.narrow = nn.Linear(hidden, width)

    def forward(self, tokens: Tensor, grid: Grid) -> Tensor:
        """Refine (B, N, D) tokens of a grid."""
        x = self.neighbours(as_picture(self.widen(tokens), grid))
        return self.narrow(gelu(as_tokens(x)))


def gelu(fresh: Tensor) -> Tensor:
    """Exact GELU of a tensor that nobody else holds: in place where no gradient needs it."""
    if torch.is_grad_enabled():
        return F.gelu(fresh)
    return cast(Tensor, torch.ops.aten.gelu_(fresh))
