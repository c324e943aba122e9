"""From a random vector and a camera to the latents of a synthesis network."""

from itertools import pairwise

import torch
from torch import Tensor, nn

from avatarartist_core.nn.stylegan.layers import EqualLinear


class MappingNetwork(nn.Module):
    """Normalise, embed the condition, and pass both through slow fully connected layers.

    Args:
        noise: width of the random vector z; 0 when there is none.
        condition: width of the condition c (25 for a camera); 0 when there is none.
        latent: width of the latents.
        layers: fully connected layers.
        rate: their learning-rate multiplier.
    """

    def __init__(
        self,
        noise: int = 512,
        condition: int = 25,
        latent: int = 512,
        *,
        layers: int = 2,
        rate: float = 0.01,
    ) -> None:
        super().__init__()
        self.noise, self.condition = noise, condition
        if condition:
            self.embed = EqualLinear(condition, latent)
        widths = [noise + (latent if condition else 0), *[latent] * layers]
        self.layers = nn.ModuleList(
            EqualLinear(inputs, outputs, activation="lrelu", rate=rate)
            for inputs, outputs in pairwise(widths)
        )

    def forward(self, z: Tensor | None = None, c: Tensor | None = None) -> Tensor:
        """Map z (B, noise) and c (B, condition) to latents (B, latent)."""
        parts = []
        if self.noise:
            if z is None:
                raise ValueError("this mapping takes a random vector z")
            parts.append(unit_moment(z))
        if self.condition:
            if c is None:
                raise ValueError("this mapping takes a condition c")
            parts.append(unit_moment(self.embed(c)))
        x = torch.cat(parts, 1)
        for layer in self.layers:
            x = layer(x)
        return x


class LatentMapping(MappingNetwork):
    """A mapping that also knows the average latent, for truncation.

    Args are ``MappingNetwork``'s; ``average`` is the running mean of the latents seen in training.
    """

    def __init__(
        self,
        noise: int = 512,
        condition: int = 25,
        latent: int = 512,
        *,
        layers: int = 2,
        rate: float = 0.01,
    ) -> None:
        super().__init__(noise, condition, latent, layers=layers, rate=rate)
        self.average: Tensor
        self.register_buffer("average", torch.zeros(latent))

    def latents(
        self, z: Tensor, c: Tensor, count: int, *, psi: float = 1.0, cutoff: int | None = None
    ) -> Tensor:
        """Map to one latent a layer, pulled to the average.

        Args:
            z: (B, noise).
            c: (B, condition).
            count: latents wanted.
            psi: truncation: 1 leaves a latent as it is, 0 puts the average in its place.
            cutoff: only the first so many latents are truncated; None is all.

        Returns:
            (B, count, latent)
        """
        return truncate(self(z, c), self.average, count, psi=psi, cutoff=cutoff)

    @torch.no_grad()
    def track(self, w: Tensor, decay: float = 0.998) -> None:
        """Move the average towards the mean of latents (B, latent) seen in a training step."""
        self.average.copy_(w.detach().mean(0).lerp(self.average, decay))


def unit_moment(x: Tensor) -> Tensor:
    """Scale every row of (B, D) to a mean square of 1."""
    return x * (x.square().mean(1, keepdim=True) + 1e-8).rsqrt()


def truncate(
    w: Tensor, average: Tensor, count: int, *, psi: float = 1.0, cutoff: int | None = None
) -> Tensor:
    """Repeat (B, latent) to (B, count, latent), the first ``cutoff`` moved to the average."""
    ws = w[:, None].repeat(1, count, 1)
    if psi == 1:
        return ws
    near = count if cutoff is None else cutoff
    return torch.cat([average.lerp(ws[:, :near], psi), ws[:, near:]], 1)
