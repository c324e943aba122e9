"""How far drawn pictures are from real ones, as a feature network sees them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor

from avatarartist_core.evaluation.frechet import Frechet, frechet
from avatarartist_core.evaluation.kernel import Kernel, kernel
from avatarartist_core.evaluation.moments import Doubles, Moments
from avatarartist_core.nn.features import FeatureNetwork

BATCH = 16


@torch.no_grad()
def moments_of(features: FeatureNetwork, images: Iterable[Tensor]) -> Moments:
    """Gather the vectors of batches (B, 3, H, W) in [-1, 1]; needs little memory."""
    gathered = Moments()
    for batch in images:
        gathered.add(_vectors(features, batch))
    return gathered


@torch.no_grad()
def vectors_of(features: FeatureNetwork, images: Iterable[Tensor]) -> Doubles:
    """Return the (N, D) vectors of batches (B, 3, H, W) in [-1, 1]."""
    return np.concatenate([_vectors(features, batch) for batch in images])


def frechet_of(
    features: FeatureNetwork, real: Iterable[Tensor], drawn: Iterable[Tensor]
) -> Frechet:
    """Measure the Frechet distance of two streams of batches (B, 3, H, W) in [-1, 1]."""
    return frechet(moments_of(features, real), moments_of(features, drawn))


def kernel_of(
    features: FeatureNetwork, real: Iterable[Tensor], drawn: Iterable[Tensor], *, seed: int = 0
) -> Kernel:
    """Measure the kernel distance of two streams of batches (B, 3, H, W) in [-1, 1]."""
    return kernel(vectors_of(features, real), vectors_of(features, drawn), seed=seed)


def _vectors(features: FeatureNetwork, images: Tensor) -> Doubles:
    parts = [features.vectors(part.to(features.device)) for part in torch.split(images, BATCH)]
    return torch.cat(parts).double().cpu().numpy()
