"""The networks in memory: from a bundle, or fresh with random weights."""

from __future__ import annotations

from typing import TypeVar

import torch
from torch import nn

from aa_next3d.cnn_renderer import CNNRenderer
from aa_next3d.gan import Next3D
from aa_next3d.networks import CNN, GAN, CNNConfig, Network, Next3DConfig
from avatarartist_core.errors import WeightsError
from avatarartist_core.weights.bundle import Bundle

M = TypeVar("M", Next3D, CNNRenderer)

FRESH_SEED = 20250326
"""Of untrained networks, so that two runs get the same ones, and ``cnn`` those of ``next3d``."""

_SAMPLES = 256
_LIVELIER = 15.0


def load_gan(config: Next3DConfig, device: str) -> tuple[Network, Next3D]:
    """Read the GAN that the options ask for.

    Raises:
        AvatarArtistError: it is not there, or not whole.
    """
    about, bundle = GAN.asked(config)
    gan = _fresh(about) if bundle is None else _of_bundle(bundle, Next3D)
    nn.Module.to(gan.eval().requires_grad_(False), device)
    return about, gan


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
        renderer = _of_bundle(bundle, CNNRenderer)
    kind = torch.bfloat16 if device.startswith("cuda") else torch.float32
    if config.precision != "auto":
        kind = getattr(torch, config.precision)
    nn.Module.to(renderer.eval().requires_grad_(False), device, kind)
    if device.startswith("cuda"):
        nn.Module.to(renderer, memory_format=torch.channels_last)
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
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(FRESH_SEED)
        gan = Next3D(about.shape.model_dump(mode="json"))
    with torch.no_grad():  # as drawn, the volume is so even that every view of it looks the same
        gan.field.out_weight[0].mul_(_LIVELIER)
    return gan


def _of_bundle(bundle: Bundle, kind: type[M]) -> M:
    for file in bundle.files:
        bundle.path(file.path)
    try:
        model: M = kind.from_pretrained(bundle.folder / "network")
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise WeightsError(
            f"bundle {bundle.name!r} of {bundle.component!r} cannot be loaded: {error}",
            f"Look at it: aa weights verify {bundle.name}; then import it again.",
        ) from error
    return model
