"""Fast convolutions against plain ones (relative error 1e-5)."""

import math

import pytest
import torch
from torch.nn import functional

from avatarartist_core.nn.fast2d import convolution
from avatarartist_core.nn.fast2d.convolution import (
    FastConv,
    FastDoubling,
    FastHalving,
    Finish,
    smooth_padded,
)
from avatarartist_core.nn.stylegan import fir
from avatarartist_core.nn.stylegan.layers import resampling_conv
from tests.nn.golden import error

TOLERANCE = 1e-5
C, D = 10, 7

KINDS = [(FastConv, {}, 1), (FastDoubling, {"up": 2}, 2), (FastHalving, {"down": 2}, 0.5)]


@pytest.fixture
def chance():
    return torch.Generator().manual_seed(0)


@pytest.fixture
def weight(chance):
    return torch.randn(D, C, 3, 3, generator=chance)


@pytest.mark.parametrize("size", [(4, 4), (18, 26), (40, 34)])
@pytest.mark.parametrize(("fast", "options", "scale"), KINDS)
def test_the_same_sums(chance, weight, size, fast, options, scale):
    x = torch.randn(2, C, *size, generator=chance)
    assert error(fast(weight)(x), resampling_conv(x, weight, **options)) < TOLERANCE


@pytest.mark.parametrize(("fast", "options", "scale"), KINDS)
@pytest.mark.parametrize("clamp", [None, 4.0])
@pytest.mark.parametrize("samples", [1, 2])
def test_noise_bias_bend_and_clamp_follow(chance, weight, fast, options, scale, clamp, samples):
    x = torch.randn(2, C, 12, 10, generator=chance)
    bias = torch.randn(D, generator=chance)
    noise = torch.randn(samples, 1, int(12 * scale), int(10 * scale), generator=chance)
    expected = resampling_conv(x, weight, **options) + noise + bias[:, None, None]
    expected = torch.where(expected > 0, expected, 0.2 * expected) * math.sqrt(2)
    expected = expected if clamp is None else expected.clamp(-clamp, clamp)
    found = fast(weight, Finish(bias, 0.2, math.sqrt(2), clamp))(x, noise)
    assert error(found, expected) < TOLERANCE


def test_channels_may_come_in_parts(chance, weight):
    x = torch.randn(2, C, 12, 10, generator=chance)
    fast = FastConv(weight)
    assert torch.equal(fast([x[:, :3], x[:, 3:4], x[:, 4:]]), fast(x))


@pytest.mark.parametrize(("fast", "options", "scale"), KINDS)
def test_work_in_small_portions_adds_up(monkeypatch, chance, weight, fast, options, scale):
    monkeypatch.setattr(convolution, "BAND", 1)
    monkeypatch.setattr(convolution, "STRIP", 1)
    x = torch.randn(1, C, 14, 18, generator=chance)
    assert error(fast(weight)(x), resampling_conv(x, weight, **options)) < TOLERANCE


@pytest.mark.parametrize("threads", [1, 3])
def test_any_number_of_threads(chance, weight, threads):
    before = torch.get_num_threads()
    x = torch.randn(1, C, 22, 18, generator=chance)
    try:
        torch.set_num_threads(threads)
        found = FastConv(weight)(x)
    finally:
        torch.set_num_threads(before)
    assert error(found, functional.conv2d(x, weight, padding=1)) < TOLERANCE


def test_smoothing(chance):
    x = torch.randn(2, C, 9, 12, generator=chance)
    assert error(smooth_padded(x), fir.smooth(x, before=2, after=2)) < TOLERANCE


def test_any_layout_in_memory(chance, weight):
    x = torch.randn(2, C, 16, 12, generator=chance)
    last = x.contiguous(memory_format=torch.channels_last)
    assert torch.equal(FastConv(weight)(x), FastConv(weight)(last))


def test_large_channels_keep_their_digits(chance):
    weight = torch.randn(64, 512, 3, 3, generator=chance)
    x = torch.randn(1, 512, 16, 16, generator=chance)
    exact = functional.conv2d(x.double(), weight.double(), padding=1)
    assert error(FastConv(weight)(x).double(), exact) < TOLERANCE
