"""Tells real pictures from drawn ones, knowing the camera and seeing the raw rendering too.

A residual StyleGAN2 discriminator over the picture and the raw one enlarged (EG3D's "dual
discrimination"). Letters: B batch, O side of the picture, Q side of the raw one, S side, I and O
channels in and out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor, nn
from torch.nn import functional

from aa_next3d.config import COLOURS, DISCRIMINATOR, LABEL, DiscriminatorShape
from avatarartist_core.nn.stylegan.layers import EqualConv2d, EqualLinear
from avatarartist_core.nn.stylegan.mapping import MappingNetwork

HALF = math.sqrt(0.5)
"""Gain of either branch, which keeps the variance of their sum."""


class ResidualBlock(nn.Module):
    """Two convolutions beside a straight path, halving the side.

    Args:
        inputs: channels in.
        outputs: channels out.
        pictures: channels of the pictures, for the first block; 0 for others.
        clamp: largest magnitude after a convolution, or None.
    """

    def __init__(self, inputs: int, outputs: int, pictures: int, clamp: float | None) -> None:
        super().__init__()
        if pictures:
            self.from_pictures = EqualConv2d(pictures, inputs, 1, activation="lrelu", clamp=clamp)
        self.first = EqualConv2d(inputs, inputs, 3, activation="lrelu", clamp=clamp)
        self.second = EqualConv2d(inputs, outputs, 3, activation="lrelu", down=2, clamp=clamp)
        self.straight = EqualConv2d(inputs, outputs, 1, bias=False, down=2)
        self.is_first = bool(pictures)

    def forward(self, x: Tensor) -> Tensor:
        """Turn (B, inputs or pictures, S, S) into (B, outputs, S / 2, S / 2)."""
        if self.is_first:
            x = self.from_pictures(x)
        return self.straight(x, gain=HALF) + self.second(self.first(x), gain=HALF)


class DualDiscriminator(ModelMixin, ConfigMixin):
    """One number a picture: large where it looks real for its camera.

    Args:
        shape: sizes, as ``DiscriminatorShape``'s plain values; None is the released network.
    """

    @register_to_config  # type: ignore[untyped-decorator]
    def __init__(self, shape: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        sizes = DISCRIMINATOR if shape is None else DiscriminatorShape.model_validate(shape)
        self.shape = sizes
        widths = [min(sizes.capacity // side, sizes.ceiling) for side in sizes.sides]
        last = widths[-1]
        self.blocks = nn.ModuleList(
            ResidualBlock(inputs, outputs, 0 if place else 2 * COLOURS + sizes.drawing, sizes.clamp)
            for place, (inputs, outputs) in enumerate(pairwise(widths))
        )
        self.mapping = MappingNetwork(0, LABEL, last, layers=sizes.mapping_layers)
        self.convolution = EqualConv2d(last + 1, last, 3, activation="lrelu", clamp=sizes.clamp)
        self.dense = EqualLinear(last * sizes.sides[-1] ** 2, last, activation="lrelu")
        self.out = EqualLinear(last, last)

    def forward(
        self, image: Tensor, image_raw: Tensor, c: Tensor, drawing: Tensor | None = None
    ) -> Tensor:
        """Judge pictures.

        Args:
            image: (B, 3, O, O) in [-1, 1].
            image_raw: (B, 3, Q, Q) the raw rendering, or a real picture made as small.
            c: (B, 25) label of the conditioning camera.
            drawing: (B, ``shape.drawing``, O, O) of the mesh, where the shape says that it sees
                one: the "rendering-conditioned" discriminator of Next3D.

        Returns:
            (B, 1)
        """
        x = torch.cat([image, enlarge(image_raw, image.shape[-1])], 1)
        if self.shape.drawing:
            if drawing is None:
                raise ValueError("this discriminator sees a drawing of the mesh")
            x = torch.cat([x, drawing], 1)
        for block in self.blocks:
            x = block(x)
        x = self.convolution(with_deviation(x, self.shape.group))
        x = self.out(self.dense(x.flatten(1)))
        camera = self.mapping(c=c)
        return (x * camera).sum(1, keepdim=True) / math.sqrt(camera.shape[1])


def enlarge(raw: Tensor, side: int) -> Tensor:
    """Resize (B, 3, Q, Q) to a side, averaging where it shrinks."""
    if raw.shape[-1] == side:
        return raw
    size = (side, side)
    return functional.interpolate(raw, size, mode="bilinear", antialias=True)


def with_deviation(x: Tensor, group: int) -> Tensor:
    """Append a channel that says how much samples differ within their group.

    Groups take every ``B / group``-th sample. The deviation over a group is averaged over channels
    and pixels (Karras et al., 2018, "minibatch standard deviation").

    Args:
        x: (B, I, S, S), B a multiple of ``group`` or smaller.
        group: samples compared with one another.
    """
    B, _, rows, columns = x.shape
    size = min(group, B)
    grouped = x.reshape(size, B // size, *x.shape[1:]).to(
        torch.promote_types(x.dtype, torch.float32)
    )
    deviation = (grouped.var(0, unbiased=False) + 1e-8).sqrt().mean((1, 2, 3))
    channel = deviation.to(x.dtype).reshape(-1, 1, 1, 1).repeat(size, 1, rows, columns)
    return torch.cat([x, channel], 1)
