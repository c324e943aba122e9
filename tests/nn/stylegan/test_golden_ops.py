"""Every operation against the authors' numbers: relative error 1e-4 (largest absolute error over
largest absolute value of the reference)."""

import pytest
import torch

from avatarartist_core.nn.stylegan import fir, official
from avatarartist_core.nn.stylegan.activation import bias_activation
from avatarartist_core.nn.stylegan.layers import EqualLinear, resampling_conv
from avatarartist_core.nn.stylegan.mapping import LatentMapping
from avatarartist_core.nn.stylegan.modulation import modulated_conv
from avatarartist_core.nn.stylegan.noise import NoiseFeed
from avatarartist_core.nn.stylegan.raster_encoder import EncoderBlock, RasterEncoder
from avatarartist_core.nn.stylegan.synthesis import (
    SynthesisBlock,
    SynthesisLayer,
    SynthesisNetwork,
    ToImage,
)
from tests.nn.golden import error, golden, recipe

TOLERANCE = 1e-4

pytestmark = pytest.mark.usefixtures("no_gradients")


@pytest.fixture
def no_gradients():
    with torch.no_grad():
        yield


@pytest.fixture(scope="module")
def ops():
    return golden("ops.safetensors")


def read(ops, test, network, names):
    """Load the weights of one golden test into our network."""
    prefix = f"{test}/sd/"
    state = {k.removeprefix(prefix): v for k, v in ops.items() if k.startswith(prefix)}
    shapes = {name: tensor.shape for name, tensor in network.state_dict().items()}
    renamed = official.StyleKeyMap(names).to_ours(state, shapes, test)
    network.load_state_dict(renamed)
    return network


def test_the_filter_is_the_published_one(ops):
    assert error(fir.fir_kernel(ops["x"]), ops["setup_filter"]) < TOLERANCE


@pytest.mark.parametrize(
    ("name", "resampled"),
    [
        ("filter2d", lambda x: fir.smooth(x, before=2, after=1)),
        ("upsample2d", fir.upsample),
        ("downsample2d_2", lambda x: fir.downsample(x, 2)),
        ("downsample2d_4", lambda x: fir.downsample(x, 4)),
        ("downsample2d_8", lambda x: fir.downsample(x, 8)),
    ],
)
def test_resampling(ops, name, resampled):
    assert error(resampled(ops["x"]), ops[name]) < TOLERANCE


@pytest.mark.parametrize("activation", ["linear", "lrelu"])
def test_bias_and_activation(ops, activation):
    plain = bias_activation(ops["x"], ops["b"], activation)
    assert error(plain, ops[f"bias_act_{activation}"]) < TOLERANCE
    clamped = bias_activation(ops["x"], ops["b"], activation, gain=0.7, clamp=0.5)
    assert error(clamped, ops[f"bias_act_{activation}_g.7_c.5"]) < TOLERANCE


@pytest.mark.parametrize(
    ("name", "kernel", "options"),
    [
        ("conv_plain", "w", {}),
        ("conv_up2", "w", {"up": 2}),
        ("conv_down2", "w", {"down": 2}),
        ("conv1x1_up2", "w1", {"up": 2}),
        ("conv1x1_down2", "w1", {"down": 2}),
    ],
)
def test_resampling_convolutions(ops, name, kernel, options):
    assert error(resampling_conv(ops["x"], ops[kernel], **options), ops[name]) < TOLERANCE


@pytest.mark.parametrize(
    ("name", "kernel", "noise", "options"),
    [
        ("modconv", "w", "n1", {}),
        ("modconv_up2", "w", "n2", {"up": 2}),
        ("modconv_nodemod", "w1", None, {"demodulate": False}),
    ],
)
def test_modulated_convolutions_of_each_sample_and_of_all(ops, name, kernel, noise, options):
    added = ops[noise] if noise else torch.zeros(2, 1, 1, 1)
    together = modulated_conv(ops["x"], ops[kernel], ops["s"], **options) + added
    assert error(together, ops[f"{name}_fused0"]) < TOLERANCE
    assert error(together, ops[f"{name}_fused1"]) < TOLERANCE
    alone = modulated_conv(ops["x"][:1], ops[kernel], ops["s"][:1], **options) + added[:1]
    assert error(alone, ops[f"{name}_fused1"][:1]) < TOLERANCE


