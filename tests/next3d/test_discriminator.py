"""The discriminator judges, trains with a gradient penalty, and keeps the authors' names."""

import math

import pytest
import torch
from torch.nn import functional

from aa_next3d.config import DiscriminatorShape
from aa_next3d.discriminator import DualDiscriminator, enlarge, with_deviation
from aa_next3d.weights import discriminator_from_official, discriminator_to_official
from avatarartist_core.errors import UsageError, WeightsError

SMALL = DiscriminatorShape(side=32, capacity=128, ceiling=16, mapping_layers=2)


@pytest.fixture
def discriminator():
    torch.manual_seed(0)
    return DualDiscriminator(SMALL.model_dump(mode="json"))


@pytest.fixture
def seen():
    generator = torch.Generator().manual_seed(1)
    shapes = (4, 3, 32, 32), (4, 3, 8, 8), (4, 25)
    return [torch.randn(shape, generator=generator) for shape in shapes]


def plain_layer(x, layer, kernel=None, gain=1.0, clamp=256.0):
    """A convolution or linear layer written out: scale, bias, leaky ReLU, gain, clamp."""
    weight = layer.weight * layer.scale
    y = functional.conv2d(x, weight, padding=weight.shape[-1] // 2) if kernel is None else kernel
    y = y + layer.bias[:, None, None]
    return (torch.where(y > 0, y, 0.2 * y) * math.sqrt(2) * gain).clamp(-clamp * gain, clamp * gain)


def halved(x, pad):
    taps = torch.tensor([1.0, 3, 3, 1]) / 8
    kernel = torch.outer(taps, taps).expand(x.shape[1], 1, 4, 4)
    return functional.conv2d(functional.pad(x, (pad,) * 4), kernel, groups=x.shape[1])


@torch.no_grad()
def test_it_computes_what_the_description_says(discriminator, seen):
    image, raw, camera = seen
    x = torch.cat([image, functional.interpolate(raw, (32, 32), mode="bilinear")], 1)
    for block in discriminator.blocks:
        if block.is_first:
            x = plain_layer(x, block.from_pictures)
        weight = block.straight.weight * block.straight.scale
        straight = functional.conv2d(halved(x, 1)[..., ::2, ::2], weight) * math.sqrt(0.5)
        x = plain_layer(x, block.first)
        weight = block.second.weight * block.second.scale
        y = functional.conv2d(halved(x, 2), weight, stride=2)
        x = straight + plain_layer(x, block.second, y, math.sqrt(0.5))
    extra = torch.stack(
        [x[[i % 2, i % 2 + 2]].std(0, unbiased=False).mean().expand(1, 4, 4) for i in range(4)]
    )
    x = plain_layer(torch.cat([x, extra], 1), discriminator.convolution)
    x = discriminator.out(discriminator.dense(x.flatten(1)))
    expected = (x * discriminator.mapping(c=camera)).sum(1, keepdim=True) / math.sqrt(16)
    found = discriminator(image, raw, camera)
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


@torch.no_grad()
def test_each_input_matters(discriminator, seen):
    image, raw, camera = seen
    score = discriminator(*seen)
    assert not torch.allclose(score, discriminator(image * 0, raw, camera))
    assert not torch.allclose(score, discriminator(image, raw * 0, camera))
    assert not torch.allclose(score, discriminator(image, raw, -camera))


def test_a_gradient_penalty_reaches_every_convolution(discriminator, seen):
    image, raw, camera = (tensor.requires_grad_() for tensor in seen)
    score = discriminator(image, raw, camera).sum()
    slopes = torch.autograd.grad(score, (image, raw), create_graph=True)
    sum(slope.square().sum() for slope in slopes).backward()
    kernels = [p for name, p in discriminator.blocks.named_parameters() if name.endswith("weight")]
    assert all(kernel.grad is not None and kernel.grad.any() for kernel in kernels)


def test_the_penalty_has_the_gradient_that_differences_show(discriminator, seen):
    discriminator = discriminator.double()
    image, raw, camera = (tensor.double() for tensor in seen)
    kernel = discriminator.blocks[1].second.weight

    def penalty():
        pixels = image.clone().requires_grad_()
        score = discriminator(pixels, raw, camera).sum()
        (slope,) = torch.autograd.grad(score, pixels, create_graph=True)
        return slope.square().sum()

    (found,) = torch.autograd.grad(penalty(), kernel)
    step = 1e-6
    with torch.no_grad():
        kernel[2, 3, 1, 1] += step
    above = penalty()
    with torch.no_grad():
        kernel[2, 3, 1, 1] -= 2 * step
    slope = (above - penalty()).item() / (2 * step)
    assert found[2, 3, 1, 1].item() == pytest.approx(slope, rel=1e-4, abs=1e-8)


def test_deviation_is_of_the_group():
    x = torch.zeros(4, 1, 2, 2)
    x[0] = 3.0
    extra = with_deviation(x, 2)[:, 1, 0, 0]
    torch.testing.assert_close(extra, torch.tensor([1.5, 0, 1.5, 0]), atol=1e-3, rtol=0)
    alone = with_deviation(x[:1], 2)[:, 1]
    torch.testing.assert_close(alone, torch.zeros(1, 2, 2), atol=1e-3, rtol=0)


def test_a_large_raw_picture_is_averaged_down():
    checks = torch.ones(1, 3, 16, 16)
    checks[..., ::2] = -1
    assert enlarge(checks, 4)[..., 1:-1].abs().max() < 0.2


def test_tensors_go_to_the_authors_names_and_back(discriminator, seen):
    official = discriminator_to_official(discriminator)
    again = discriminator_from_official(official, SMALL)
    assert torch.equal(again(*seen), discriminator(*seen))
    del official["b4.out.bias"]
    with pytest.raises(WeightsError, match=r"b4\.out\.bias"):
        discriminator_from_official(official, SMALL)


def test_a_side_that_is_no_power_of_two_is_refused():
    with pytest.raises(UsageError, match="side is 48"):
        DiscriminatorShape(side=48)
