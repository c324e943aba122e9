"""Samplers on data whose best denoiser is known: normal, of mean ``MEAN`` and deviation ``SPREAD``.

The flow from noise to such data is exact: noise z ends at MEAN + SPREAD * z, but for what the last
step of the chain still holds of the data (0.6 %) and what a sampler leaves of the noise (1 %).
"""

import math
from typing import get_args

import pytest
import torch
from diffusers import DDIMScheduler

from aa_dit.config import Sampler
from aa_dit.diffusion.ancestral import ancestral
from aa_dit.diffusion.dpm_solver import dpm_solver
from aa_dit.diffusion.sampling import SAMPLERS, sample
from aa_dit.diffusion.schedule import Schedule
from aa_dit.diffusion.scheduled import SCHEDULERS, TRAINED, scheduled
from avatarartist_core.errors import UnknownNameError

# diffusers hands tensors to numpy in the way of numpy 1
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning:diffusers"
)

MEAN, SPREAD = 0.7, 0.5
DRAWING = ("iddpm", "ddpm", "euler-ancestral")


def best(x, timestep):
    """Answer the expected noise and the smallest variance."""
    log_alphas = torch.as_tensor(Schedule.linear().alphas_cumprod).log() / 2
    low = timestep.double().floor().long().clamp(0, 998)
    share = timestep.double() - low
    alpha = (log_alphas[low] + share * (log_alphas[low + 1] - log_alphas[low])).exp()
    alpha = alpha.to(x.dtype).view(-1, 1, 1, 1)
    variance = 1 - alpha**2
    noise = variance.sqrt() * (x - alpha * MEAN) / (alpha**2 * SPREAD**2 + variance)
    return torch.cat([noise, -torch.ones_like(noise)], dim=1)


def start(*, seed=0, images=2, side=8):
    chance = torch.Generator().manual_seed(seed)
    return torch.randn((images, 2, side, side), generator=chance), chance


@pytest.mark.parametrize("name", [name for name in SAMPLERS if name not in DRAWING])
def test_samplers_that_draw_nothing_follow_the_exact_flow(name):
    noise, _ = start()
    found = sample(name, best, noise, 150)
    assert (found - (MEAN + SPREAD * noise)).abs().max() < 0.05


@pytest.mark.parametrize("name", DRAWING)
def test_samplers_that_draw_reach_the_distribution(name):
    noise, chance = start(side=32)
    found = sample(name, best, noise, 300, generator=chance)
    assert found.mean().item() == pytest.approx(MEAN, abs=0.02)
    assert found.std().item() == pytest.approx(SPREAD, rel=0.05)


@pytest.mark.parametrize("name", SAMPLERS)
def test_noise_and_generator_decide_everything(name):
    def run(seed):
        noise, chance = start(seed=seed)
        return sample(name, best, noise, 6, generator=chance)

    assert torch.equal(run(3), run(3))
    assert not torch.equal(run(3), run(4))


@pytest.mark.parametrize("name", SAMPLERS)
def test_steps_are_told_to_the_last(name):
    told = []
    sample(name, best, start()[0], 5, progress=lambda done, total: told.append((done, total)))
    total = told[-1][1]
    assert told == [(done, total) for done in range(1, total + 1)]
    assert total >= 5


@pytest.mark.parametrize("steps", [1, 2, 9, 10, 50])
def test_the_solver_takes_any_number_of_steps(steps):
    asked = []

    def counting(x, timestep):
        asked.append(timestep)
        return best(x, timestep)

    found = dpm_solver(counting, start()[0], steps)
    assert len(asked) == steps
    assert found.isfinite().all()


def test_the_solver_is_of_second_order():
    """Twice the steps leave about a quarter of the error (a first-order one: half)."""
    noise, _ = start()
    noise = noise.double()
    exact = dpm_solver(best, noise, 400)
    errors = [(dpm_solver(best, noise, steps) - exact).abs().max().item() for steps in (40, 80)]
    assert math.log2(errors[0] / errors[1]) > 1.5


def test_all_steps_of_the_chain_are_the_chain_itself():
    chain = Schedule.linear()
    assert (chain.respaced(1000).timesteps == chain.timesteps).all()
    torch.testing.assert_close(
        torch.as_tensor(chain.respaced(1000).betas), torch.as_tensor(chain.betas)
    )


def test_ancestral_steps_take_the_learned_variance():
    """One step of two, by the formulas of the paper written out."""
    chain = Schedule.linear().respaced(2)
    noise, _ = start()
    fresh = torch.randn(2, *noise.shape, generator=torch.Generator().manual_seed(5))
    between = []

    def answering(x, timestep):
        between.append(x)
        return torch.cat([0.1 * x, torch.full_like(x, 0.5)], dim=1)

    ancestral(answering, noise, 2, noises=fresh)
    kept, before = (float(level) for level in chain.alphas_cumprod[[1, 0]])
    beta = 1 - kept / before
    data = (noise - math.sqrt(1 - kept) * 0.1 * noise) / math.sqrt(kept)
    mean = (math.sqrt(before) * beta * data + math.sqrt(kept / before) * (1 - before) * noise) / (
        1 - kept
    )
    smallest = math.log(beta * (1 - before) / (1 - kept))
    deviation = math.exp(0.5 * (0.75 * math.log(beta) + 0.25 * smallest))
    torch.testing.assert_close(between[1], mean + deviation * fresh[0], rtol=1e-4, atol=1e-4)


def test_ddim_is_diffusers_where_theirs_can_take_the_steps():
    noise, _ = start()
    theirs = DDIMScheduler(**TRAINED, clip_sample=False)
    theirs.set_timesteps(20)
    x = noise
    for timestep in theirs.timesteps:
        x = theirs.step(best(x, timestep.expand(2))[:, :2], timestep, x).prev_sample
    torch.testing.assert_close(sample("ddim", best, noise, 20), x, rtol=1e-4, atol=1e-4)


def test_every_name_has_its_sampler():
    assert {"dpm", "iddpm"} | SCHEDULERS.keys() == set(get_args(Sampler))


def test_an_unknown_scheduler_is_refused_in_words():
    with pytest.raises(UnknownNameError, match="did you mean 'heun'"):
        scheduled("huen", best, start()[0], 5)


@pytest.mark.parametrize("steps", [0, 1001])
def test_a_chain_has_only_its_own_steps(steps):
    with pytest.raises(ValueError, match=str(steps)):
        Schedule.linear().respaced(steps)
