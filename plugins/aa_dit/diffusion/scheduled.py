"""The samplers of diffusers by name."""

import inspect
from typing import Any

import diffusers
import torch
from torch import Tensor

from aa_dit.diffusion.denoiser import Denoiser, noise_of
from aa_dit.diffusion.schedule import FIRST_BETA, LAST_BETA, STEPS
from avatarartist_core.errors import UnknownNameError, did_you_mean
from avatarartist_core.interfaces import Progress, silent

TRAINED: dict[str, Any] = {
    "num_train_timesteps": STEPS,
    "beta_start": FIRST_BETA,
    "beta_end": LAST_BETA,
    "beta_schedule": "linear",
    "prediction_type": "epsilon",
    # "leading", their usual choice, starts below the pure noise that it is given.
    "timestep_spacing": "trailing",
}
SCHEDULERS: dict[str, tuple[str, dict[str, Any]]] = {
    # DDIM by another name: DDIMScheduler misses its own levels unless the steps divide 1000.
    "ddim": ("DPMSolverMultistepScheduler", {"solver_order": 1}),
    "ddpm": ("DDPMScheduler", {"clip_sample": False}),
    "euler": ("EulerDiscreteScheduler", {}),
    "euler-ancestral": ("EulerAncestralDiscreteScheduler", {}),
    "heun": ("HeunDiscreteScheduler", {}),
    "unipc": ("UniPCMultistepScheduler", {}),
    "dpmsolver++": ("DPMSolverMultistepScheduler", {}),
}
"""Our name: the class in diffusers and what its options need beside ``TRAINED``."""


def scheduled(
    name: str,
    denoise: Denoiser,
    noise: Tensor,
    steps: int,
    *,
    generator: torch.Generator | None = None,
    progress: Progress = silent,
) -> Tensor:
    """Sample by a scheduler of diffusers, which uses the noise and not the variance.

    Args:
        name: one of ``SCHEDULERS``.
        denoise: the guided network.
        noise: (N, C, H, W) unit normal to start from.
        steps: steps of the scheduler; ``heun`` asks the network twice in each.
        generator: where samplers that add noise draw it from.
        progress: told after every evaluation of the network.

    Returns:
        (N, C, H, W) latents.

    Raises:
        UnknownNameError: there is no such scheduler.
    """
    if name not in SCHEDULERS:
        raise UnknownNameError(
            f"no scheduler is named {name!r}{did_you_mean(name, SCHEDULERS)}",
            hint=f"Known: {', '.join(SCHEDULERS)}.",
        )
    kind, options = SCHEDULERS[name]
    scheduler = getattr(diffusers, kind)(**TRAINED, **options)
    scheduler.set_timesteps(steps, device=noise.device)
    draws = "generator" in inspect.signature(scheduler.step).parameters
    extra = {"generator": generator} if draws else {}
    x, timesteps = noise * scheduler.init_noise_sigma, scheduler.timesteps
    for index, timestep in enumerate(timesteps):
        scaled = scheduler.scale_model_input(x, timestep)
        predicted = noise_of(denoise(scaled, timestep.expand(len(x))))
        x = scheduler.step(predicted, timestep, x, **extra).prev_sample
        progress(index + 1, len(timesteps))
    return x
