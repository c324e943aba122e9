"""Schedule, samplers and loss against the authors' code; ``error`` says how it is measured."""

import numpy as np
import pytest
import torch

from aa_dit.diffusion.ancestral import ancestral
from aa_dit.diffusion.dpm_solver import dpm_solver, levels
from aa_dit.diffusion.guidance import guided
from aa_dit.diffusion.loss import iddpm_loss
from aa_dit.diffusion.schedule import Schedule
from aa_dit.weights import dit_to_official
from tests.dit.dit_goldens import TOLERANCE, error, golden, needed, small_dit

pytestmark = needed

SCALE = 4.5


@pytest.fixture(scope="module")
def expected():
    return golden("sampler_small")


@pytest.fixture(scope="module")
def denoise(expected):
    with torch.no_grad():
        return guided(
            small_dit(),
            expected["y"],
            expected["img_feature"],
            SCALE,
            null_clip=expected["y_uncond"],
        )


def test_the_schedule_is_the_authors():
    schedule, expected = Schedule.linear(), golden("schedule")
    for found, name in (
        (schedule.betas, "betas"),
        (schedule.alphas_cumprod, "alphas_cumprod"),
        (schedule.posterior_variance, "posterior_variance"),
        (schedule.posterior_log_variance, "posterior_log_variance_clipped"),
        (schedule.posterior_from_data, "posterior_mean_coef1"),
        (schedule.posterior_from_noisy, "posterior_mean_coef2"),
    ):
        np.testing.assert_allclose(found, expected[name].numpy(), rtol=1e-12, err_msg=name)
    np.testing.assert_array_equal(
        schedule.respaced(100).timesteps, expected["iddpm100.timestep_map"].numpy()
    )


def test_the_solver_passes_the_authors_noise_levels():
    expected, passed = golden("schedule"), levels(Schedule.linear(), 20)
    for name, found in {
        "t": [level.time for level in passed],
        "sigma": [level.sigma for level in passed],
        "log_alpha": [np.log(level.alpha) for level in passed],
        "lambda": [level.log_ratio for level in passed],
    }.items():
        assert error(torch.tensor(found), expected[f"dpm.{name}"]) < TOLERANCE, name


@pytest.mark.parametrize("steps", [19, 20])
@torch.no_grad()
def test_the_solver_walks_the_authors_way(denoise, expected, steps):
    told, states, first = [], [], []

    def listening(x, timestep):
        told.append(timestep)
        states.append(x)
        answer = denoise(x, timestep)
        first.append(answer[:, :8])
        return answer

    out = dpm_solver(listening, expected["z"], steps)
    assert error(out, expected[f"dpm{steps}.out"]) < TOLERANCE
    assert error(torch.stack([*states, out]), expected[f"dpm{steps}.x"]) < TOLERANCE
    assert error(torch.cat(told), expected[f"dpm{steps}.t_model"][:, 0]) < TOLERANCE
    free, given = expected[f"dpm{steps}.eps_first2"].unbind(1)
    assert error(torch.cat(first[:2]), free + SCALE * (given - free)) < TOLERANCE


@torch.no_grad()
def test_the_ancestral_sampler_walks_the_authors_way(denoise, expected):
    chain = Schedule.linear().respaced(5)
    np.testing.assert_array_equal(chain.timesteps, expected["iddpm5.timestep_map"].numpy())
    np.testing.assert_allclose(chain.betas, expected["iddpm5.betas"].numpy(), rtol=1e-12)
    # The authors walk a second copy for the unconditional half and drop it at the end.
    out = ancestral(denoise, expected["z"], 5, noises=expected["iddpm5.noise"][:, :1])
    assert error(out, expected["iddpm5.out"]) < TOLERANCE


def test_the_loss_and_its_gradients_are_the_authors():
    expected, model = golden("iddpm_loss_small"), small_dit().requires_grad_(True)
    schedule, step, data = Schedule.linear(), expected["t"], expected["x0"]
    answers = []

    def denoise(x, timestep):
        assert error(x, expected["x_t"]) < TOLERANCE
        answers.append(model(x, timestep, expected["y"], expected["img_feature"]))
        return answers[0]

    loss = iddpm_loss(denoise, schedule, data, step, expected["noise"])
    assert error(answers[0], expected["model_output"]) < TOLERANCE
    assert error(loss.mse, expected["mse"]) < TOLERANCE
    assert error(loss.bound, expected["vb"]) < TOLERANCE
    assert error(loss.total, expected["loss"]) < TOLERANCE

    loss.total.mean().backward()
    assert all(weight.grad is not None for weight in model.parameters())
    norm = torch.stack([weight.grad.double().norm() for weight in model.parameters()]).norm()
    assert error(norm[None], expected["grad_norm_total"]) < TOLERANCE
    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_(weight.grad)
    for name, gradient in dit_to_official(model).items():
        if f"grad.{name}" in expected:
            assert error(gradient, expected[f"grad.{name}"]) < TOLERANCE, name


def test_the_posterior_is_the_authors():
    expected, schedule = golden("iddpm_loss_small"), Schedule.linear()
    step, data, noisy = expected["t"], expected["x0"], expected["x_t"]
    noise, variance = expected["model_output"].chunk(2, dim=1)
    mean = schedule.posterior_mean(schedule.denoised(noisy, step, noise), noisy, step)
    assert error(mean, expected["model_mean"]) < TOLERANCE
    found = schedule.learned_log_variance(variance, step)
    assert error(found, expected["model_log_variance"]) < TOLERANCE
    found = schedule.posterior_mean(data, noisy, step)
    assert error(found, expected["posterior_mean"]) < TOLERANCE
