"""The renderer prepared for speed: what depends on weights and style code alone is done once.

Results are those of the network it is made from, up to rounding; it does not learn.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from aa_vit.attention import Grid
from aa_vit.blocks import MotionBlock, PatchEmbedding
from aa_vit.motion_transformer import Expansion, enlarge
from aa_vit.portions import FoldedAttention, PortionedBlock
from aa_vit.stacks import SLOPE, ConvStack
from avatarartist_core.nn.face_composer import fixed_composer
from avatarartist_core.nn.stylegan.fixed import fixed_super_resolution

if TYPE_CHECKING:
    from aa_vit.model import MotionViT

LEAST_CHANNELS = 16
"""Below these a plain convolution is as fast."""

Part = TypeVar("Part", bound=nn.Module)
Convolution = Callable[[list[Tensor]], Tensor]


@torch.no_grad()
def fixed_renderer(model: MotionViT, styles: Tensor) -> MotionViT:
    """Fix a renderer to an (L, W) style code; see ``MotionViT.fixed``."""
    fixed = replaced(
        model,
        face=fixed_composer(model.face, styles[None]),
        super_resolution=fixed_super_resolution(model.super_resolution, styles[None, -1]),
    )
    fixed._buffers = {**fixed._buffers, "styles": styles}
    if styles.device.type != "cpu" or model.dtype != torch.float32:
        return fixed
    transformer, decoder = model.motion_transformer, model.triplane_decoder
    return replaced(
        fixed,
        motion_transformer=replaced(
            transformer,
            plane_stem=FixedStack(transformer.plane_stem),
            embed=FixedPatches(transformer.embed),
            neutralise=_folded(transformer.neutralise),
            animate=_folded(transformer.animate),
            expand=FixedExpansion(transformer.expand),
        ),
        triplane_decoder=replaced(
            decoder,
            stem=FixedStack(decoder.stem),
            embed=FixedPatches(decoder.embed),
            block=PortionedBlock(decoder.block),
            shape_planes=FixedStack(decoder.shape_planes),
            fuse_planes=FixedStack(decoder.fuse_planes),
        ),
    )


def _folded(blocks: nn.ModuleList) -> nn.ModuleList:
    return nn.ModuleList(
        replaced(block, motion_attention=FoldedAttention(cast(MotionBlock, block).motion_attention))
        for block in blocks
    )


def replaced(module: Part, **parts: nn.Module) -> Part:
    """Copy a module with other parts; what is not replaced is shared."""
    copied = copy.copy(module)
    copied._modules = {**module._modules, **parts}
    copied._buffers = dict(module._buffers)
    return copied


class FixedStack(nn.Module):
    """A ``ConvStack`` whose convolutions are prepared."""

    def __init__(self, stack: ConvStack) -> None:
        super().__init__()
        last = len(stack.convs) - 1
        self.convolutions = [
            prepared(conv, 1.0 if stack.open_end and index == last else SLOPE)
            for index, conv in enumerate(cast(list[nn.Conv2d], stack.convs))
        ]

    def forward(self, *parts: Tensor) -> Tensor:
        """Convolve (B, C, H, W) parts, whose channels follow one another."""
        given = list(parts)
        for convolve in self.convolutions:
            given = [convolve(given)]
        return given[0]


class FixedExpansion(nn.Module):
    """An ``Expansion`` whose convolutions are prepared."""

    def __init__(self, expansion: Expansion) -> None:
        super().__init__()
        self.first, self.second = (
            prepared(conv, 0.0) for conv in (expansion.conv1, expansion.conv2)
        )
        self.third = prepared(expansion.conv3, 1.0)

    def forward(self, x: Tensor) -> Tensor:
        """Enlarge (B, C, H, W) to (B, widths[-1], 4 H, 4 W)."""
        x = self.first([enlarge(x)])
        return self.third([self.second([enlarge(x)])])


class FixedPatches(nn.Module):
    """A ``PatchEmbedding`` as three matrix products, one for each row of the kernel."""

    def __init__(self, embed: PatchEmbedding) -> None:
        super().__init__()
        self.norm = embed.norm
        weight = embed.patches.weight.detach().permute(2, 3, 1, 0)
        self.rows = weight.flatten(1, 2).contiguous()
        self.bias = cast(Tensor, embed.patches.bias).detach()

    def forward(self, picture: Tensor) -> tuple[Tensor, Grid]:
        """Cut (B, C, H, W) into (B, H / 2 * W / 2, D) tokens, row by row, and tell their grid."""
        count, channels, height, width = picture.shape
        grid = (height // 2, width // 2)
        framed = F.pad(picture, (1, 0, 1, 0)).permute(0, 2, 3, 1).contiguous()
        whole, line, pixel, _ = framed.stride()
        tokens = self.bias.expand(count * grid[0] * grid[1], -1).clone()
        for row, weight in enumerate(self.rows):
            taps = framed[:, row:].as_strided(
                (count, *grid, 3 * channels), (whole, 2 * line, 2 * pixel, 1)
            )
            tokens.addmm_(taps.reshape(len(tokens), -1), weight)
        return self.norm(tokens.view(count, -1, tokens.shape[1])), grid


def prepared(conv: nn.Conv2d, slope: float) -> Convolution:
    """Choose how to convolve pictures in parts and rectify them, with a kernel that stays."""
    weight, bias = conv.weight.detach(), conv.bias
    if min(weight.shape[:2]) >= LEAST_CHANNELS:
        from avatarartist_core.nn.fast2d.convolution import FastConv, Finish

        return FastConv(weight, Finish(bias, slope))

    def convolve(parts: list[Tensor]) -> Tensor:
        return F.leaky_relu(conv(torch.cat(parts, dim=1)), slope)

    return convolve
