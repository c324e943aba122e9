"""Attention of the transformer's blocks, with keys and values that can be kept between steps.

Letters: N batch, T latent tokens, M image tokens, H heads, D features of a token.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import linear, scaled_dot_product_attention


class JointAttention(nn.Module):
    """Latent tokens attend to one another and to image tokens, in one softmax.

    The image tokens ask nothing: what they would attend to is not used anywhere.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def read(self, image: Tensor) -> Tensor:
        """Make the (N, M, 2, H, D / H) keys and values of (N, M, D) image tokens."""
        width = image.shape[-1]
        keys_values = linear(image, self.qkv.weight[width:], self.qkv.bias[width:])
        return split(keys_values, 2, self.heads)

    def forward(self, tokens: Tensor, image: Tensor) -> Tensor:
        """Attend.

        Args:
            tokens: (N, T, D)
            image: (N, M, 2, H, D / H) from ``read``.

        Returns:
            (N, T, D)
        """
        qkv = split(self.qkv(tokens), 3, self.heads)
        keys_values = torch.cat([qkv[:, :, 1:], image], dim=1)
        return self.out(attend(qkv[:, :, 0], keys_values))


class ImageAttention(nn.Module):
    """Latent tokens attend to image tokens alone."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key_value = nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, width)

    def read(self, image: Tensor) -> Tensor:
        """Make the (N, M, 2, H, D / H) keys and values of (N, M, D) image tokens."""
        return split(self.key_value(image), 2, self.heads)

    def forward(self, tokens: Tensor, image: Tensor) -> Tensor:
        """Attend.

        Args:
            tokens: (N, T, D)
            image: (N, M, 2, H, D / H) from ``read``.

        Returns:
            (N, T, D)
        """
        return self.out(attend(split(self.query(tokens), 1, self.heads)[:, :, 0], image))


def split(features: Tensor, parts: int, heads: int) -> Tensor:
    """Cut (N, T, parts * H * d) features into (N, T, parts, H, d)."""
    return features.reshape(*features.shape[:2], parts, heads, -1)


def attend(queries: Tensor, keys_values: Tensor) -> Tensor:
    """Mix the values of each head; (N, T, H, d) and (N, M, 2, H, d) give (N, T, H * d)."""
    keys, values = keys_values.permute(2, 0, 3, 1, 4).unbind(0)
    mixed = scaled_dot_product_attention(queries.transpose(1, 2), keys, values)
    return mixed.transpose(1, 2).flatten(2)
