"""Every sampler by its name."""

from typing import get_args

import torch
from torch import Tensor

from aa_dit.config import Sampler
from aa_dit.diffusion.ancestral import ancestral
from aa_dit.diffusion.denoiser import Denoiser
from aa_dit.diffusion.dpm_solver import dpm_solver
from aa_dit.diffusion.scheduled import scheduled
from avatarartist_core.interfaces import Progress, silent

SAMPLERS: tuple[Sampler, ...] = get_args(Sampler)


def sample(
    sampler: Sampler,
    denoise: Denoiser,
    noise: Tensor,
    steps: int,
    *,
    generator: torch.Generator | None = None,
    progress: Progress = silent,
) -> Tensor:
    """Turn (N, C, H, W) unit normal noise into latents of the same shape.

    Args:
        sampler: ``dpm`` and ``iddpm`` are the released code's, the others those of diffusers.
        denoise: the guided network, as ``guided`` makes it.
        noise: where to start.
        steps: of the sampler.
        generator: where samplers that add noise draw it from.
        progress: told after every evaluation of the network.
    """
    with torch.no_grad():
        if sampler == "dpm":
            return dpm_solver(denoise, noise, steps, progress=progress)
        if sampler == "iddpm":
            return ancestral(denoise, noise, steps, generator=generator, progress=progress)
        return scheduled(sampler, denoise, noise, steps, generator=generator, progress=progress)
