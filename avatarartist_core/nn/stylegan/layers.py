"""Linear and convolution layers with an equalised learning rate.

Weights are stored with unit variance and scaled by He's constant when used, so that Adam moves
all of them at the same speed (Karras et al., 2018).
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from avatarartist_core.nn.stylegan.activation import GAINS, Activation, bias_activation
from avatarartist_core.nn.stylegan.fir import downsample, smooth, upsample


class EqualLinear(nn.Module):
    """A fully connected layer: ``y = act(x (W l / sqrt(in))^T + b l)``.

    Args:
        inputs: features in.
        outputs: features out.
        activation: what follows.
        rate: learning-rate multiplier ``l``.
        bias: starting value of the bias as it is added.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        *,
        activation: Activation = "linear",
        rate: float = 1.0,
        bias: float = 0.0,
    ) -> None:
        super().__init__()
        self.activation: Activation = activation
        self.rate = rate
        self.scale = rate / math.sqrt(inputs)
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / rate)
        self.bias = nn.Parameter(torch.full((outputs,), bias / rate))

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, inputs) to (B, outputs)."""
        weight = (self.weight * self.scale).to(x.dtype)
        y = functional.linear(x, weight, (self.bias * self.rate).to(x.dtype))
        return bias_activation(y, activation=self.activation)


class EqualConv2d(nn.Module):
    """A convolution that keeps, doubles or halves the sides of the map.

    Args:
        inputs: channels in.
        outputs: channels out.
        kernel: side of the kernel, odd.
        activation: what follows.
        bias: whether a bias is learnt.
        up: 2 doubles the sides.
        down: 2 halves them.
        clamp: largest magnitude of the result at gain 1, or None.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int,
        *,
        activation: Activation = "linear",
        bias: bool = True,
        up: int = 1,
        down: int = 1,
        clamp: float | None = None,
    ) -> None:
        super().__init__()
        self.activation: Activation = activation
        self.up, self.down, self.clamp = up, down, clamp
        self.scale = 1 / math.sqrt(inputs * kernel * kernel)
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(outputs)) if bias else None

    def forward(self, x: Tensor, gain: float = 1.0) -> Tensor:
        """Convolve (B, inputs, H, W); ``gain`` scales the result and its clamp."""
        weight = (self.weight * self.scale).to(x.dtype)
        y = resampling_conv(x, weight, up=self.up, down=self.down)
        return bias_activation(
            y,
            self.bias,
            self.activation,
            gain=GAINS[self.activation] * gain,
            clamp=None if self.clamp is None else self.clamp * gain,
        )


def resampling_conv(x: Tensor, weight: Tensor, *, up: int = 1, down: int = 1) -> Tensor:
    """Convolve with zero borders, doubling or halving the sides on the way.

    Args:
        x: (B, I, H, W).
        weight: (O, I, K, K), K 1, 3 or 5; correlated with x, but convolved (flipped) with ``up``.
        up: 1 or 2.
        down: 1 or 2.

    Returns:
        (B, O, H * up / down, W * up / down)
    """
    K = weight.shape[-1]
    if up == 2 and K == 1:
        return upsample(functional.conv2d(x, weight))
    if up == 2:
        wide = functional.conv_transpose2d(x, weight.transpose(0, 1), stride=2)
        border = (5 - K) // 2
        return smooth(wide, before=border, after=border, gain=4.0)
    if down == 2 and K == 1:
        return functional.conv2d(downsample(x, 2), weight)
    if down == 2:
        return functional.conv2d(
            smooth(x, before=(K + 1) // 2, after=(K + 1) // 2), weight, stride=2
        )
    return functional.conv2d(x, weight, padding=K // 2)
