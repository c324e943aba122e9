"""Encode the rasterised front plane into conditions of several sides (spec 2.4).

Letters: B batch, C channels, S side of the raster.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import prod

from torch import Tensor, nn

from avatarartist_core.nn.stylegan.fir import downsample
from avatarartist_core.nn.stylegan.layers import EqualConv2d


class EncoderBlock(nn.Module):
    """Add the raster to the features so far, then two convolutions.

    Args:
        raster: channels of the raster.
        inputs: channels in.
        outputs: channels out.
        down: 2 halves the sides.
    """

    def __init__(self, raster: int, inputs: int, outputs: int, *, down: int) -> None:
        super().__init__()
        self.from_raster = EqualConv2d(raster, inputs, 1, bias=False)
        self.first = EqualConv2d(inputs, inputs, 3, activation="lrelu")
        self.second = EqualConv2d(inputs, outputs, 3, activation="lrelu", down=down)

    def forward(self, raster: Tensor, features: Tensor | None) -> Tensor:
        """Turn (B, raster, S, S) and (B, inputs, S, S) into (B, outputs, S / down, S / down)."""
        x = self.from_raster(raster)
        x = x if features is None else x + features
        return self.second(self.first(x))


class RasterEncoder(nn.Module):
    """A pyramid of features of the raster, each block seeing the raster at its own side.

    Args:
        raster: channels of the raster: the plane's and the copy mask.
        widths: channels of the first block's input and of every block's output.
        downs: how much each block divides the side.
    """

    def __init__(
        self,
        raster: int = 33,
        *,
        widths: Sequence[int] = (64, 128, 256, 512, 512, 32),
        downs: Sequence[int] = (1, 2, 2, 2, 1),
    ) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            EncoderBlock(raster, inputs, outputs, down=down)
            for (inputs, outputs), down in zip(pairwise(widths), downs, strict=True)
        )
        self.factors = [prod(downs[:place]) for place in range(len(downs))]

    def forward(self, raster: Tensor) -> list[Tensor]:
        """Encode (B, raster, S, S).

        Returns:
            every block's output, last first: at released size 32@S/8, 512@S/8, 512@S/4, 256@S/2,
            128@S (channels@side)
        """
        outputs: list[Tensor] = []
        for block, factor in zip(self.blocks, self.factors, strict=True):
            outputs.append(block(downsample(raster, factor), outputs[-1] if outputs else None))
        return outputs[::-1]
