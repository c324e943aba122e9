"""The networks in memory: from a bundle, or fresh with random weights."""

from __future__ import annotations

import torch

from aa_next3d.cnn_renderer import CNNRenderer
from aa_next3d.gan import Next3D
from aa_next3d.networks import CNN, GAN, CNNConfig, Network, Next3DConfig
from avatarartist_core.weights.loading import placed, precision_of, saved_model, untrained

_SAMPLES = 256
_LIVELIER = 15.0
_LARGE = 128  # side of planes from which preparing a network for speed pays


def load_gan(config: Next3DConfig, device: str) -> tuple[Network, Next3D]:
    """Read the GAN that the options ask for.

    Raises:
        AvatarArtistError: it is not there, or not whole.
    """
    about, bundle = GAN.asked(config)
    gan = _fresh(about) if bundle is None else saved_model(bundle, Next3D, "network")
    return about, placed(gan, device)


def load_renderer(config: CNNConfig, device: str) -> tuple[Network, CNNRenderer, torch.dtype]:
    """Read the renderer that the options ask for, and the arithmetic it runs in.

    Raises:
        AvatarArtistError: it is not there, or not whole.
    """
    about, bundle = CNN.asked(config)
    if bundle is None:
        gan = _fresh(about)
        renderer = CNNRenderer.of_gan(gan, average_latents(gan))
    else:
        renderer = saved_model(bundle, CNNRenderer, "network")
    kind = precision_of(config.precision, device)
    placed(renderer, device, kind)
    if device == "cpu" and kind is torch.float32 and about.shape.plane_resolution >= _LARGE:
        renderer = renderer.fixed()
    return about, renderer, kind


@torch.no_grad()
def average_latents(gan: Next3D) -> torch.Tensor:
    """Return the (N, D) mean of what random vectors are mapped to, seen from the front."""
    chance = torch.Generator().manual_seed(0)
    z = torch.randn((_SAMPLES, gan.shape.noise_size), generator=chance)
    mean = gan.mapping(z, front_label().expand(_SAMPLES, -1)).mean(0)
    return mean.expand(gan.shape.latents, -1).clone()


def front_label() -> torch.Tensor:
    """Return the (1, 25) label of a camera in front of the head, 2.7 units away."""
    label = torch.zeros(1, 25)
    label[0, [0, 15, 24]] = 1
    label[0, [5, 10]] = -1  # OpenCV axes: y down, z away from the viewer
    label[0, 11] = 2.7
    label[0, [16, 20]] = 4.2647
    label[0, [18, 21]] = 0.5
    return label


def _fresh(about: Network) -> Next3D:
    with untrained():  # the same seed for both: an untrained cnn draws an untrained next3d
        gan = Next3D(about.shape.model_dump(mode="json"))
    with torch.no_grad():  # as drawn, the volume is so even that every view of it looks the same
        gan.field.out_weight[0].mul_(_LIVELIER)
    return gan
