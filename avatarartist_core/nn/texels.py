"""Planes read between their texels, the mean over planes, quickly where gradients are asked for."""

# B batch, P planes, C channels, H and W their sides, N places

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import grid_sample, pad

from avatarartist_core.compiled import can_compile
from avatarartist_core.nn.workers import Workers

Outside = Literal["zeros", "border"]
"""What lies outside of the planes: nothing, or what is at the border."""

_LANES = 16


def mean_texels(planes: Tensor, places: Tensor, outside: Outside = "zeros") -> Tensor:
    """Read each plane bilinearly at its places, and average the planes.

    On a processor, in training, compiled loops take over; they are within rounding of torch's.

    Args:
        planes: (B, P, C, H, W), the borders of the outer texels at -1 and 1.
        places: (B, P, N, 2) column and row.
        outside: what lies beyond the borders.

    Returns:
        (B, N, C).
    """
    if _is_quicker(planes, places):
        given = planes.float(), places.float(), outside == "border"
        read: Tensor = _MeanTexels.apply(*given)  # type: ignore[no-untyped-call]
        return read
    # Half precision has too few steps for the coordinates of 256 texels.
    read = grid_sample(
        planes.flatten(0, 1).float(),
        places.flatten(0, 1)[:, None].float(),
        align_corners=False,
        padding_mode=outside,
    )
    return read[:, :, 0].mT.reshape(*places.shape[:3], -1).mean(1)


def read_plane(plane: Tensor, places: Tensor, outside: Outside = "zeros") -> Tensor:
    """Draw a plane: read it bilinearly at a picture of places.

    Args:
        plane: (B, C, H, W).
        places: (B, O, O, 2), see ``mean_texels``.
        outside: what lies beyond the borders.

    Returns:
        (B, C, O, O) float32.
    """
    plane, places = plane.float(), places.float()
    if not _is_quicker(plane, places):
        return grid_sample(plane, places, align_corners=False, padding_mode=outside)
    read = mean_texels(plane[:, None], places.flatten(1, 2)[:, None], outside)
    return read.mT.reshape(*plane.shape[:2], *places.shape[1:3])


def _is_quicker(planes: Tensor, places: Tensor) -> bool:
    learns = torch.is_grad_enabled() and (planes.requires_grad or places.requires_grad)
    on_processor = planes.device.type == "cpu" and places.device.type == "cpu"
    return learns and on_processor and not torch.compiler.is_compiling() and can_compile()


class _MeanTexels(torch.autograd.Function):
    """``mean_texels`` by compiled loops."""

    @staticmethod
    def forward(ctx: Any, planes: Tensor, places: Tensor, is_held: bool) -> Tensor:
        from avatarartist_core.nn.texel_loops import read

        texels = _channels_last(planes)
        places = places.contiguous()
        B, P, N, _ = places.shape
        out = torch.empty(B, N, texels.shape[-1])
        with Workers() as workers:
            for b in range(B):
                given = texels[b].numpy(), places[b].numpy(), is_held, np.float32(1 / P)
                workers.share(N, read, *given, out[b].numpy())
        ctx.save_for_backward(texels, places)
        ctx.is_held, ctx.channels = is_held, planes.shape[2]
        return out[..., : ctx.channels]

    @staticmethod
    def backward(ctx: Any, *given: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        from avatarartist_core.nn.texel_loops import spread

        texels, places = ctx.saved_tensors
        B, P, N, _ = places.shape
        gradient = pad(given[0], (0, texels.shape[-1] - ctx.channels)).contiguous()
        to_texels = torch.zeros_like(texels)
        to_places = torch.zeros(B, P, N if ctx.needs_input_grad[1] else 0, 2)
        with Workers() as workers:
            for b in range(B):
                same = texels[b].numpy(), places[b].numpy(), ctx.is_held, np.float32(1 / P)
                made = to_texels[b].numpy(), to_places[b].numpy()
                workers.share(P, spread, *same, gradient[b].numpy(), *made)
        planes = to_texels[..., : ctx.channels].permute(0, 1, 4, 2, 3)
        return planes, to_places if ctx.needs_input_grad[1] else None, None


def _channels_last(planes: Tensor) -> Tensor:
    """Return (B, P, H, W, C) of (B, P, C, H, W), with zeros up to a multiple of 16 channels."""
    lying = planes.detach().permute(0, 1, 3, 4, 2)
    return pad(lying, (0, -planes.shape[2] % _LANES)).contiguous()
