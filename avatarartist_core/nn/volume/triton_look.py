"""Reads planes and decodes samples on a GPU in one Triton kernel; the marching stays in torch.

Without it a frame's samples pass through memory as features, hidden units and colours in turn.
"""

# N samples, G planes, K hidden units, F features

import torch
import triton
import triton.language as tl
from torch import Tensor

from avatarartist_core.nn.volume.composite import Marched
from avatarartist_core.nn.volume.config import VolumeConfig
from avatarartist_core.nn.volume.decoder import FeatureDecoder
from avatarartist_core.nn.volume.plain import march_with
from avatarartist_core.nn.volume.projection import Projection, project
from avatarartist_core.nn.volume.rays import Rays

SAMPLES = 64  # decoded together


@torch.no_grad()
def march_triton(
    planes: Tensor,
    rays: Rays,
    decoder: FeatureDecoder,
    config: VolumeConfig,
    u_coarse: Tensor | None = None,
    u_fine: Tensor | None = None,
) -> Marched:
    """Do what ``march_plain`` does; the arguments are those of ``march``."""
    units, features = len(decoder.hidden_bias), decoder.features
    multiple = max(16, _power_of_two(units), _power_of_two(features))
    projections = [project(planes[b], decoder, config.axes, multiple) for b in range(len(planes))]

    def look(depths: Tensor) -> tuple[Tensor, Tensor]:
        points = (rays.origins[:, :, None] + depths * rays.directions[:, :, None]) / config.extent
        decoded = [decode(one, points[b]) for b, one in enumerate(projections)]
        densities, colours = (torch.stack(parts) for parts in zip(*decoded, strict=True))
        return densities, colours[..., :features]

    return march_with(look, rays, config, u_coarse, u_fine)


def decode(field: Projection, points: Tensor) -> tuple[Tensor, Tensor]:
    """Decode points.

    Args:
        field: planes and decoder.
        points: (..., 3) in half sides of the cube.

    Returns:
        (..., 1) raw densities and (..., F) colours.
    """
    flat = points.reshape(-1, 3)
    places = torch.stack([flat[:, pair] for pair in field.axes]).contiguous()
    densities = flat.new_empty(len(flat))
    colours = flat.new_empty(len(flat), len(field.colour_bias))
    _decode[(triton.cdiv(len(flat), SAMPLES),)](
        field.texels,
        places,
        field.network,
        field.colour_weights,
        field.colour_bias,
        densities,
        colours,
        len(flat),
        *field.texels.shape[1:3],
        PLANES=len(field.axes),
        UNITS=field.texels.shape[3],
        FEATURES=len(field.colour_bias),
        SAMPLES=SAMPLES,
    )
    return densities.reshape(*points.shape[:-1], 1), colours.reshape(*points.shape[:-1], -1)


def _power_of_two(number: int) -> int:
    return 1 << (number - 1).bit_length()


@triton.jit  # type: ignore[untyped-decorator]
def _decode(  # type: ignore[no-untyped-def]
    texels,
    places,
    network,
    colour_weights,
    colour_bias,
    densities,
    colours,
    count,
    height,
    width,
    PLANES: tl.constexpr,
    UNITS: tl.constexpr,
    FEATURES: tl.constexpr,
    SAMPLES: tl.constexpr,
):
    sample = tl.program_id(0) * SAMPLES + tl.arange(0, SAMPLES)
    real = sample < count
    unit, feature = tl.arange(0, UNITS), tl.arange(0, FEATURES)
    hidden = tl.zeros((SAMPLES, UNITS), tl.float32) + tl.load(network + unit)[None, :]
    for plane in tl.static_range(PLANES):
        place = places + (plane * count + sample) * 2
        x = ((tl.load(place, mask=real, other=9.0) + 1) * width - 1) / 2
        y = ((tl.load(place + 1, mask=real, other=9.0) + 1) * height - 1) / 2
        x = tl.minimum(tl.maximum(x, -2.0), width + 1.0)
        y = tl.minimum(tl.maximum(y, -2.0), height + 1.0)
        for corner in tl.static_range(4):
            column = tl.floor(x) + corner % 2
            row = tl.floor(y) + corner // 2
            amount = (1 - tl.abs(x - column)) * (1 - tl.abs(y - row))
            inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
            texel = ((plane * height + row.to(tl.int32)) * width + column.to(tl.int32)) * UNITS
            read = tl.load(texels + texel[:, None] + unit[None, :], mask=inside[:, None], other=0.0)
            hidden += amount[:, None] * read
    hidden = tl.maximum(hidden, 0.0) + tl.log(1 + tl.exp(-tl.abs(hidden)))
    density = tl.sum(hidden * tl.load(network + UNITS + unit)[None, :], axis=1)
    density += tl.load(network + 2 * UNITS)
    tl.store(densities + sample, density, mask=real)
    weights = tl.load(colour_weights + unit[:, None] * FEATURES + feature[None, :])
    colour = tl.dot(hidden, weights, input_precision="ieee") + tl.load(colour_bias + feature)[None]
    colour = 1.002 / (1 + tl.exp(-colour)) - 0.001
    where = sample.to(tl.int64)[:, None] * FEATURES + feature[None, :]
    tl.store(colours + where, colour, mask=real[:, None])
