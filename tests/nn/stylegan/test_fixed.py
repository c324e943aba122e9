"""Fixed networks draw what the networks they were made from draw (relative error 1e-5)."""

import pytest
import torch

from avatarartist_core.nn.face_composer import FaceComposer, fixed_composer
from avatarartist_core.nn.stylegan import fixed
from avatarartist_core.nn.stylegan.raster_encoder import RasterEncoder
from avatarartist_core.nn.stylegan.super_resolution import SuperResolution
from avatarartist_core.nn.stylegan.synthesis import SynthesisNetwork
from tests.nn.golden import error

TOLERANCE = 1e-5

pytestmark = pytest.mark.usefixtures("no_gradients")


@pytest.fixture
def no_gradients():
    torch.manual_seed(0)
    with torch.no_grad():
        yield


def lively(network):
    """Give biases and noise strengths values that show."""
    for name, parameter in network.named_parameters():
        if name.endswith(("bias", "noise_strength")):
            parameter.add_(0.3 * torch.randn_like(parameter))
    return network


@pytest.mark.parametrize("noise", ["none", "fixed", "given"])
def test_synthesis(noise):
    network = lively(
        SynthesisNetwork(3, latent=8, side=64, base=512, widest=16, condition_side=8, clamp=2.0)
    )
    ws = torch.randn(1, network.latents, 8)
    sides = [4, *(side for side in (8, 16, 32, 64) for _ in range(2))]
    given = [torch.randn(2, 1, side, side) for side in sides] if noise == "given" else noise
    conditions = [
        torch.rand(2, channels + 1, side, side)
        for channels, side in ((3, 8), (16, 8), (16, 16), (16, 32))
    ]
    prepared = fixed.fixed_synthesis(network, ws)
    assert error(prepared(ws, given, conditions), network(ws, given, conditions)) < TOLERANCE
    for found, expected in zip(prepared.levels(ws), network.levels(ws), strict=True):
        assert error(found, expected) < TOLERANCE
    with pytest.raises(ValueError, match="fixed to other latents"):
        prepared(ws + 1)


def test_super_resolution():
    network = lively(SuperResolution(6, latent=8, side=20, channels=(12, 8), clamp=3.0))
    features, w = torch.randn(2, 6, 20, 20), torch.randn(1, 8)
    prepared = fixed.fixed_super_resolution(network, w)
    expected = network(features[:, :3], features, w)
    assert error(prepared(features[:, :3], features, w), expected) < TOLERANCE


@pytest.mark.parametrize("side", [16, 64, 72])
def test_the_raster_encoder(side):
    network = lively(RasterEncoder(5, widths=(4, 6, 8, 8), downs=(1, 2, 2)))
    raster = torch.randn(2, 5, side, side)
    prepared = fixed.fixed_encoder(network)
    for found, expected in zip(prepared(raster), network(raster), strict=True):
        assert error(found, expected) < TOLERANCE


def test_the_face_composer():
    composer = lively(FaceComposer(4, 64, latent=8, capacity=512, ceiling=16, stem=(4, 6)))
    ws = torch.randn(1, composer.generator.latents, 8)
    triplane, mesh = torch.randn(1, 4, 4, 64, 64), torch.rand(2, 64, 64, 3)
    prepared = fixed_composer(composer, ws)
    assert error(prepared(triplane, mesh, ws), composer(triplane, mesh, ws)) < TOLERANCE


def test_the_network_it_is_made_from_still_learns():
    network = SynthesisNetwork(3, latent=8, side=32, base=128, widest=8, condition_side=8)
    ws = torch.randn(1, network.latents, 8)
    fixed.fixed_synthesis(network, ws)
    with torch.enable_grad():
        network(ws).square().mean().backward()
    assert all(p.grad is not None for name, p in network.named_parameters() if "weight" in name)
