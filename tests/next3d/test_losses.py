"""The GAN's losses against finite differences, plain twins and cases known by hand."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from aa_next3d.training.beginning import COLOUR_GAIN, DENSITY_GAIN, begin_plain
from aa_next3d.training.likeness import SIZE, Likeness, colours_of
from aa_next3d.training.losses import (
    blurred,
    density_variation,
    gradient_penalty,
    is_fake,
    is_real,
)
from avatarartist_core.nn.volume.config import EVERY_AXES, VolumeConfig
from avatarartist_core.nn.volume.decoder import FeatureDecoder


def test_the_players_want_opposite_things():
    scores = torch.tensor([[2.0], [-1.0]])
    fake = sum(math.log1p(math.exp(s)) for s in (2.0, -1.0)) / 2
    assert is_fake(scores).item() == pytest.approx(fake, rel=1e-6)
    assert is_real(scores).item() == pytest.approx(is_fake(-scores).item(), rel=1e-6)


def test_the_penalty_of_a_linear_judge_is_its_squared_weight():
    weight, other = torch.randn(12), torch.randn(3)
    pictures = torch.randn(5, 12, requires_grad=True)
    raw = torch.randn(5, 3, requires_grad=True)
    scores = (pictures @ weight + raw @ other)[:, None]
    expected = weight.square().sum() + other.square().sum()
    torch.testing.assert_close(gradient_penalty(scores, (pictures, raw)), expected)


def test_the_penalty_is_the_gradient_by_finite_differences_and_learns():
    torch.manual_seed(0)
    judge = nn.Sequential(nn.Linear(4, 6), nn.Softplus(), nn.Linear(6, 1)).double()
    x = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
    found = gradient_penalty(judge(x), (x,))
    step, total = 1e-6, 0.0
    for row in range(3):
        for column in range(4):
            moved = torch.zeros_like(x)
            moved[row, column] = step
            total += float(((judge(x + moved) - judge(x - moved)).sum() / (2 * step)).item() ** 2)
    assert found.item() == pytest.approx(total / 3, rel=1e-6)
    found.backward()
    assert judge[0].weight.grad.abs().sum() > 0


VOLUME = VolumeConfig(resolution=4, coarse=4, fine=0, axes=EVERY_AXES)


class Ramp(nn.Module):
    """Density is three times the planes' only channel."""

    def forward(self, features):
        return 3 * features, features


def test_density_that_is_even_costs_nothing():
    planes = torch.full((2, 3, 1, 16, 16), 0.7)
    chance = torch.Generator().manual_seed(0)
    found = density_variation(planes, Ramp(), VOLUME, count=50, reach=1e-4, chance=chance)
    assert found.item() < 0.02  # of points at the very border, outside of which there is nothing


def test_density_is_compared_as_read_off_the_planes():
    """A plain twin: x on the planes xy and xz, nothing on zy, zeros outside of the texels."""
    R, reach, count = 64, 1e-2, 4000
    planes = torch.zeros(1, 3, 1, R, R)
    planes[:, :2] = (torch.arange(R) + 0.5) / (R / 2) - 1  # columns are x
    chance = torch.Generator().manual_seed(1)
    found = density_variation(planes, Ramp(), VOLUME, count=count, reach=reach, chance=chance)

    again = torch.Generator().manual_seed(1)
    first = (2 * torch.rand(1, count, 3, generator=again) - 1) * VOLUME.extent
    second = first + reach * torch.randn(1, count, 3, generator=again)
    texels = np.arange(-1, R + 1) * (2 / R) + 1 / R - 1

    def density(points):
        x, y, z = (points[0] / VOLUME.extent).numpy().T
        values = np.interp(x, texels, np.pad(texels[1:-1], 1))
        inside = [np.interp(t, texels, np.pad(np.ones(R), 1)) for t in (y, z)]
        return 3 * values * (inside[0] + inside[1]) / 3

    expected = np.abs(density(first) - density(second)).mean()
    assert found.item() == pytest.approx(expected, rel=1e-3)


def test_blur_is_a_gaussian_that_keeps_what_is_even():
    assert torch.equal(blurred(torch.ones(1, 2, 9, 9), 0.0), torch.ones(1, 2, 9, 9))
    torch.testing.assert_close(blurred(torch.ones(1, 2, 9, 9), 1.5), torch.ones(1, 2, 9, 9))
    spot = torch.zeros(1, 1, 33, 33)
    spot[..., 16, 16] = 1
    spread = blurred(spot, 2.0)[0, 0]
    places = torch.arange(33) - 16.0
    assert spread.sum().item() == pytest.approx(1, abs=1e-5)
    deviation = (spread.sum(0) * places.square()).sum().sqrt()
    assert deviation.item() == pytest.approx(2.0, rel=0.05)


def test_plain_planes_are_read_as_colour_and_density():
    """Up to what is left of the random weights."""
    torch.manual_seed(0)
    field = FeatureDecoder(6, 16, 6)
    begin_plain(field)
    rest = 0.1 * torch.randn(4, 6)
    more = rest.clone()
    more[:, 1] += 0.5
    more[:, 3] += 0.25
    before, after = (torch.cat(field(x), 1) for x in (rest, more))
    density = after[:, 0] - before[:, 0]
    torch.testing.assert_close(density, torch.full((4,), 0.25 * DENSITY_GAIN), atol=0.05, rtol=0)
    green = torch.logit((after[:, 2] + 0.001) / 1.002) - torch.logit((before[:, 2] + 0.001) / 1.002)
    torch.testing.assert_close(green, torch.full((4,), 0.5 * COLOUR_GAIN), atol=0.05, rtol=0)
    unmoved = [1, 3]
    torch.testing.assert_close(after[:, unmoved], before[:, unmoved], atol=0.02, rtol=0)


def test_likeness_is_standard_and_independent():
    chance = torch.Generator().manual_seed(0)
    colours = torch.randn(400, SIZE, generator=chance) @ torch.randn(SIZE, SIZE, generator=chance)
    likeness = Likeness(5)
    likeness.learn(colours)
    numbers = likeness(colours)
    torch.testing.assert_close(numbers.mean(0), torch.zeros(5), atol=0.02, rtol=0)
    torch.testing.assert_close(numbers.T.cov(), torch.eye(5), atol=0.06, rtol=0)


def test_likeness_tells_face_hair_and_clothes_apart():
    S = 20
    picture = np.zeros((S, S, 3), np.uint8)
    drawing, mask = np.zeros((S, S, 3), np.float32), np.full((S, S), 255, np.uint8)
    picture[:5], picture[5:15], picture[15:] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    steps = np.linspace(-0.99, 0.99, 10, dtype=np.float32)
    drawing[5:15, 5:15, 0], drawing[5:15, 5:15, 1] = np.meshgrid(steps, steps)
    drawing[5:15, 5:15, 2] = 1
    *cells, hair, clothes = colours_of(picture, mask, drawing).reshape(-1, 3).tolist()
    assert all(cell == [-1, 1, -1] for cell in cells)
    assert clothes == [-1, -1, 1]
    assert hair[0] > hair[2] == -1
    assert not colours_of(picture, mask, np.zeros_like(drawing)).any()
