"""The skip synthesis network: latents in, a picture (or planes) out, coarse to fine.

Every block doubles the resolution with two styled convolutions and adds its own picture to the
upsampled one. Letters: B batch, N latents (one a layer), D latent width, I channels in, O channels
out, S side.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from avatarartist_core.nn.stylegan.activation import GAINS, bias_activation
from avatarartist_core.nn.stylegan.fir import upsample
from avatarartist_core.nn.stylegan.layers import EqualLinear
from avatarartist_core.nn.stylegan.modulation import modulated_conv
from avatarartist_core.nn.stylegan.noise import Noise, NoiseFeed

FIRST_SIDE = 4


class SynthesisLayer(nn.Module):
    """A styled 3x3 convolution, noise, bias and leaky ReLU.

    Args:
        inputs: channels in.
        outputs: channels out.
        latent: width of the latent.
        side: of the maps it makes.
        up: 2 doubles the sides.
        clamp: largest magnitude of the result at gain 1, or None.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        latent: int,
        side: int,
        *,
        up: int = 1,
        clamp: float | None = None,
    ) -> None:
        super().__init__()
        self.up, self.clamp = up, clamp
        self.style = EqualLinear(latent, inputs, bias=1.0)
        self.weight = nn.Parameter(torch.randn(outputs, inputs, 3, 3))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.noise_strength = nn.Parameter(torch.zeros(()))
        self.fixed_noise: Tensor
        self.register_buffer("fixed_noise", torch.randn(side, side))

    def forward(self, x: Tensor, w: Tensor, noise: Tensor | None = None) -> Tensor:
        """Style (B, inputs, S, S) by (B, latent); noise is (B or 1, 1, S * up, S * up)."""
        y = modulated_conv(x, self.weight, self.style(w), up=self.up)
        if noise is not None:
            y = y + (noise * self.noise_strength).to(y.dtype)
        return bias_activation(y, self.bias, "lrelu", gain=GAINS["lrelu"], clamp=self.clamp)


class ToImage(nn.Module):
    """A styled 1x1 convolution from features to the picture's channels.

    Args:
        inputs: channels of the features.
        outputs: channels of the picture.
        latent: width of the latent.
        clamp: largest magnitude of the result, or None.
    """

    def __init__(
        self, inputs: int, outputs: int, latent: int, *, clamp: float | None = None
    ) -> None:
        super().__init__()
        self.clamp = clamp
        self.scale = 1 / math.sqrt(inputs)
        self.style = EqualLinear(latent, inputs, bias=1.0)
        self.weight = nn.Parameter(torch.randn(outputs, inputs, 1, 1))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        """Turn (B, inputs, S, S) and (B, latent) into (B, outputs, S, S)."""
        y = modulated_conv(x, self.weight, self.style(w) * self.scale, demodulate=False)
        return bias_activation(y, self.bias, clamp=self.clamp)


