"""Networks whose latents stay the same: kernels are styled once and prepared for speed.

A renderer leads every frame with one constant set of latents, and its encoder's weights never
change; what depends on these alone is computed here once. The results are those of the networks
they were made from, up to rounding; they do not learn. Letters: B batch, N latents, D latent width,
S side.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from typing import TypeVar, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from avatarartist_core.nn.stylegan.activation import GAINS, SLOPE, bias_activation
from avatarartist_core.nn.stylegan.layers import EqualConv2d, resampling_conv
from avatarartist_core.nn.stylegan.modulation import modulated_weight
from avatarartist_core.nn.stylegan.raster_encoder import RasterEncoder
from avatarartist_core.nn.stylegan.super_resolution import SuperResolution
from avatarartist_core.nn.stylegan.synthesis import (
    SynthesisBlock,
    SynthesisLayer,
    SynthesisNetwork,
    ToImage,
)

SMALLEST = 32
"""Side from which a prepared convolution is worth its larger kernel."""

Network = TypeVar("Network", SynthesisNetwork, SuperResolution)
Part = TypeVar("Part", bound=nn.Module)
Convolution = Callable[[Tensor, Tensor | None], Tensor]


@torch.no_grad()
def fixed_synthesis(network: SynthesisNetwork, ws: Tensor) -> SynthesisNetwork:
    """Fix a network to latents (1, N, D); call the result with these latents as before."""
    rows = [ws[:, max(0, 2 * place - 1) : 2 * place + 2] for place in range(len(network.blocks))]
    return _with_fixed_blocks(network, rows)


@torch.no_grad()
def fixed_super_resolution(network: SuperResolution, w: Tensor) -> SuperResolution:
    """Fix super-resolution to a latent (1, D); call the result with it as before."""
    return _with_fixed_blocks(network, [w[:, None].expand(-1, 3, -1)] * len(network.blocks))


@torch.no_grad()
def fixed_encoder(network: RasterEncoder) -> RasterEncoder:
    """Prepare the convolutions of a raster encoder."""
    fixed = _shallow(network)
    fixed.blocks = nn.ModuleList()
    for block in network.blocks:
        prepared = _shallow(block)
        for name in ("from_raster", "first", "second"):
            setattr(prepared, name, FixedConv(getattr(block, name)))
        fixed.blocks.append(prepared)
    return fixed


class FixedLayer(nn.Module):
    """A ``SynthesisLayer`` for one latent.

    Args:
        layer: whose kernel is styled.
        w: (1, D) the latent.
    """

    def __init__(self, layer: SynthesisLayer, w: Tensor) -> None:
        super().__init__()
        self.w, self.noise_strength = w, layer.noise_strength.detach()
        self.fixed_noise = layer.fixed_noise
        kernel = modulated_weight(layer.weight, layer.style(w))[0]
        self.convolve = prepared(
            kernel, layer.bias, GAINS["lrelu"], layer.clamp, len(layer.fixed_noise), up=layer.up
        )

    def forward(self, x: Tensor, w: Tensor, noise: Tensor | None = None) -> Tensor:
        """Convolve (B, inputs, S, S); ``w`` must be the latent it was fixed to."""
        _check(w, self.w)
        return self.convolve(x, None if noise is None else noise * self.noise_strength)


class FixedToImage(nn.Module):
    """A ``ToImage`` for one latent; arguments are ``FixedLayer``'s."""

    def __init__(self, layer: ToImage, w: Tensor) -> None:
        super().__init__()
        self.w, self.clamp = w, layer.clamp
        styles = layer.style(w) * layer.scale
        self.kernel = modulated_weight(layer.weight, styles, demodulate=False)[0]
        self.bias = layer.bias.detach()

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        """Turn (B, inputs, S, S) into (B, outputs, S, S)."""
        _check(w, self.w)
        y = functional.conv2d(x, self.kernel, self.bias)
        return bias_activation(y, clamp=self.clamp)


