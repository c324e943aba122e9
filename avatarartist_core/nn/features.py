"""Networks whose features say how alike pictures are."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from avatarartist_core.interfaces import Component

if TYPE_CHECKING:
    from torch import Tensor


class FeatureNetwork(Component, ABC):
    """Frozen features of pictures, differentiable by the picture."""

    @abstractmethod
    def levels(self, images: Tensor) -> list[Tensor]:
        """Return feature maps, finest first, for perceptual losses.

        Args:
            images: (B, 3, H, W) in [-1, 1], RGB.
        """

    @abstractmethod
    def vectors(self, images: Tensor) -> Tensor:
        """Return one (B, D) vector a picture, for Frechet and kernel distances.

        Args:
            images: (B, 3, H, W) in [-1, 1], RGB.
        """
