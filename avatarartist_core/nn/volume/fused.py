"""Marches rays on the CPU in one compiled pass, without gradients or large intermediates."""

# B batch, P planes, C channels, N rays, F features

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from avatarartist_core.data import Floats
from avatarartist_core.nn.volume.composite import Marched, limit_depth
from avatarartist_core.nn.volume.config import VolumeConfig
from avatarartist_core.nn.volume.decoder import FeatureDecoder
from avatarartist_core.nn.volume.depths import coarse_depths
from avatarartist_core.nn.volume.loops import BLOCK, march_rays
from avatarartist_core.nn.volume.projection import project
from avatarartist_core.nn.volume.rays import Rays

STOP = 1e-4  # light left at which a ray ends: features are off by 2e-4 at most
SKIP = 1e-6  # share of a sample left uncoloured: with 96 samples features are off by 2e-4 at most
_TILE = 8  # rays of a square of this side read the same texels: marched together
_PIECES = 16  # pieces of work a thread: rays differ in how early they stop


@torch.no_grad()
def march_fused(
    planes: Tensor,
    rays: Rays,
    decoder: FeatureDecoder,
    config: VolumeConfig,
    u_coarse: Tensor | None = None,
    u_fine: Tensor | None = None,
    *,
    exact: bool = False,
) -> Marched:
    """Do what ``march_plain`` does, within 1e-3; the arguments are those of ``march``."""
    batch, count = rays.origins.shape[:2]
    even = coarse_depths(rays, config, u_coarse)
    if u_fine is None:
        shares = torch.linspace(0, 1, config.fine).expand(batch, 1, config.fine)
    else:
        shares = u_fine.reshape(batch, count, config.fine)
    lines = torch.stack([rays.origins, rays.directions], dim=2) / config.extent
    features = torch.empty(batch, count, -(-decoder.features // BLOCK) * BLOCK)
    depth, opacity = torch.empty(batch, count, 1), torch.empty(batch, count, 1)
    limits = (0.0, -1.0) if exact else (STOP, SKIP)
    threads = torch.get_num_threads()
    pieces = np.array_split(ray_order(count), min(count, threads * _PIECES))
    projected = None
    with ThreadPoolExecutor(threads) as pool:
        for b in range(batch):
            if projected is None or planes.stride(0):  # one avatar, many cameras: project once
                projected = project(planes[b], decoder, config.axes, BLOCK)
            given = (
                projected.texels.numpy(),
                np.array(projected.axes, np.int64),
                _array(projected.network),
                _array(projected.colour_weights),
                _array(projected.colour_bias),
                *(_array(values[b]) for values in (lines, even, shares)),
            )
            made = features[b].numpy(), depth[b, :, 0].numpy(), opacity[b, :, 0].numpy()
            _march_pieces(pool, pieces, given, limits, made)
    depth = limit_depth(depth, even, config.shared_bounds)
    return Marched(features[..., : decoder.features], depth, opacity)


@cache
def ray_order(count: int) -> NDArray[np.int64]:
    """Order the rays of a square picture by tiles, column by column; others as they are."""
    side = round(count**0.5)
    rays = np.arange(count)
    if side * side != count or side % _TILE:
        return rays
    tiles = rays.reshape(side // _TILE, _TILE, side // _TILE, _TILE)
    return np.ascontiguousarray(tiles.transpose(2, 0, 1, 3)).reshape(-1)


def _march_pieces(
    pool: ThreadPoolExecutor,
    pieces: Iterable[NDArray[np.int64]],
    given: tuple[Any, ...],
    limits: tuple[float, float],
    made: tuple[Any, ...],
) -> None:
    """March all rays, a piece a job.

    numba's own threads are left alone: one of its three kinds ends the process when two threads of
    a program use it at a time.
    """
    network, even, shares = given[2], given[6], given[7]

    def march_piece(rays: NDArray[np.int64]) -> None:
        # torch lays memory at multiples of 64 bytes, numba does not: a fifth of the time.
        hidden = torch.empty(even.shape[1] + shares.shape[1], network.shape[1]).numpy()
        march_rays(*given, rays, hidden, *(np.float32(limit) for limit in limits), *made)

    list(pool.map(march_piece, pieces))


def _array(tensor: Tensor) -> Floats:
    return tensor.detach().float().contiguous().numpy()
