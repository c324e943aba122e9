"""Classifier-free guidance, and the conditions it needs dropped in training.

Ho and Salimans, "Classifier-free diffusion guidance", 2022. Letters: N batch, C latent channels.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from aa_dit.diffusion.denoiser import Denoiser
from aa_dit.transformer import Condition, DiT

DROP_RATE = 0.1


@dataclass(frozen=True, eq=False)
class GuidedDenoiser:
    """A network pushed away from what it would say without the image.

    Attributes:
        model: the transformer.
        condition: of N images, or, when ``is_guided``, of N without and then N with the image.
        scale: 1 is the network as it is; the released code uses 4.5.
        is_guided: False spares the unconditional half.
    """

    model: DiT
    condition: Condition
    scale: float
    is_guided: bool

    def __call__(self, x: Tensor, timestep: Tensor) -> Tensor:
        """Predict the guided noise and the variance with the image.

        Args:
            x: (N, C, H, W) noisy latents.
            timestep: (N,) in [0, 999].

        Returns:
            (N, 2C, H, W) in the precision of ``x``.
        """
        if not self.is_guided:
            return self.model.denoise(x, timestep, self.condition).to(x.dtype)
        both = self.model.denoise(torch.cat([x, x]), timestep.repeat(2), self.condition)
        without, given = both.to(x.dtype).chunk(2)
        noise, variance = given.chunk(2, dim=1)
        free = without.chunk(2, dim=1)[0]
        return torch.cat([free + self.scale * (noise - free), variance], dim=1)


def guided(
    model: DiT,
    clip_features: Tensor,
    dino_features: Tensor,
    scale: float,
    *,
    null_clip: Tensor,
    null_dino: Tensor | None = None,
) -> Denoiser:
    """Read the image, and its absence, once for a whole sampling.

    Args:
        model: the transformer.
        clip_features: (N, any, clip_channels)
        dino_features: (N, any, dino_channels)
        scale: how far to be guided; 1 is not at all.
        null_clip: (1 or N, any, clip_channels) CLIP features of zero pixels.
        null_dino: (1 or N, any, dino_channels) DINO features of zero pixels. None keeps the
            image's own, as the released code does: guidance then acts on CLIP alone.
    """
    if scale == 1:
        return GuidedDenoiser(model, model.condition(clip_features, dino_features), scale, False)
    clip = torch.cat([null_clip.expand_as(clip_features), clip_features])
    if null_dino is not None:
        dino_features = torch.cat([null_dino.expand_as(dino_features), dino_features])
    return GuidedDenoiser(model, model.condition(clip, dino_features), scale, True)


def drop_condition(
    clip_features: Tensor,
    dino_features: Tensor,
    *,
    null_clip: Tensor,
    null_dino: Tensor | None = None,
    rate: float = DROP_RATE,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor]:
    """Put the null condition in the place of a share of the images, for training.

    Args:
        clip_features: (N, any, clip_channels)
        dino_features: (N, any, dino_channels)
        null_clip: (1 or N, any, clip_channels) CLIP features of zero pixels.
        null_dino: the same of DINO; None never drops DINO.
        rate: probability of being dropped.
        generator: on the CPU, where the draw is made.
    """
    draw = torch.rand(len(clip_features), generator=generator).to(clip_features.device)
    dropped = (draw < rate)[:, None, None]
    clip_features = torch.where(dropped, null_clip, clip_features)
    if null_dino is not None:
        dino_features = torch.where(dropped, null_dino, dino_features)
    return clip_features, dino_features