@pytest.mark.parametrize(("activation", "rate"), [("linear", 1.0), ("lrelu", 0.01)])
def test_fully_connected_layers(ops, activation, rate):
    layer = EqualLinear(12, 9, activation=activation, rate=rate)
    layer.load_state_dict({name: ops[f"fc_{activation}/sd/{name}"] for name in ("weight", "bias")})
    assert error(layer(ops["wlat"]), ops[f"fc_{activation}/out"]) < TOLERANCE


def test_mapping_with_truncation(ops):
    mapping = read(ops, "mapping", LatentMapping(10, 6, 12), official.mapping())
    found = mapping.latents(ops["z"], ops["c"], 5)
    assert error(found, ops["mapping/out"]) < TOLERANCE
    cut = mapping.latents(ops["z"], ops["c"], 5, psi=0.7, cutoff=3)
    assert error(cut, ops["mapping/out_psi.7_cut3"]) < TOLERANCE


def test_a_synthesis_layer_with_each_kind_of_noise(ops):
    layer = read(ops, "synlayer", SynthesisLayer(5, 7, 12, 16), official.synthesis_layer())
    x, w = ops["x"], ops["wlat"]
    assert error(layer(x, w), ops["synlayer/out_none"]) < TOLERANCE
    fixed = layer(x, w, layer.fixed_noise[None, None])
    assert error(fixed, ops["synlayer/out_const"]) < TOLERANCE
    assert error(layer(x, w, ops["n1"]), ops["synlayer/out_random_n1"]) < TOLERANCE


def test_a_synthesis_layer_that_doubles_the_side(ops):
    layer = SynthesisLayer(5, 7, 12, 32, up=2, clamp=1.5)
    read(ops, "synlayer_up", layer, official.synthesis_layer())
    found = layer(ops["x"], ops["wlat"], layer.fixed_noise[None, None])
    assert error(found, ops["synlayer_up/out_const"]) < TOLERANCE


def test_the_picture_of_features(ops):
    layer = read(ops, "torgb", ToImage(5, 3, 12), official.to_image())
    assert error(layer(ops["x"], ops["wlat"]), ops["torgb/out"]) < TOLERANCE


def test_a_synthesis_block(ops):
    block = read(ops, "synblock", SynthesisBlock(5, 6, 12, 32, 3), official.synthesis_block())
    x, image = block(ops["x"], ops["img"], ops["ws3"], NoiseFeed("none"))
    assert error(x, ops["synblock/x"]) < TOLERANCE
    assert error(image, ops["synblock/img"]) < TOLERANCE


def test_an_encoder_block(ops):
    block = read(ops, "encres", EncoderBlock(5, 6, 8, down=2), official.encoder_block())
    found = block(fir.downsample(ops["x"], 2), ops["skip"])
    assert error(found, ops["encres/out"]) < TOLERANCE


@pytest.fixture(scope="module")
def network(ops):
    small = SynthesisNetwork(4, latent=12, side=64, base=512, widest=16, condition_side=8)
    return read(ops, "synnet", small, official.synthesis_network((4, 8, 16, 32, 64)))


def test_a_synthesis_network_and_its_levels(ops, network):
    assert error(network(ops["synnet/ws"]), ops["synnet/out_nocond"]) < TOLERANCE
    for place, level in enumerate(network.levels(ops["synnet/ws"])):
        assert error(level, ops[f"synnet/list{place}"]) < TOLERANCE


def test_conditions_are_blended_into_picture_and_features(ops, network):
    conditions = [ops[f"synnet/cond{place}"] for place in range(4)]
    found = network(ops["synnet/ws"], conditions=conditions)
    assert error(found, ops["synnet/out"]) < TOLERANCE


def test_the_raster_encoder_at_full_width():
    expected, given = golden("submodules_recipe.safetensors"), recipe()
    encoder = RasterEncoder()
    names = official.raster_encoder()
    keys = official.StyleKeyMap(names)
    state = keys.to_official(encoder.state_dict())
    prefix = "triplnae_encoder."
    given.fill(filled := {prefix + name: tensor for name, tensor in state.items()})
    state = {name.removeprefix(prefix): tensor for name, tensor in filled.items()}
    shapes = {name: tensor.shape for name, tensor in encoder.state_dict().items()}
    encoder.load_state_dict(keys.to_ours(state, shapes, "recipe"))
    found = encoder(given.normal("sub.tpe", (1, 33, 64, 64)))
    for place, level in enumerate(found):
        step = 1 if place < 3 else 2
        shown = level[:, ::8, ::step, ::step]
        assert error(shown, expected[f"triplnae_encoder.{place}"]) < TOLERANCE, place
