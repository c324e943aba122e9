"""Resampling and styled convolutions against loops over every sample (absolute error 1e-5)."""

import pytest
import torch

from avatarartist_core.nn.stylegan import fir
from avatarartist_core.nn.stylegan.layers import resampling_conv
from avatarartist_core.nn.stylegan.modulation import modulated_conv, modulated_weight

TOLERANCE = 1e-5
B, C, H, W = 2, 3, 6, 8


@pytest.fixture
def x():
    return torch.randn(B, C, H, W, generator=torch.Generator().manual_seed(0))


def close(found, expected, tolerance=TOLERANCE):
    torch.testing.assert_close(found, expected, atol=tolerance, rtol=0)


def resampled_slowly(x, kernel, up, down, padding):
    left, right, top, bottom = padding
    size = kernel.shape[-1]
    rows, columns = (
        (n * up + sum(p) - size) // down + 1
        for n, p in zip(x.shape[2:], ((top, bottom), (left, right)), strict=True)
    )
    out = torch.zeros(*x.shape[:2], rows, columns)
    for i, j, a, b in torch.cartesian_prod(
        *(torch.arange(n) for n in (rows, columns, size, size))
    ).tolist():
        row, column = i * down + a - top, j * down + b - left
        inside = 0 <= row < x.shape[2] * up and 0 <= column < x.shape[3] * up
        if inside and row % up == 0 and column % up == 0:
            out[:, :, i, j] += kernel[size - 1 - a, size - 1 - b] * x[..., row // up, column // up]
    return out


@pytest.mark.parametrize("padding", [(0, 0, 0, 0), (2, 1, 0, 3), (-1, 2, -2, -1)])
@pytest.mark.parametrize(("up", "down"), [(1, 1), (2, 1), (1, 2), (3, 2)])
def test_any_resampling(x, up, down, padding):
    kernel = torch.randn(3, 3, generator=torch.Generator().manual_seed(1))
    found = fir.upfirdn(x, kernel, up=up, down=down, padding=padding)
    close(found, resampled_slowly(x, kernel, up, down, padding))


def test_doubling_puts_zeros_outside(x):
    close(fir.upsample(x), 4 * resampled_slowly(x, fir.fir_kernel(x), 2, 1, (2, 1, 2, 1)))


@pytest.mark.parametrize(("factor", "pads"), [(2, (1, 1)), (4, (0, 0)), (8, (-2, -2))])
def test_shrinking_keeps_four_taps(factor, pads):
    x = torch.randn(1, 2, 16, 16, generator=torch.Generator().manual_seed(2))
    kernel = fir.fir_kernel(x)
    close(fir.downsample(x, factor), resampled_slowly(x, kernel, 1, factor, pads * 2))


@pytest.mark.parametrize("size", [1, 3])
def test_a_doubling_convolution_is_zeros_between_samples_then_kernel_then_filter(x, size):
    weight = torch.randn(4, C, size, size, generator=torch.Generator().manual_seed(3))
    found = resampling_conv(x, weight, up=2)
    between = torch.zeros(B, C, 2 * H, 2 * W)
    between[..., ::2, ::2] = x
    sharp = torch.zeros(B, 4, 2 * H + 1, 2 * W + 1)
    padded = torch.nn.functional.pad(between, (size - 1, 1, size - 1, 1))
    for i, j in torch.cartesian_prod(torch.arange(2 * H + 1), torch.arange(2 * W + 1)).tolist():
        patch = padded[..., i : i + size, j : j + size]
        if patch.shape[-2:] == (size, size):
            sharp[..., i, j] = torch.einsum("bcij,ocij->bo", patch, weight.flip(2, 3))
    # a kernel of 3 shifts its result by one sample against a kernel of 1
    pads = (1, 1, 1, 1) if size == 3 else (2, 0, 2, 0)
    close(found, 4 * resampled_slowly(sharp, fir.fir_kernel(x), 1, 1, pads), 1e-4)


def test_styles_scale_the_kernel_of_every_sample(x):
    generator = torch.Generator().manual_seed(4)
    weight = torch.randn(5, C, 3, 3, generator=generator)
    styles = torch.randn(B, C, generator=generator)
    for demodulate in (True, False):
        kernels = modulated_weight(weight, styles, demodulate=demodulate)
        slow = [
            torch.nn.functional.conv2d(one[None], kernel, padding=1)
            for one, kernel in zip(x, kernels, strict=True)
        ]
        close(modulated_conv(x, weight, styles, demodulate=demodulate), torch.cat(slow), 1e-4)


def test_demodulated_kernels_have_unit_energy():
    weight, styles = torch.randn(5, 4, 3, 3), torch.randn(2, 4)
    energy = modulated_weight(weight, styles).square().sum((2, 3, 4))
    close(energy, torch.ones(2, 5))


@pytest.mark.parametrize("options", [{"up": 2}, {"down": 2}])
def test_resampling_may_be_differentiated_twice(options):
    weight = torch.randn(2, 1, 3, 3, dtype=torch.double, requires_grad=True)
    pixels = torch.randn(1, 1, 4, 4, dtype=torch.double, requires_grad=True)

    def made(pixels, weight):
        return resampling_conv(pixels, weight, **options)

    assert torch.autograd.gradgradcheck(made, (pixels, weight))
