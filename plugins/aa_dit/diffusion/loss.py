"""The loss of improved DDPM: the noise by squares, its variance by the variational bound.

Nichol and Dhariwal, "Improved denoising diffusion probabilistic models", 2021, sections 3.1, 3.4.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from aa_dit.diffusion.denoiser import Denoiser
from aa_dit.diffusion.schedule import Schedule

BIN = 1 / 255
"""Half the width of a bin of the first step's likelihood: data are 8-bit values in [-1, 1]."""
EDGE = 0.999
SMALLEST = 1e-12


class DiffusionLoss(NamedTuple):
    """The parts of the loss, (N,) each and differentiable.

    Attributes:
        mse: mean square error of the predicted noise.
        bound: term of the variational bound in bits per dimension; trains the variance alone.
    """

    mse: Tensor
    bound: Tensor

    @property
    def total(self) -> Tensor:
        """Their sum, unscaled, as the released code has it (spec 3)."""
        return self.mse + self.bound


def iddpm_loss(
    denoise: Denoiser, schedule: Schedule, data: Tensor, step: Tensor, noise: Tensor
) -> DiffusionLoss:
    """Compare a network with what it should have said at one step of each sample.

    Args:
        denoise: the network, its image conditions filled in.
        schedule: the chain it is trained on.
        data: (N, C, H, W) scaled latents x0.
        step: (N,) steps, uniform in 0..K-1.
        noise: (N, C, H, W) unit normal.
    """
    noisy = schedule.noised(data, step, noise)
    timesteps = torch.as_tensor(schedule.timesteps, device=step.device)[step].to(data.device)
    predicted, variance = denoise(noisy, timesteps).float().chunk(2, dim=1)
    bound = variational_bound(schedule, data, noisy, step, predicted.detach(), variance)
    return DiffusionLoss(_mean((predicted - noise).square()), bound)


def variational_bound(
    schedule: Schedule, data: Tensor, noisy: Tensor, step: Tensor, noise: Tensor, variance: Tensor
) -> Tensor:
    """Return the (N,) bits per dimension that the predicted step costs beside the true one.

    Args:
        schedule: the chain.
        data: (N, C, H, W) x0.
        noisy: (N, C, H, W) x[t].
        step: (N,) t.
        noise: (N, C, H, W) predicted.
        variance: (N, C, H, W) predicted, -1 the smallest and 1 the largest.
    """
    mean = schedule.posterior_mean(schedule.denoised(noisy, step, noise), noisy, step)
    log_variance = schedule.learned_log_variance(variance, step)
    true_mean = schedule.posterior_mean(data, noisy, step)
    true_log_variance = schedule.learned_log_variance(torch.full_like(variance, -1), step)
    divergence = _mean(normal_divergence(true_mean, true_log_variance, mean, log_variance))
    first = -_mean(binned_log_likelihood(data, mean, log_variance / 2))
    return torch.where(step.to(data.device) == 0, first, divergence) / math.log(2)


def normal_divergence(
    mean: Tensor, log_variance: Tensor, other_mean: Tensor, other_log_variance: Tensor
) -> Tensor:
    """Return the elementwise KL divergence of two normal distributions, in nats."""
    return 0.5 * (
        other_log_variance
        - log_variance
        - 1
        + torch.exp(log_variance - other_log_variance)
        + (mean - other_mean).square() * torch.exp(-other_log_variance)
    )


def binned_log_likelihood(data: Tensor, mean: Tensor, log_deviation: Tensor) -> Tensor:
    """Return the elementwise log probability of the bin around ``data``; the end bins are open."""
    centred, sharpness = data - mean, torch.exp(-log_deviation)
    below_upper = _normal_cdf(sharpness * (centred + BIN))
    below_lower = _normal_cdf(sharpness * (centred - BIN))
    inside = torch.where(
        data < -EDGE,
        below_upper,
        torch.where(data > EDGE, 1 - below_lower, below_upper - below_lower),
    )
    return inside.clamp(min=SMALLEST).log()


def _normal_cdf(values: Tensor) -> Tensor:
    """Approximate the cumulative normal distribution as the published loss does."""
    return 0.5 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (values + 0.044715 * values**3)))


def _mean(values: Tensor) -> Tensor:
    return values.flatten(1).mean(1)
