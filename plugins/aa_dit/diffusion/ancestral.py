"""Ancestral sampling of improved DDPM with the learned variance, on fewer steps (spec 4)."""

import torch
from diffusers.utils.torch_utils import randn_tensor
from torch import Tensor

from aa_dit.diffusion.denoiser import Denoiser
from aa_dit.diffusion.schedule import Schedule
from avatarartist_core.interfaces import Progress, silent


def ancestral(
    denoise: Denoiser,
    noise: Tensor,
    steps: int,
    *,
    generator: torch.Generator | None = None,
    noises: Tensor | None = None,
    schedule: Schedule | None = None,
    progress: Progress = silent,
) -> Tensor:
    """Walk the respaced chain backwards, drawing every step.

    Args:
        denoise: the guided network.
        noise: (N, C, H, W) unit normal to start from.
        steps: steps of the respaced chain.
        generator: where the noise of the steps is drawn from.
        noises: (steps, N, C, H, W) to take instead of drawing; the last one is not used.
        schedule: the chain that the network was trained on.
        progress: told after every step.

    Returns:
        (N, C, H, W) latents.
    """
    chain = (schedule or Schedule.linear()).respaced(steps)
    x = noise
    for done, index in enumerate(reversed(range(steps))):
        step = torch.full((len(x),), index, device=x.device)
        timestep = torch.full_like(step, int(chain.timesteps[index]))
        predicted, variance = denoise(x, timestep).chunk(2, dim=1)
        x, noisy = chain.posterior_mean(chain.denoised(x, step, predicted), x, step), x
        if index > 0:
            fresh = noises[done] if noises is not None else _draw(noisy, generator)
            x = x + torch.exp(0.5 * chain.learned_log_variance(variance, step)) * fresh
        progress(done + 1, steps)
    return x


def _draw(like: Tensor, generator: torch.Generator | None) -> Tensor:
    """Draw unit normal noise; a CPU generator gives the same on every device."""
    return randn_tensor(like.shape, generator=generator, device=like.device, dtype=like.dtype)
