"""The network in memory: from a bundle, or fresh with random weights."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from aa_vit.model import MotionViT
from aa_vit.networks import KIND, Network, ViTConfig
from avatarartist_core.errors import WeightsError
from avatarartist_core.weights.bundle import Bundle

FRESH_SEED = 20250326
"""Of untrained networks, so that two runs get the same ones."""

_LIVELIER = 15.0


@dataclass(frozen=True, eq=False)
class Loaded:
    """A network on its device, ready to be asked.

    Attributes:
        about: what it is.
        model: the network.
        kind: its arithmetic.
    """

    about: Network
    model: MotionViT
    kind: torch.dtype


def load_network(config: ViTConfig, device: str) -> Loaded:
    """Read the network that the options ask for.

    Raises:
        AvatarArtistError: it is not there, or not whole.
    """
    about, bundle = KIND.asked(config)
    kind = precision_of(config, device)
    model = _fresh(about) if bundle is None else _of_bundle(bundle)
    nn.Module.to(model.eval().requires_grad_(False), device, kind)
    if device.startswith("cuda"):
        model.to(memory_format=torch.channels_last)
    return Loaded(about, model, kind)


def precision_of(config: ViTConfig, device: str) -> torch.dtype:
    """Return the arithmetic that the options ask for on this device."""
    if config.precision != "auto":
        kind: torch.dtype = getattr(torch, config.precision)
        return kind
    return torch.bfloat16 if device.startswith("cuda") else torch.float32


def _fresh(about: Network) -> MotionViT:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(FRESH_SEED)
        model = MotionViT(about.shape.model_dump())
    with torch.no_grad():  # as drawn, planes are so flat that every view of them looks the same
        model.triplane_decoder.fuse_planes.convs[-1].weight.mul_(_LIVELIER)
        model.field.out_weight[0].mul_(_LIVELIER)
    return model


def _of_bundle(bundle: Bundle) -> MotionViT:
    for file in bundle.files:
        bundle.path(file.path)
    try:
        model: MotionViT = MotionViT.from_pretrained(bundle.folder / "vit")
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise WeightsError(
            f"bundle {bundle.name!r} of 'vit' cannot be loaded: {error}",
            f"Look at it: aa weights verify {bundle.name}; then import it again.",
        ) from error
    return model
