"""How alike two pictures look: distances of a feature network's levels (Zhang et al. 2018)."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor
from torch.nn.functional import normalize

from avatarartist_core.errors import AvatarArtistError, UsageError
from avatarartist_core.nn.features import FeatureNetwork

PictureDistance = Callable[[Tensor, Tensor], Tensor]
"""Two batches (B, 3, H, W) in [-1, 1] to (B,), 0 for equal pictures; differentiable by both."""

Backbone = Literal["vgg", "alex"]

_FILES: dict[Backbone, str] = {"vgg": "vgg16-*.pth", "alex": "alexnet-owt-*.pth"}
_OTHERWISE = "Or take the distance of an installed feature network: aa plugins list"


def perceptual_loss(features: FeatureNetwork) -> PictureDistance:
    """Compare pictures by a feature network, all its channels and levels counting alike.

    Eq. 1 of Zhang et al. 2018 without learned weights: squared differences of features that have
    unit length along their channels, averaged over places and levels. In [0, 4].
    """

    def distance(first: Tensor, second: Tensor) -> Tensor:
        levels = zip(features.levels(first), features.levels(second), strict=True)
        return torch.stack([_level_distance(one, other) for one, other in levels]).mean(0)

    return distance


def lpips_loss(net: Backbone = "vgg", *, device: str = "cpu") -> PictureDistance:
    """Compare pictures by LPIPS, of the package ``lpips`` and torchvision's network.

    Nothing is downloaded: the network's file must lie where torchvision keeps it.

    Args:
        net: the network whose features are compared; results of the two do not compare.
        device: where it runs.

    Raises:
        AvatarArtistError: the package or the file is not there.
    """
    if net not in _FILES:
        raise UsageError(f"LPIPS has no network {net!r}", hint=f"There are {', '.join(_FILES)}.")
    try:
        import lpips
    except Exception as error:  # a torchvision of another torch raises what it likes
        raise AvatarArtistError(
            f"LPIPS needs the package 'lpips', which cannot be imported: {error}",
            hint=f"Run: pip install lpips (torchvision must fit torch). {_OTHERWISE}",
        ) from error
    folder = Path(torch.hub.get_dir()) / "checkpoints"
    if not any(folder.glob(_FILES[net])):
        raise AvatarArtistError(
            f"LPIPS with {net!r} needs torchvision's file {_FILES[net]}, which is not in {folder}",
            hint=f"Fetch it once with torchvision, or copy it there. {_OTHERWISE}",
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # it calls torchvision by an older manner
        network: Any = lpips.LPIPS(net=net, verbose=False).to(device).requires_grad_(False)
    return lambda first, second: network(first, second).flatten()


def _level_distance(one: Tensor, other: Tensor) -> Tensor:
    apart = normalize(one, eps=1e-8) - normalize(other, eps=1e-8)
    return apart.square().sum(1).mean((1, 2))