class FixedConv(nn.Module):
    """An ``EqualConv2d`` that is prepared for the sides it meets."""

    def __init__(self, layer: EqualConv2d) -> None:
        super().__init__()
        self.layer = layer
        self.kernel = (layer.weight * layer.scale).detach()
        self.convolutions: dict[bool, Convolution] = {}

    def forward(self, x: Tensor) -> Tensor:
        """Convolve (B, inputs, S, S)."""
        is_large = x.shape[-1] >= SMALLEST
        if is_large not in self.convolutions:
            layer = self.layer
            self.convolutions[is_large] = prepared(
                self.kernel,
                layer.bias,
                GAINS[layer.activation],
                layer.clamp,
                x.shape[-1],
                is_bent=layer.activation == "lrelu",
                up=layer.up,
                down=layer.down,
            )
        return self.convolutions[is_large](x, None)


@torch.no_grad()
def prepared(
    kernel: Tensor,
    bias: Tensor | None,
    gain: float,
    clamp: float | None,
    side: int,
    *,
    is_bent: bool = True,
    up: int = 1,
    down: int = 1,
) -> Convolution:
    """Choose how to convolve with a kernel that stays the same.

    Args:
        kernel: (outputs, inputs, K, K).
        bias: (outputs,) or None.
        gain: factor after the activation.
        clamp: largest magnitude, or None.
        side: of the result.
        is_bent: whether a leaky ReLU follows.
        up: 2 doubles the sides.
        down: 2 halves them.

    Returns:
        (B, inputs, ...) and noise, (B or 1, 1, ...) or None, to (B, outputs, ...)
    """
    kernel, bias = kernel.detach(), None if bias is None else bias.detach()
    is_compiled = kernel.device.type == "cpu" and kernel.dtype == torch.float32
    if is_compiled and kernel.shape[-1] == 3 and side >= SMALLEST:
        from avatarartist_core.nn.fast2d import convolution as fast

        finish = fast.Finish(bias, SLOPE if is_bent else 1.0, gain, clamp)
        if up == 2:
            return fast.FastDoubling(kernel, finish)
        if down == 2:
            return fast.FastHalving(kernel, finish)
        return fast.FastConv(kernel, finish)
    return functools.partial(_plain, kernel, bias, gain, clamp, is_bent, up, down)


def _plain(
    kernel: Tensor,
    bias: Tensor | None,
    gain: float,
    clamp: float | None,
    is_bent: bool,
    up: int,
    down: int,
    x: Tensor,
    noise: Tensor | None,
) -> Tensor:
    # What meets later has its channels last too; sums of two layouts are slow.
    x = x.contiguous(memory_format=torch.channels_last)
    y = resampling_conv(x, kernel.to(x.dtype), up=up, down=down)
    if noise is not None:
        y = y + noise.to(y.dtype)
    return bias_activation(y, bias, "lrelu" if is_bent else "linear", gain=gain, clamp=clamp)


def _with_fixed_blocks(network: Network, rows: list[Tensor]) -> Network:
    fixed = _shallow(network)
    fixed.blocks = nn.ModuleList(
        _fixed_block(cast(SynthesisBlock, block), ws)
        for block, ws in zip(network.blocks, rows, strict=True)
    )
    return fixed


def _fixed_block(block: SynthesisBlock, ws: Tensor) -> nn.Module:
    fixed = _shallow(block)
    replaced = fixed._modules
    if block.convolutions == 2:
        replaced["first"] = FixedLayer(block.first, ws[:, 0])
    replaced["second"] = FixedLayer(block.second, ws[:, -2])
    replaced["to_image"] = FixedToImage(block.to_image, ws[:, -1])
    return fixed


def _shallow(module: Part) -> Part:
    """Copy a module so that its parts may be replaced; what is not replaced is shared."""
    copied = copy.copy(module)
    copied._modules, copied._parameters = dict(module._modules), dict(module._parameters)
    copied._buffers = dict(module._buffers)
    return copied


def _check(given: Tensor, fixed: Tensor) -> None:
    if given is not fixed and not torch.equal(given, fixed.to(given)):
        raise ValueError("this network is fixed to other latents")
