"""The authors' layout of the renderer's tensors, both ways."""

import pytest
import torch

from aa_vit.config import RELEASED, TINY
from aa_vit.model import MotionViT
from aa_vit.official import key_map
from aa_vit.weights import renderer_from_official, renderer_to_official
from avatarartist_core.errors import WeightsError
from tests.vit.goldens import KEYS


@pytest.fixture
def official(renderer):
    return renderer_to_official(renderer)


@pytest.mark.skipif(not KEYS.is_file(), reason="the list of keys is not here")
def test_every_key_of_the_released_network_is_named():
    with torch.device("meta"):
        model = MotionViT()
    tensors = model.state_dict()
    del tensors["styles"]
    made = key_map(RELEASED).to_official(tensors)
    listed = {}
    for line in KEYS.read_text().splitlines():
        if line and not line.startswith("#"):
            name, shape, *_ = line.split("\t")
            listed[name] = shape
    assert len(listed) == 572
    assert {name: str(list(tensor.shape)) for name, tensor in made.items()} == listed


def test_a_round_trip_keeps_every_bit(renderer, official):
    again = renderer_from_official(official, renderer.styles, TINY)
    expected, found = renderer.state_dict(), again.state_dict()
    assert list(found) == list(expected)
    assert all(torch.equal(found[name], expected[name]) for name in expected)
    back = renderer_to_official(again)
    assert all(torch.equal(back[name], official[name]) for name in official)


def test_second_names_may_be_missing_but_not_differ(official):
    name = "encoder_global_latent_tri.conv_first.weight"
    assert official[name] is official["encoder_global_latent_tri.conv_first.conv.weight"]
    one = {key: tensor for key, tensor in official.items() if key != name}
    renderer_from_official(one, shape=TINY)
    with pytest.raises(WeightsError, match="conv_first"):
        renderer_from_official(official | {name: official[name] + 1}, shape=TINY)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda state: state.pop("encoder_detail.encoder.0.bias"), "encoder_detail.encoder.0.bias"),
        (lambda state: state.update(extra=torch.zeros(1)), "extra"),
        (lambda state: state.update({"decoder.net.0.bias": torch.zeros(3)}), "decoder.net.0.bias"),
    ],
)
def test_what_does_not_fit_is_named(official, change, said):
    change(official)
    with pytest.raises(WeightsError, match=said):
        renderer_from_official(official, shape=TINY)


def test_a_style_code_of_another_size_is_refused(official):
    with pytest.raises(WeightsError, match="ws_avg is"):
        renderer_from_official(official, torch.zeros(3, 512), TINY)
