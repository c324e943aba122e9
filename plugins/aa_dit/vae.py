"""The triplane VAE: standardised planes to a small latent and back."""

from __future__ import annotations

from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor

from aa_dit.config import VAEShape
from aa_dit.decoder import PlaneDecoder
from aa_dit.encoder import PlaneEncoder
from aa_dit.posterior import Posterior
from avatarartist_core.nn.conv3d import SameConv3d


class TriplaneVAE(ModelMixin, ConfigMixin):
    """A 3-D convolutional VAE whose depth axis runs over the four planes.

    The arguments are those of ``VAEShape``, which says what each is:
    ``TriplaneVAE(**shape.model_dump())``. It is fully convolutional in height and width: ``side``
    says what it was made for and is not enforced.
    """

    @register_to_config  # type: ignore[untyped-decorator]
    def __init__(
        self,
        channels: int = 32,
        planes: int = 4,
        hidden: int = 128,
        levels: int = 3,
        latent_channels: int = 8,
        side: int = 256,
    ) -> None:
        super().__init__()
        self.shape = VAEShape(
            channels=channels,
            planes=planes,
            hidden=hidden,
            levels=levels,
            latent_channels=latent_channels,
            side=side,
        )
        moments = 2 * latent_channels
        self.encoder = PlaneEncoder(channels, hidden, levels, moments)
        self.mix_moments = SameConv3d(moments, moments, kernel=1)
        self.mix_latent = SameConv3d(latent_channels, latent_channels, kernel=1)
        self.decoder = PlaneDecoder(latent_channels, hidden, levels, channels)

    def encode(self, planes: Tensor) -> Posterior:
        """Encode standardised planes.

        Args:
            planes: (B, C, P, H, W) less their mean, by their deviation; H and W are multiples
                of 2^levels.
        """
        self._check(planes, self.shape.channels, multiple=2**self.shape.levels)
        return Posterior.of(self.mix_moments(self.encoder(planes)))

    def decode(self, latent: Tensor) -> Tensor:
        """Decode (B, Z, P, h, w) to standardised planes (B, C, P, h 2^levels, w 2^levels)."""
        self._check(latent, self.shape.latent_channels, multiple=1)
        return self.decoder(self.mix_latent(latent))

    def forward(self, planes: Tensor) -> Tensor:
        """Return what the most likely latent of the planes decodes to: (B, C, P, H, W)."""
        return self.decode(self.encode(planes).mode())

    def _check(self, x: Tensor, channels: int, multiple: int) -> None:
        """Refuse a stack of another layout, which a convolution might silently take."""
        fits = x.ndim == 5 and tuple(x.shape[1:3]) == (channels, self.shape.planes)
        if not fits or x.shape[3] % multiple or x.shape[4] % multiple:
            raise ValueError(
                f"a stack of shape {tuple(x.shape)} is given, expected (N, {channels}, "
                f"{self.shape.planes}, H, W) with H and W multiples of {multiple}"
            )
