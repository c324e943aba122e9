"""Decodes the features of a point into density and colour ("OSG decoder" of EG3D)."""

# C channels, K hidden, F features out

import torch
from torch import Tensor, nn
from torch.nn.functional import linear, softplus


class FeatureDecoder(nn.Module):
    """Two equalised fully connected layers, softplus between.

    Weights are kept near unit variance and scaled by 1 / sqrt(inputs) when used.

    Args:
        channels: C of the planes.
        hidden: K.
        features: F colours and features made beside the density.
    """

    def __init__(self, channels: int = 32, hidden: int = 64, features: int = 32) -> None:
        super().__init__()
        self.hidden_weight = nn.Parameter(torch.randn(hidden, channels))
        self.hidden_bias = nn.Parameter(torch.zeros(hidden))
        self.out_weight = nn.Parameter(torch.randn(1 + features, hidden))
        self.out_bias = nn.Parameter(torch.zeros(1 + features))

    @property
    def features(self) -> int:
        """How many colours and features are made beside the density."""
        return len(self.out_bias) - 1

    def forward(self, plane_features: Tensor) -> tuple[Tensor, Tensor]:
        """Decode float32 (..., C).

        Returns:
            (..., 1) raw density and (..., F) features in (-0.001, 1.001).
        """
        wide, deep = self.scaled_weights()
        hidden = softplus(linear(plane_features, wide, self.hidden_bias.float()))
        out = linear(hidden, deep, self.out_bias.float())
        return out[..., :1], torch.sigmoid(out[..., 1:]) * 1.002 - 0.001

    def scaled_weights(self) -> tuple[Tensor, Tensor]:
        """Return the weights (K, C) and (1 + F, K) as they multiply, in float32."""
        wide = self.hidden_weight.float() * self.hidden_weight.shape[1] ** -0.5
        deep = self.out_weight.float() * self.out_weight.shape[1] ** -0.5
        return wide, deep


@torch.no_grad()
def pass_through(decoder: FeatureDecoder, colours: int = 3, density: float = 15.0) -> None:
    """Let a decoder of three planes' means start by handing on what the planes hold.

    The sum of the planes' first channels becomes the colours' logits. The next channel holds an
    outline, 1 inside: a point is dense where it lies inside all three. ``softplus(x) -
    softplus(-x)`` is ``x``, so two hidden numbers carry one through.

    Args:
        decoder: of planes with more than ``colours`` channels; it needs twice as many hidden ones.
        colours: channels that hold colours.
        density: raw density inside; outside of one outline it is as far below 0.
    """
    hidden, channels = decoder.hidden_weight.shape
    wide = decoder.hidden_weight.normal_() * (0.3 * channels**-0.5)
    deep = decoder.out_weight.normal_() * (0.1 * hidden**-0.5)
    for k in range(colours + 1):
        wide[2 * k : 2 * k + 2] = 0
        wide[2 * k, k], wide[2 * k + 1, k] = 1, -1
        deep[:, 2 * k : 2 * k + 2] = 0
        row, gain = (1 + k, 3.0) if k < colours else (0, 6 * density)
        deep[row] = 0
        deep[row, 2 * k], deep[row, 2 * k + 1] = gain, -gain
    decoder.hidden_weight.copy_(wide * channels**0.5)
    decoder.out_weight.copy_(deep * hidden**0.5)
    decoder.hidden_bias.zero_()
    decoder.out_bias.zero_()
    decoder.out_bias[0] = -5 * density
