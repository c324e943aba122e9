"""Moves the decoder's first layer from the samples to the texels, where it costs far less.

The layer is linear, and so are reading between texels and averaging planes; their order is free.
"""

# P planes, G planes that remain, C channels, K hidden units, F features

from dataclasses import dataclass

import torch
from torch import Tensor

from avatarartist_core.nn.volume.config import parse_axes
from avatarartist_core.nn.volume.decoder import FeatureDecoder


@dataclass(frozen=True, eq=False)
class Projection:
    """Planes and the rest of the decoder, in float32; sizes rounded up with zeros.

    Attributes:
        texels: (G, H, W, K) what each plane adds to the hidden units before their softplus.
        axes: which coordinate each plane's columns and rows are.
        network: (3, K) bias of the hidden units; weights of the density; its bias, then zeros.
        colour_weights: (K, F).
        colour_bias: (F,).
    """

    texels: Tensor
    axes: tuple[tuple[int, int], ...]
    network: Tensor
    colour_weights: Tensor
    colour_bias: Tensor


@torch.no_grad()
def project(planes: Tensor, decoder: FeatureDecoder, axes: str, multiple: int) -> Projection:
    """Apply the decoder's first layer to every texel.

    Planes that are read at the same two coordinates (``xz`` and ``zx``) are added up first.

    Args:
        planes: (P, C, H, W).
        decoder: its K and F are rounded up to a multiple.
        axes: what each plane's columns and rows are.
        multiple: of what K and F have to be.
    """
    wide, deep = decoder.scaled_weights()
    units = -(-len(wide) // multiple) * multiple
    features = -(-decoder.features // multiple) * multiple
    merged = _merged(planes.float(), axes)
    layer = _padded((wide / len(planes)).t(), wide.shape[1], units)
    texels = wide.new_empty(len(merged), planes[0, 0].numel(), units)
    for made, plane in zip(texels, merged.values(), strict=True):
        torch.mm(plane.reshape(len(plane), -1).t(), layer, out=made)
    network = _padded(torch.stack([decoder.hidden_bias.float(), deep[0]]), 3, units)
    network[2, 0] = decoder.out_bias[0]
    return Projection(
        texels.reshape(len(merged), *planes.shape[2:], units),
        tuple(merged),
        network,
        _padded(deep[1:].t(), units, features),
        _padded(decoder.out_bias[None, 1:].float(), 1, features)[0],
    )


def _merged(planes: Tensor, axes: str) -> dict[tuple[int, int], Tensor]:
    """Add up the planes that are read at the same coordinates, some of them turned."""
    merged: dict[tuple[int, int], Tensor] = {}
    is_square = planes.shape[2] == planes.shape[3]
    for plane, (u, v) in zip(planes, parse_axes(axes), strict=True):
        if is_square and (v, u) in merged:
            merged[v, u] = merged[v, u] + plane.mT
        else:
            merged[u, v] = merged[u, v] + plane if (u, v) in merged else plane
    return merged


def _padded(matrix: Tensor, rows: int, columns: int) -> Tensor:
    padded = matrix.new_zeros(rows, columns)
    padded[: matrix.shape[0], : matrix.shape[1]] = matrix
    return padded