class SynthesisBlock(nn.Module):
    """Two styled convolutions at twice the side and the picture's own contribution.

    Args:
        inputs: channels in; 0 makes the first block, which starts from a learnt 4x4 constant and
            has one convolution.
        outputs: channels out.
        latent: width of the latents.
        side: of the maps it makes.
        image_channels: channels of the picture.
        clamp: largest magnitude after any convolution, or None.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        latent: int,
        side: int,
        image_channels: int,
        *,
        clamp: float | None = None,
    ) -> None:
        super().__init__()
        self.side = side
        if inputs:
            self.first = SynthesisLayer(inputs, outputs, latent, side, up=2, clamp=clamp)
        else:
            self.constant = nn.Parameter(torch.randn(outputs, side, side))
        self.second = SynthesisLayer(outputs, outputs, latent, side, clamp=clamp)
        self.to_image = ToImage(outputs, image_channels, latent, clamp=clamp)
        self.convolutions = 2 if inputs else 1

    def forward(
        self, x: Tensor | None, image: Tensor | None, ws: Tensor, noise: NoiseFeed
    ) -> tuple[Tensor, Tensor]:
        """Refine features and picture.

        Args:
            x: (B, inputs, S / 2, S / 2), None for the first block.
            image: (B, image_channels, S / 2, S / 2), None for the first block.
            ws: (B or 1, convolutions + 1, latent); the last is the picture's.
            noise: one map is taken for each convolution.

        Returns:
            features (B, outputs, S, S) and picture (B, image_channels, S, S)
        """
        if x is None:
            x = self.constant[None].expand(len(ws), -1, -1, -1)
        else:
            x = self.first(x, ws[:, 0], noise.take(self.first.fixed_noise, len(x)))
        x = self.second(x, ws[:, -2], noise.take(self.second.fixed_noise, len(x)))
        drawn = self.to_image(x, ws[:, -1])
        return x, drawn if image is None else upsample(image) + drawn


class SynthesisNetwork(nn.Module):
    """Blocks from 4x4 up, a picture that grows with them, and conditions blended in on the way.

    Args:
        image_channels: channels of the picture.
        latent: width of the latents.
        side: of the picture, a power of two.
        base: channels at side S are ``min(base // S, widest)``.
        widest: see ``base``.
        condition_side: side of the coarsest condition and of the first level of ``levels``.
        clamp: largest magnitude after any convolution, or None.
    """

    def __init__(
        self,
        image_channels: int,
        *,
        latent: int = 512,
        side: int = 256,
        base: int = 32768,
        widest: int = 512,
        condition_side: int = 32,
        clamp: float | None = None,
    ) -> None:
        super().__init__()
        self.condition_side, self.side = condition_side, side
        self.sides = [2**power for power in range(2, int(math.log2(side)) + 1)]
        widths = [0, *(min(base // S, widest) for S in self.sides)]
        self.blocks = nn.ModuleList(
            SynthesisBlock(inputs, outputs, latent, S, image_channels, clamp=clamp)
            for (inputs, outputs), S in zip(pairwise(widths), self.sides, strict=True)
        )
        self.latents = 2 * len(self.sides)

    def forward(
        self, ws: Tensor, noise: Noise = "fixed", conditions: Sequence[Tensor] | None = None
    ) -> Tensor:
        """Draw the picture.

        Args:
            ws: (B, latents, latent), or (1, latents, latent) shared by all samples.
            noise: see ``noise.Noise``.
            conditions: None, or maps whose last channel is a mask m in [0, 1], each blended as
                ``condition * m + own * (1 - m)``: first the picture's at ``condition_side``, then
                the features' at ``condition_side`` and at every doubling below ``side`` (spec 2.5;
                further entries are ignored).

        Returns:
            (B, image_channels, side, side)
        """
        return self.levels(ws, noise, conditions)[-1]

    def levels(
        self, ws: Tensor, noise: Noise = "fixed", conditions: Sequence[Tensor] | None = None
    ) -> list[Tensor]:
        """Return the picture at ``condition_side``, the features from there up, and the picture.

        Arguments are ``forward``'s. The last features are those at ``side``.
        """
        if ws.shape[1] != self.latents:
            raise ValueError(f"ws hold {ws.shape[1]} latents, this network takes {self.latents}")
        feed = NoiseFeed(noise)
        x: Tensor | None = None
        image: Tensor | None = None
        kept: list[Tensor] = []
        for place, (block, S) in enumerate(zip(self.blocks, self.sides, strict=True)):
            # A block's first latent is the one its predecessor drew its picture with.
            x, image = block(x, image, ws[:, max(0, 2 * place - 1) : 2 * place + 2], feed)
            if self.condition_side == S:
                image = image if conditions is None else blend(conditions[0], image)
                kept.append(image)
            if self.condition_side <= S:
                if conditions is not None and self.side > S:
                    x = blend(conditions[len(kept)], x)
                kept.append(x)
        return kept if image is None else [*kept, image]


def blend(condition: Tensor, own: Tensor) -> Tensor:
    """Lay (B, C + 1, S, S) over (B, C, S, S); the last channel of the condition is its mask."""
    values, mask = condition[:, :-1], condition[:, -1:]
    return values * mask + own * (1 - mask)
