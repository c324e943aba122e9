"""Add a bias, bend, scale and clamp: the end of every layer."""

import math
from typing import Literal

from torch import Tensor
from torch.nn import functional

Activation = Literal["linear", "lrelu"]

SLOPE = 0.2
GAINS: dict[Activation, float] = {"linear": 1.0, "lrelu": math.sqrt(2.0)}


def bias_activation(
    x: Tensor,
    bias: Tensor | None = None,
    activation: Activation = "linear",
    *,
    gain: float | None = None,
    clamp: float | None = None,
) -> Tensor:
    """Return ``clip(act(x + bias) * gain, -clamp, clamp)``.

    Args:
        x: (B, C, ...).
        bias: (C,) or None.
        activation: leaky ReLU of slope 0.2, or nothing.
        gain: factor after the activation; None is the activation's own, which keeps variance.
        clamp: largest magnitude of the result, or None.
    """
    if bias is not None:
        x = x + bias.to(x.dtype).reshape(1, -1, *[1] * (x.ndim - 2))
    if activation == "lrelu":
        x = functional.leaky_relu(x, SLOPE)
    factor = GAINS[activation] if gain is None else gain
    if factor != 1:
        x = x * factor
    return x if clamp is None else x.clamp(-clamp, clamp)
