"""The token parts of the network as a CPU likes them: portions that fit its cache, fewer products.

Results are those of the parts they are made from, up to rounding. Letters: B batch, N tokens on a
grid of (rows, columns), M other tokens, D token size.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from aa_vit.attention import Attention, ConvMLP, Grid, gelu
from aa_vit.blocks import ReducedBlock

PORTION = 2048
"""Tokens worked on at once, about; their widest features then take 16 MiB."""


class FoldedAttention(nn.Module):
    """An ``Attention`` to a few tokens: the linear layers around it meet them instead.

    ``softmax((x Q) k^T) v O`` is ``softmax(x (Q k^T)) (v O)``: with heads * M below D this takes
    fewer products, because the many tokens go through two thin matrices and not two square ones.
    """

    def __init__(self, attention: Attention) -> None:
        super().__init__()
        self.attention = attention

    def forward(self, tokens: Tensor, others: Tensor) -> Tensor:
        """Attend from (B, N, D) tokens to (B, M, D) others: (B, N, D)."""
        inner = self.attention
        key, value = inner.keys_values(others)
        count, heads, width, size = key.shape
        if heads * width >= tokens.shape[2]:
            return inner.answer(tokens, key, value)
        asked = inner.query.weight.view(heads, size, -1)
        told = inner.out.weight.view(-1, heads, size)
        scale = size**-0.5
        reach = (key @ asked * scale).flatten(1, 2)  # (B, heads * M, D)
        lift = (key @ inner.query.bias.view(heads, size, 1) * scale).view(count, 1, -1)
        answers = (value @ told.permute(1, 2, 0)).flatten(1, 2)  # (B, heads * M, D)
        chances = torch.baddbmm(lift, tokens, reach.mT).view(count, -1, heads, width).softmax(-1)
        return torch.baddbmm(inner.out.bias, chances.flatten(2), answers)


class PortionedBlock(nn.Module):
    """A ``ReducedBlock`` that works through its tokens a few rows at a time."""

    def __init__(self, block: ReducedBlock) -> None:
        super().__init__()
        self.block = block

    def forward(self, tokens: Tensor, grid: Grid) -> Tensor:
        """Refine (B, N, D) tokens of a grid; they are overwritten."""
        attention, before = self.block.self_attention, self.block.before_self
        step = attention.reduce.kernel_size[0]
        rows = max(step, PORTION // grid[1] // step * step)
        size = rows * grid[1]
        portions = [tokens[:, start : start + size] for start in range(0, tokens.shape[1], size)]
        coarse = [
            attention.coarser(before(portion), (portion.shape[1] // grid[1], grid[1]))
            for portion in portions
        ]
        key, value = attention.keys_values(attention.norm(torch.cat(coarse, dim=1)))
        for portion in portions:
            portion += attention.answer(before(portion), key, value)
        self._mix(tokens.view(len(tokens), *grid, -1), rows)
        return tokens

    def _mix(self, tokens: Tensor, rows: int) -> None:
        """Add the MLP's result to (B, rows, columns, D) tokens, so many rows at a time.

        A row of the result needs the rows above and below of the hidden ones, so those of the next
        row are made before this portion changes and carried over.
        """
        mlp, before, height = self.block.mlp, self.block.before_mlp, tokens.shape[1]
        hidden = tokens.new_zeros(len(tokens), 1, tokens.shape[2], mlp.widen.out_features)
        made = 0
        for start in range(0, height, rows):
            stop = min(start + rows, height)
            ahead = min(stop + 1, height)
            fresh = [mlp.widen(before(tokens[:, made:ahead]))]
            if ahead == stop:
                fresh.append(torch.zeros_like(hidden[:, :1]))
            hidden, made = torch.cat((hidden, *fresh), dim=1), ahead
            tokens[:, start:stop] += _narrowed(mlp, hidden)
            hidden = hidden[:, -2:]


def _narrowed(mlp: ConvMLP, hidden: Tensor) -> Tensor:
    """Mix (B, R + 2, columns, hidden) with neighbours and narrow: (B, R, columns, D)."""
    conv = mlp.neighbours
    x = F.conv2d(
        hidden.permute(0, 3, 1, 2), conv.weight, conv.bias, padding=(0, 1), groups=conv.groups
    )
    return mlp.narrow(gelu(x.permute(0, 2, 3, 1)))
