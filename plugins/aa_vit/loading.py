"""The network in memory: from a bundle, or fresh with random weights."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from aa_vit.model import MotionViT
from aa_vit.networks import KIND, Network, ViTConfig
from avatarartist_core.weights.loading import placed, precision_of, saved_model, untrained

_LIVELIER = 15.0
_LARGE = 128  # side of planes from which preparing a network for speed pays


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
    kind = precision_of(config.precision, device)
    model = _fresh(about) if bundle is None else saved_model(bundle, MotionViT, "vit")
    model = placed(model, device, kind)
    if device == "cpu" and about.shape.plane_resolution >= _LARGE:
        model = model.fixed()
    return Loaded(about, model, kind)


def _fresh(about: Network) -> MotionViT:
    with untrained():
        model = MotionViT(about.shape.model_dump())
    with torch.no_grad():  # as drawn, planes are so flat that every view of them looks the same
        model.triplane_decoder.fuse_planes.convs[-1].weight.mul_(_LIVELIER)
        model.field.out_weight[0].mul_(_LIVELIER)
    return model
