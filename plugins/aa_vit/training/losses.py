"""The losses of the renderer (official renderer, section 5). Letters: B batch, O and Q sides."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from aa_vit.training.config import LossConfig
from avatarartist_core.choosing import choose
from avatarartist_core.config import Choice
from avatarartist_core.heads.window import KINDS
from avatarartist_core.lazy import build
from avatarartist_core.nn.drawing import Drawn
from avatarartist_core.nn.perceptual import PictureDistance, lpips_loss, perceptual_loss
from avatarartist_core.plugins import installed
from avatarartist_core.training.views import Views

UNTAUGHT = ("features", "triplane", "density", "identity", "adversarial")
"""Losses of the paper that are options already and not yet computed."""

_INNER = ("eye", "teeth", "mouth")
_LPIPS = "lpips-"


def picture_distance(config: LossConfig, device: str) -> PictureDistance | None:
    """Return what compares pictures by features, or None where its weight is 0.

    Raises:
        AvatarArtistError: the network that is asked for is not there.
    """
    if not config.perceptual:
        return None
    name = config.perceptual_by
    if name.startswith(_LPIPS):
        net: Any = name.removeprefix(_LPIPS)
        return lpips_loss(net, device=device)
    entry = choose(Choice(name=name), installed().features)
    return perceptual_loss(build(entry.entry, entry.options, device))


def losses(
    drawn: Drawn, views: Views, config: LossConfig, distance: PictureDistance | None
) -> dict[str, Tensor]:
    """Return every loss that counts, unweighted, by the name of its weight."""
    weight = importance(views, config)
    small, rough = _smaller(views.picture, drawn.raw), _smaller(views.alpha, drawn.raw)
    found = {
        "colour": (weight * (drawn.picture - views.picture).abs()).mean(),
        "raw": F.l1_loss(drawn.raw, small),
    }
    if config.edges:
        found["edges"] = edges(drawn.picture, views.picture, weight)
    if config.alpha and drawn.alpha is not None:
        found["alpha"] = (weight * (drawn.alpha - views.alpha).abs()).mean()
    if config.opacity:
        found["opacity"] = F.l1_loss(drawn.opacity, rough)
    if config.depth:
        found["depth"] = ((drawn.depth - views.depth).abs() * views.known).mean()
    if distance is not None:
        found["perceptual"] = (
            distance(drawn.picture, views.picture) + distance(drawn.raw, small)
        ).mean()
    return {name: value for name, value in found.items() if getattr(config, name)}


def total(found: dict[str, Tensor], config: LossConfig) -> Tensor:
    """Add losses up by their weights."""
    parts: list[Tensor] = [getattr(config, name) * value for name, value in found.items()]
    return torch.stack(parts).sum()


def importance(views: Views, config: LossConfig) -> Tensor:
    """Return (B, 1, O, O): how much a pixel counts, 1 where nothing is."""
    kind = views.view[..., 3][:, None]
    inner = sum(kind == KINDS.index(name) for name in _INNER)
    weight = 1 + config.person * (views.alpha > _FAINT) + config.face * views.view[..., 2][:, None]
    return weight + config.inner * inner


def edges(drawn: Tensor, wanted: Tensor, weight: Tensor) -> Tensor:
    """Compare the differences of neighbouring pixels, along x and along y."""
    off = drawn - wanted
    across = (off[..., 1:] - off[..., :-1]).abs() * weight[..., 1:]
    down = (off[..., 1:, :] - off[..., :-1, :]).abs() * weight[..., 1:, :]
    return across.mean() + down.mean()


_FAINT = 0.01


def _smaller(pictures: Tensor, like: Tensor) -> Tensor:
    """Average (B, C, O, O) to the side of the raw picture."""
    side = like.shape[-1]
    if pictures.shape[-1] % side == 0:
        return F.avg_pool2d(pictures, pictures.shape[-1] // side)
    return F.interpolate(
        pictures, (side, side), mode="bilinear", antialias=True, align_corners=False
    )
