"""A Perceiver resampler: any number of image features to a fixed number of tokens.

Letters: N batch, M image features, L latents, H heads, D features of a token.
"""

import torch
from torch import Tensor, nn

from aa_dit.attention import attend, split

EPSILON = 1e-5


class ResamplerAttention(nn.Module):
    """Latents attend to the image features and to themselves."""

    def __init__(self, width: int, heads: int, head_width: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm_features = nn.LayerNorm(width, eps=EPSILON)
        self.norm_latents = nn.LayerNorm(width, eps=EPSILON)
        self.query = nn.Linear(width, heads * head_width, bias=False)
        self.key_value = nn.Linear(width, 2 * heads * head_width, bias=False)
        self.out = nn.Linear(heads * head_width, width, bias=False)

    def forward(self, features: Tensor, latents: Tensor) -> Tensor:
        """Attend from (N, L, D) latents to (N, M, D) features; returns (N, L, D)."""
        latents = self.norm_latents(latents)
        seen = torch.cat([self.norm_features(features), latents], dim=1)
        queries = split(self.query(latents), 1, self.heads)[:, :, 0]
        return self.out(attend(queries, split(self.key_value(seen), 2, self.heads)))


class ResamplerLayer(nn.Module):
    """Look at the features, then mix channels."""

    def __init__(self, width: int, heads: int, head_width: int, mlp_ratio: int) -> None:
        super().__init__()
        self.attention = ResamplerAttention(width, heads, head_width)
        self.mlp = nn.Sequential(
            nn.LayerNorm(width, eps=EPSILON),
            nn.Linear(width, mlp_ratio * width, bias=False),
            nn.GELU(),
            nn.Linear(mlp_ratio * width, width, bias=False),
        )

    def forward(self, features: Tensor, latents: Tensor) -> Tensor:
        """Refine (N, L, D) latents by (N, M, D) features."""
        latents = latents + self.attention(features, latents)
        return latents + self.mlp(latents)


class Resampler(nn.Module):
    """Learned latents that read an image's features, layer after layer (spec 2.3)."""

    def __init__(
        self,
        channels: int,
        tokens: int,
        width: int,
        *,
        depth: int,
        heads: int,
        head_width: int,
        mlp_ratio: int = 4,
    ) -> None:
        super().__init__()
        self.latents = nn.Parameter(torch.empty(1, tokens, width))
        self.embed = nn.Linear(channels, width)
        self.layers = nn.ModuleList(
            ResamplerLayer(width, heads, head_width, mlp_ratio) for _ in range(depth)
        )
        self.project = nn.Sequential(
            nn.Linear(width, width), nn.GELU(approximate="tanh"), nn.Linear(width, width)
        )
        self.norm = nn.LayerNorm(width, eps=EPSILON)

    def forward(self, features: Tensor) -> Tensor:
        """Resample (N, M, channels) features to (N, L, D) tokens."""
        features = self.embed(features)
        latents = self.latents.expand(len(features), -1, -1)
        for layer in self.layers:
            latents = layer(features, latents)
        return self.norm(self.project(latents))
