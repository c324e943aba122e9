"""Sizes of the released networks, counted without memory, and what may be asked of small ones."""

import pytest
import torch

from avatarartist_core.nn.stylegan.mapping import LatentMapping
from avatarartist_core.nn.stylegan.raster_encoder import RasterEncoder
from avatarartist_core.nn.stylegan.super_resolution import SuperResolution
from avatarartist_core.nn.stylegan.synthesis import SynthesisNetwork


def parameters(network):
    return sum(parameter.numel() for parameter in network.parameters())


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (RasterEncoder, 9_599_264),
        (SuperResolution, 1_649_578),
        # spec 2.5 counts the face backbone with its mapping
        (lambda: torch.nn.ModuleList([SynthesisNetwork(32), LatentMapping()]), 28_819_437),
    ],
)
def test_released_networks_have_the_published_number_of_parameters(make, expected):
    with torch.device("meta"):
        assert parameters(make()) == expected


@pytest.fixture
def small():
    torch.manual_seed(0)
    network = SynthesisNetwork(4, latent=8, side=32, base=128, widest=16, condition_side=8)
    for name, parameter in network.named_parameters():
        if name.endswith("noise_strength"):
            torch.nn.init.constant_(parameter, 0.1)
    return network


@pytest.fixture
def ws(small):
    return torch.randn(2, small.latents, 8)


@torch.no_grad()
def test_noise_of_a_generator_is_decided_by_its_seed(small, ws):
    one, same, other = (small(ws, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


@torch.no_grad()
def test_noise_may_be_given_as_arrays(small, ws):
    sides = [4, *(side for side in (8, 16, 32) for _ in range(2))]
    silent = [torch.zeros(1, 1, side, side) for side in sides]
    assert torch.equal(small(ws, silent), small(ws, "none"))
    assert not torch.equal(small(ws, "fixed"), small(ws, "none"))
    with pytest.raises(ValueError, match="6 noise maps were given"):
        small(ws, silent[:-1])
    with pytest.raises(ValueError, match="needs \\(4, 4\\)"):
        small(ws, silent[1:])


@torch.no_grad()
def test_one_set_of_latents_serves_all_conditions(small, ws):
    masks = torch.rand(3, 1, 8, 8)
    conditions = [torch.cat([torch.randn(3, width, 8, 8), masks], 1) for width in (4, 16)]
    conditions.append(torch.rand(3, 9, 16, 16))
    shared = small(ws[:1], "none", conditions)
    repeated = small(ws[:1].repeat(3, 1, 1), "none", conditions)
    assert shared.shape == (3, 4, 32, 32)
    torch.testing.assert_close(shared, repeated, atol=1e-5, rtol=1e-5)


def test_a_wrong_number_of_latents_is_refused(small, ws):
    with pytest.raises(ValueError, match="hold 7 latents, this network takes 8"):
        small(ws[:, :-1])


@torch.no_grad()
@pytest.mark.parametrize("side", [8, 12, 16])
def test_super_resolution_resizes_other_renderings_first(side):
    network = SuperResolution(6, latent=8, side=12, channels=(8, 4))
    features = torch.randn(2, 6, side, side)
    large = network(features[:, :3], features, torch.randn(1, 8))
    assert large.shape == (2, 3, 48, 48)


def test_every_parameter_learns(small, ws):
    small(ws, "fixed").square().mean().backward()
    assert [
        name for name, p in small.named_parameters() if p.grad is None or not p.grad.any()
    ] == []
    encoder = RasterEncoder(5, widths=(4, 8, 6), downs=(2, 1))
    sum(level.square().mean() for level in encoder(torch.randn(2, 5, 16, 16))).backward()
    assert all(parameter.grad.any() for parameter in encoder.parameters())
