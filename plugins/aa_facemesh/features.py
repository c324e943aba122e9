"""The feature network ``facemesh``: what the landmark network sees in a face."""

from __future__ import annotations

from functools import cached_property

import torch
from torch import Tensor
from torch.nn.functional import interpolate, normalize

from aa_facemesh.landmark_net import SIDE, LandmarkNet, shipped_landmark_net
from avatarartist_core.nn.features import FeatureNetwork


class FaceMeshFeatures(FeatureNetwork):
    """Frozen features of square pictures that a face fills as in an aligned portrait.

    They know faces: a picture without one is far from every portrait. Measured on portraits, the
    vectors answer to blur, noise, place and hue, and little to brightness and grey.
    """

    def levels(self, images: Tensor) -> list[Tensor]:
        """Return feature maps of sides 128, 64, 32, 16, 8 and 4.

        Args:
            images: (B, 3, H, H) in [-1, 1], RGB; resampled to side 256 where it is another.
        """
        return self._net.levels(_faces(images))[:-1]

    def vectors(self, images: Tensor) -> Tensor:
        """Return (B, 496): the mean over each level's places of its channels at unit length.

        Unit length lets the fine levels, which see colour and texture, count as much as the deep
        ones, whose values are larger and which see shape.

        Args:
            images: (B, 3, H, H) in [-1, 1], RGB.
        """
        return torch.cat([normalize(level).mean((2, 3)) for level in self.levels(images)], 1)

    def landmarks(self, images: Tensor) -> Tensor:
        """Return (B, 478, 3) landmarks in pixels of the pictures, z away from the camera.

        Args:
            images: (B, 3, H, H) in [-1, 1], RGB.
        """
        scale = images.shape[-1] / SIDE
        # The network counts from the edge of the first pixel, pictures from its centre.
        edge = torch.tensor([0.5, 0.5, 0.0], device=images.device)
        return self._net(_faces(images)) * scale - edge

    @cached_property
    def _net(self) -> LandmarkNet:
        return shipped_landmark_net().to(self.device)


def _faces(images: Tensor) -> Tensor:
    """Bring pictures to what the network reads: side 256, values in [0, 1]."""
    faces = (images.float() + 1) / 2
    if faces.shape[-2:] != (SIDE, SIDE):
        faces = interpolate(
            faces, (SIDE, SIDE), mode="bilinear", antialias=True, align_corners=False
        )
    return faces.contiguous(memory_format=torch.channels_last)
