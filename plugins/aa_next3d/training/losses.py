"""The losses of the 4D GAN (official renderer, sections 5 and 6.3). Letters: B batch."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from avatarartist_core.nn.volume.config import VolumeConfig
from avatarartist_core.nn.volume.decoder import FeatureDecoder
from avatarartist_core.nn.volume.planes import sample_planes


def is_fake(scores: Tensor) -> Tensor:
    """Punish scores that are large: softplus(s), mean over the batch."""
    return functional.softplus(scores).mean()


def is_real(scores: Tensor) -> Tensor:
    """Punish scores that are small: softplus(-s), mean over the batch.

    Of real pictures for the discriminator, of drawn ones for the generator ("non-saturating").
    """
    return functional.softplus(-scores).mean()


def gradient_penalty(scores: Tensor, inputs: Sequence[Tensor]) -> Tensor:
    """Square the gradient of the scores by what was judged (R1; Mescheder et al., 2018).

    Args:
        scores: (B, 1).
        inputs: (B, ...) each, with gradients.

    Returns:
        the mean over the batch of the squared norm, all inputs together
    """
    gradients = torch.autograd.grad(scores.sum(), list(inputs), create_graph=True)
    return sum(
        (gradient.square().flatten(1).sum(1) for gradient in gradients), scores.new_zeros(())
    ).mean()


def density_variation(
    planes: Tensor,
    field: FeatureDecoder,
    volume: VolumeConfig,
    *,
    count: int,
    reach: float,
    chance: torch.Generator,
) -> Tensor:
    """Compare the raw density of random points with that of points close by.

    Points are spread over the cube of the planes.

    Args:
        planes: (B, 3, C, R, R).
        field: decodes the density.
        volume: says how planes are read.
        count: points of a sample.
        reach: deviation of the second points, world units.
        chance: where points lie.

    Returns:
        mean absolute difference
    """
    size = (len(planes), count, 3)
    first = (2 * torch.rand(size, generator=chance) - 1) * volume.extent
    second = first + reach * torch.randn(size, generator=chance)
    points = torch.cat([first, second], 1).to(planes.device)
    read = sample_planes(planes, points, volume.axes, volume.extent)
    density = field(read.mean(1))[0]
    return (density[:, :count] - density[:, count:]).abs().mean()


def blurred(pictures: Tensor, deviation: float) -> Tensor:
    """Blur (B, C, S, S) by a Gaussian of that many pixels; borders are mirrored."""
    radius = min(round(3 * deviation), pictures.shape[-1] - 1)
    if radius < 1:
        return pictures
    places = torch.arange(-radius, radius + 1, device=pictures.device, dtype=pictures.dtype)
    taps = torch.exp(-(places**2) / (2 * deviation**2))
    taps = taps / taps.sum()
    C = pictures.shape[1]
    padded = functional.pad(pictures, (radius,) * 4, mode="reflect")
    down = functional.conv2d(padded, taps.reshape(1, 1, -1, 1).repeat(C, 1, 1, 1), groups=C)
    return functional.conv2d(down, taps.reshape(1, 1, 1, -1).repeat(C, 1, 1, 1), groups=C)
