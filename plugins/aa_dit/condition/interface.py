"""What every image condition offers: from pictures to two sets of tokens."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from aa_dit.condition.pixels import seen_by
from aa_dit.config import ConditionShape
from avatarartist_core.data import Picture


@dataclass(frozen=True, eq=False)
class Pixels:
    """Standardised pictures, as each of the two encoders wants them.

    Attributes:
        clip: (N, 3, S, S); zero is the mean colour.
        dino: (N, 3, S', S'); likewise.
    """

    clip: Tensor
    dino: Tensor


@dataclass(frozen=True, eq=False)
class Features:
    """Tokens of the two encoders.

    Attributes:
        clip: (N, T, C) tokens that say what is seen; attended to, and what guidance acts on.
        dino: (N, T', C') tokens that say where things are; joined with the latent's.
    """

    clip: Tensor
    dino: Tensor


class ImageCondition(nn.Module):
    """A pair of image encoders.

    Args:
        shape: sizes of the two.
    """

    def __init__(self, shape: ConditionShape) -> None:
        super().__init__()
        self.shape = shape

    @abstractmethod
    def features(self, pixels: Pixels) -> Features:
        """Encode standardised pictures; differentiable where the encoders are trained."""

    def pixels(self, picture: Picture) -> Pixels:
        """Cut, resize and standardise one uint8 picture (H, W, 3 or 4), on the encoders' device."""
        clip, dino = self.shape.clip, self.shape.dino
        return Pixels(
            seen_by("clip", picture, clip.resized, clip.side)[None].to(self._device),
            seen_by("dino", picture, dino.resized, dino.side)[None].to(self._device),
        )

    @torch.no_grad()
    def encode(self, picture: Picture) -> Features:
        """Encode one uint8 picture (H, W, 3 or 4): features of N = 1."""
        return self.features(self.pixels(picture))

    @torch.no_grad()
    def null(self) -> Features:
        """Encode zero pixels, a picture of the mean colour: features of N = 1.

        The released weights are guided by its CLIP features beside the picture's own DINO
        features; a full null takes both.
        """
        clip, dino = (
            torch.zeros(1, 3, side, side, device=self._device)
            for side in (self.shape.clip.side, self.shape.dino.side)
        )
        return self.features(Pixels(clip, dino))

    @property
    def _device(self) -> torch.device:
        return next(self.parameters()).device
