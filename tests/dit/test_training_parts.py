"""Loss, guidance and dropped conditions, beside what the goldens say."""

import math

import pytest
import torch

from aa_dit.config import DIT_SHAPES
from aa_dit.diffusion.guidance import drop_condition, guided
from aa_dit.diffusion.loss import binned_log_likelihood, iddpm_loss, normal_divergence
from aa_dit.diffusion.schedule import Schedule
from aa_dit.transformer import DiT

TINY = DIT_SHAPES["tiny"]


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    model = DiT(**TINY.model_dump()).requires_grad_(False)
    for weight in (model.output.linear.weight, model.blocks[0].clip_attention.out.weight):
        torch.nn.init.normal_(weight, std=0.1)
    return model


def features(images, channels, seed):
    return torch.randn((images, 5, channels), generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("images", [1, 3])
@pytest.mark.parametrize("null", ["partial", "full"])
def test_guidance_is_two_answers_put_together(model, images, null):
    x = torch.randn(images, TINY.latent_channels, TINY.latent_height, TINY.latent_width)
    time = torch.full((images,), 420.5)
    clip, dino = (features(images, TINY.clip_channels, 1), features(images, TINY.dino_channels, 2))
    no_clip, no_dino = (features(1, TINY.clip_channels, 3), features(1, TINY.dino_channels, 4))
    found = guided(
        model, clip, dino, 3.0, null_clip=no_clip, null_dino=no_dino if null == "full" else None
    )(x, time)

    given = model(x, time, clip, dino)
    other = no_dino.repeat(images, 1, 1) if null == "full" else dino
    without = model(x, time, no_clip.repeat(images, 1, 1), other)
    noise, free = given.chunk(2, 1)[0], without.chunk(2, 1)[0]
    expected = torch.cat([free + 3.0 * (noise - free), given.chunk(2, 1)[1]], dim=1)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)


def test_no_guidance_is_the_network_itself(model):
    x = torch.randn(1, TINY.latent_channels, TINY.latent_height, TINY.latent_width)
    time = torch.tensor([7.0])
    clip, dino = features(1, TINY.clip_channels, 1), features(1, TINY.dino_channels, 2)
    found = guided(model, clip, dino, 1.0, null_clip=torch.zeros_like(clip))(x, time)
    torch.testing.assert_close(found, model(x, time, clip, dino))


def test_a_tenth_of_the_conditions_is_dropped():
    clip, dino = torch.ones(4000, 2, 3), torch.ones(4000, 2, 3)
    gone = torch.zeros(1, 2, 3)

    def drop(**null):
        chance = torch.Generator().manual_seed(0)
        return drop_condition(clip, dino, null_clip=gone, generator=chance, **null)

    kept_clip, kept_dino = drop()
    assert kept_clip[:, 0, 0].mean().item() == pytest.approx(0.9, abs=0.02)
    assert (kept_clip == kept_clip[:, :1, :1]).all()
    assert kept_dino is dino
    kept_clip, kept_dino = drop(null_dino=gone)
    assert torch.equal(kept_clip, kept_dino)
    assert torch.equal(drop()[0], kept_clip)


def test_the_divergence_of_normals_is_torchs():
    one, two = (torch.randn(2, 50, generator=torch.Generator().manual_seed(s)) for s in (0, 1))
    found = normal_divergence(one[0], one[1], two[0], two[1])
    expected = torch.distributions.kl_divergence(
        torch.distributions.Normal(one[0], (one[1] / 2).exp()),
        torch.distributions.Normal(two[0], (two[1] / 2).exp()),
    )
    torch.testing.assert_close(found, expected)


def test_the_probabilities_of_all_bins_make_one():
    bins = torch.linspace(-1, 1, 256, dtype=torch.float64)
    for deviation in (0.002, 0.05, 2.0):
        found = binned_log_likelihood(
            bins, torch.tensor(0.3), torch.tensor(deviation, dtype=torch.float64).log()
        )
        assert found.exp().sum().item() == pytest.approx(1, abs=1e-6)


def test_the_loss_of_a_perfect_answer_is_the_bound_alone():
    """With the true noise and the true variance nothing is left to pay after the first step."""
    schedule, chance = Schedule.linear(), torch.Generator().manual_seed(0)
    data, noise = (torch.randn((3, 2, 8, 8), generator=chance) for _ in range(2))

    def denoise(x, timestep):
        return torch.cat([noise, torch.full_like(noise, -1)], dim=1)

    loss = iddpm_loss(denoise, schedule, data, torch.tensor([1, 400, 999]), noise)
    assert loss.mse.abs().max() < 1e-10
    assert loss.bound.abs().max() < 1e-3


def test_the_bound_trains_the_variance_alone():
    schedule, chance = Schedule.linear(), torch.Generator().manual_seed(0)
    data, noise = (torch.randn((4, 2, 8, 8), generator=chance) for _ in range(2))
    answer = (0.1 * torch.randn((4, 4, 8, 8), generator=chance)).requires_grad_()
    loss = iddpm_loss(lambda x, t: answer, schedule, data, torch.tensor([0, 3, 500, 999]), noise)
    loss.bound.sum().backward()
    assert answer.grad[:, :2].count_nonzero() == 0
    assert (answer.grad[:, 2:] != 0).any(dim=(1, 2, 3)).all()
    loss_at_start = loss.bound[0].item()
    assert loss_at_start > 0
    assert math.isfinite(loss_at_start)
