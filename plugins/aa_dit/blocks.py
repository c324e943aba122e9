"""What the transformer is stacked from: time embedding, block and output layer.

Letters: N batch, T latent tokens, M image tokens, H heads, D features of a token.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import silu

from aa_dit.attention import ImageAttention, JointAttention

EPSILON = 1e-6
FREQUENCIES = 128
LONGEST_PERIOD = 10000.0


class TimeEmbedding(nn.Module):
    """The noise level, which may lie between two training steps, as features."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.embed = nn.Linear(2 * FREQUENCIES, width)
        self.mix = nn.Linear(width, width)

    def forward(self, timestep: Tensor) -> Tensor:
        """Embed (N,) timesteps in [0, 999], fractions too, as (N, D)."""
        # Half precision has no 949.05: angles are taken in float32 whatever the weights are.
        index = torch.arange(FREQUENCIES, device=timestep.device, dtype=torch.float32)
        frequencies = torch.exp(-math.log(LONGEST_PERIOD) / FREQUENCIES * index)
        angles = timestep.float()[:, None] * frequencies
        waves = torch.cat([angles.cos(), angles.sin()], dim=1)
        return self.mix(silu(self.embed(waves.to(self.embed.weight.dtype))))


class Block(nn.Module):
    """Attend to latent and DINO tokens, then to CLIP tokens, then mix channels (spec 2.4).

    Shift, scale and gate of the first and last step come from the time embedding, which all
    blocks share, plus a table of the block's own (adaLN-single).
    """

    def __init__(self, width: int, heads: int, mlp_ratio: int) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.empty(6, width))
        self.norm = nn.LayerNorm(width, eps=EPSILON, elementwise_affine=False)
        self.joint_attention = JointAttention(width, heads)
        self.clip_attention = ImageAttention(width, heads)
        self.mlp = nn.Sequential(
            nn.Linear(width, mlp_ratio * width),
            nn.GELU(approximate="tanh"),
            nn.Linear(mlp_ratio * width, width),
        )

    def read(self, clip: Tensor, dino: Tensor) -> tuple[Tensor, Tensor]:
        """Make the keys and values of image tokens, which no timestep changes.

        The DINO tokens enter un-normalised and un-modulated.

        Args:
            clip: (N, M, D)
            dino: (N, M', D)

        Returns:
            (N, M, 2, H, D / H) of CLIP and (N, M', 2, H, D / H) of DINO.
        """
        return self.clip_attention.read(clip), self.joint_attention.read(dino)

    def forward(self, tokens: Tensor, modulation: Tensor, clip: Tensor, dino: Tensor) -> Tensor:
        """Refine the latent's tokens.

        Args:
            tokens: (N, T, D)
            modulation: (N, 6, D) of the timestep, shared by all blocks.
            clip: (N, M, 2, H, D / H) from ``read``.
            dino: (N, M', 2, H, D / H) from ``read``.

        Returns:
            (N, T, D)
        """
        shift, scale, gate, mlp_shift, mlp_scale, mlp_gate = (
            (self.table + modulation).unsqueeze(2).unbind(1)
        )
        attended = self.joint_attention(modulate(self.norm(tokens), shift, scale), dino)
        tokens = torch.addcmul(tokens, gate, attended)
        tokens = tokens + self.clip_attention(tokens, clip)
        mixed = self.mlp(modulate(self.norm(tokens), mlp_shift, mlp_scale))
        return torch.addcmul(tokens, mlp_gate, mixed)


class OutputLayer(nn.Module):
    """Tokens to the values of their patches."""

    def __init__(self, width: int, values: int) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.empty(2, width))
        self.norm = nn.LayerNorm(width, eps=EPSILON, elementwise_affine=False)
        self.linear = nn.Linear(width, values)

    def forward(self, tokens: Tensor, time: Tensor) -> Tensor:
        """Read (N, T, values) out of (N, T, D) tokens at the (N, D) embedded time."""
        shift, scale = (self.table + time[:, None]).unsqueeze(2).unbind(1)
        return self.linear(modulate(self.norm(tokens), shift, scale))


def modulate(tokens: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
    """Scale and shift (N, T, D) tokens by (N, 1, D) features; a scale of 0 keeps them."""
    return torch.addcmul(shift, tokens, 1 + scale)
