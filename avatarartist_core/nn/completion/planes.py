"""Completes what pictures show of a head to a parametric triplane.

Our addition, for small networks: the paper's generator makes planes of features out of noise and
image tokens; at a size that a laptop trains, likeness is lost that way. Here the portrait's own
pixels, carried back onto the head, are the planes' colours, and networks add what is hidden and
what is no colour. Letters: B batch, C channels and R side of a plane.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor, nn
from torch.nn import functional as F

from avatarartist_core.heads.evidence import FRONT, PROFILE, TEXTURE
from avatarartist_core.nn.completion.config import CompletionConfig

COLOURS = 3
_FAINT = 0.02  # colours are kept this far from 0 and 1, whose logits are infinite


class EvidenceTensors(NamedTuple):
    """``heads.evidence.Evidence`` of B heads, channels first."""

    texture: Tensor
    front: Tensor
    above: Tensor
    beside: Tensor


class PlaneCompletion(ModelMixin, ConfigMixin):
    """Two U-Nets and two small networks.

    Args:
        shape: sizes, as ``CompletionConfig``'s plain values; None is the default.
    """

    @register_to_config  # type: ignore[untyped-decorator]
    def __init__(self, shape: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        sizes = CompletionConfig() if shape is None else CompletionConfig.model_validate(shape)
        self.shape = sizes
        self.texture = UNet(TEXTURE + 2, sizes.widths, sizes.channels)
        self.front = UNet(FRONT + 2, sizes.widths, sizes.channels)
        deep = sizes.widths[-1]
        self.above = _profile(PROFILE + 2 + deep, sizes)
        self.beside = _profile(PROFILE + 2 + deep, sizes)

    def forward(self, seen: EvidenceTensors) -> Tensor:
        """Complete; returns (B, 4, C, R, R): texture, XY, XZ and ZY."""
        grid = _grid(seen.texture)
        texture, _ = self.texture(torch.cat([seen.texture, grid], 1))
        front, deep = self.front(torch.cat([seen.front, grid], 1))
        # What the front view shows of the hair tells the planes that are seen edge on.
        columns, rows = deep.mean(2, keepdim=True), deep.mean(3, keepdim=True)
        above = self._seen_edge_on(self.above, seen.above, columns)
        beside = self._seen_edge_on(self.beside, seen.beside, rows)
        planes = torch.stack([texture, front, above, beside], 1)
        return planes + torch.stack(
            [
                _base(seen.texture[:, :COLOURS], torch.ones_like(seen.texture[:, :1]), texture),
                _base(
                    seen.front[:, :COLOURS],
                    torch.maximum(seen.front[:, 4:5], seen.front[:, 7:8]),
                    front,
                ),
                _base(None, seen.above[:, :1], above),
                _base(None, seen.beside[:, :1], beside),
            ],
            1,
        )

    def _seen_edge_on(self, network: nn.Module, outline: Tensor, deep: Tensor) -> Tensor:
        small = F.avg_pool2d(outline, 2)
        spread = F.interpolate(deep.expand(-1, -1, *_square(deep)), small.shape[-2:])
        made: Tensor = network(torch.cat([small, _grid(small), spread], 1))
        size = outline.shape[-2:]
        return F.interpolate(made, size, mode="bilinear", align_corners=False)


class UNet(nn.Module):
    """Halves the side at every level but the first, and goes back up.

    Args:
        inputs: channels in.
        widths: channels of the levels, finest first.
        outputs: channels out; starts at 0.
    """

    def __init__(self, inputs: int, widths: Sequence[int], outputs: int) -> None:
        super().__init__()
        self.stem = nn.Conv2d(inputs, widths[0], 3, padding=1)
        self.down = nn.ModuleList(Block(a, b) for a, b in pairwise(widths))
        self.narrow = nn.ModuleList(nn.Conv2d(b, a, 1) for a, b in pairwise(widths))
        self.up = nn.ModuleList(Block(a, a) for a in widths[:-1])
        self.whole = nn.Linear(widths[-1], widths[-1])
        self.out = nn.Conv2d(widths[0], outputs, 1)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(B, I, R, R) to (B, O, R, R), and the deepest level."""
        x = F.silu(self.stem(x))
        kept = []
        for block in self.down:
            kept.append(x)
            x = block(F.avg_pool2d(x, 2))
        x = deep = x + self.whole(x.mean((2, 3)))[..., None, None]
        for narrow, block, skip in zip(
            reversed(self.narrow), reversed(self.up), reversed(kept), strict=True
        ):
            up = F.interpolate(narrow(x), skip.shape[-2:], mode="bilinear", align_corners=False)
            x = block(up + skip)
        return self.out(x), deep


class Block(nn.Module):
    """Two convolutions and a norm beside a straight path."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.norm = nn.GroupNorm(4, outputs)
        self.second = nn.Conv2d(outputs, outputs, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, I, S, S) to (B, O, S, S)."""
        x = F.silu(self.norm(self.first(x)))
        return x + F.silu(self.second(x))


def logits(colours: Tensor) -> Tensor:
    """Turn colours in [0, 1] into the planes' units."""
    return torch.logit(colours.clamp(_FAINT, 1 - _FAINT))


def _profile(inputs: int, sizes: CompletionConfig) -> nn.Sequential:
    width = sizes.side_width
    last = nn.Conv2d(width, sizes.channels, 3, padding=1)
    nn.init.zeros_(last.weight)
    nn.init.zeros_(last.bias)  # type: ignore[arg-type]
    return nn.Sequential(
        nn.Conv2d(inputs, width, 3, padding=1), nn.SiLU(), Block(width, width), last
    )


def _base(colours: Tensor | None, there: Tensor | None, like: Tensor) -> Tensor:
    """Return what a plane holds before anything was learnt: colours, and density from outlines."""
    base = torch.zeros_like(like)
    if colours is not None:
        base[:, :COLOURS] = logits(colours)
    if there is not None:
        base[:, COLOURS : COLOURS + 1] = there
    return base


def _grid(like: Tensor) -> Tensor:
    """Return (B, 2, R, R) columns and rows in [-1, 1]."""
    steps = [torch.linspace(-1, 1, size, device=like.device) for size in like.shape[-2:]]
    rows, columns = torch.meshgrid(*steps, indexing="ij")
    return torch.stack([columns, rows])[None].expand(len(like), -1, -1, -1).to(like.dtype)


def _square(x: Tensor) -> tuple[int, int]:
    return (max(x.shape[-2:]),) * 2
