"""The authors' layout of the transformer's weights, there and back."""

import pytest
import torch

from aa_dit.config import DIT_SHAPES
from aa_dit.official import dit_pairs
from aa_dit.transformer import DiT
from aa_dit.weights import dit_from_official, dit_to_official
from avatarartist_core.errors import WeightsError
from tests.dit.dit_goldens import SHAPE, SIZES


@pytest.fixture
def state():
    torch.manual_seed(0)
    return {
        name: torch.randn_like(value)
        for name, value in dit_to_official(DiT(**SHAPE.model_dump())).items()
        if name != "pos_embed"
    }


def test_weights_go_there_and_back_bit_for_bit(state):
    model = dit_from_official(state, **SIZES)
    assert model.shape == SHAPE
    back = dit_to_official(model)
    assert back.keys() == state.keys() | {"pos_embed"}
    assert all(torch.equal(back[name], value) for name, value in state.items())


@pytest.mark.parametrize("name", ["pos_embed", "model.pos_embed", "base_model.pos_embed"])
def test_a_stored_position_table_tells_the_side_and_is_not_read(state, name):
    sizes = {name: value for name, value in SIZES.items() if name != "latent_side"}
    model = dit_from_official({**state, name: torch.zeros(1, 64, 64)}, **sizes)
    assert model.shape == SHAPE
    assert model.positions.any()


def test_the_released_layout_needs_no_sizes():
    with torch.device("meta"):
        full = DiT(**DIT_SHAPES["released"].model_dump()).state_dict()
    state = {official: full[ours] for official, ours in dit_pairs(DIT_SHAPES["released"])}
    assert len(state) == 537
    assert dit_from_official(state).shape == DIT_SHAPES["released"]


def test_what_does_not_belong_is_refused_by_name(state):
    with pytest.raises(WeightsError, match=r"blocks\.1\.attn\.proj\.bias"):
        dit_from_official(without(state, "blocks.1.attn.proj.bias"), **SIZES)
    with pytest.raises(WeightsError, match=r"csize_embedder"):
        dit_from_official({**state, "csize_embedder.weight": torch.zeros(1)}, **SIZES)
    with pytest.raises(WeightsError, match=r"final_layer\.linear\.bias is \(3,\)"):
        dit_from_official({**state, "final_layer.linear.bias": torch.zeros(3)}, **SIZES)


@pytest.mark.parametrize(
    "state", [{}, {"conv.weight": torch.zeros(3)}, {"x_embedder.proj.weight": torch.zeros(3)}]
)
def test_a_foreign_state_is_refused_in_words(state):
    with pytest.raises(WeightsError, match=r"x_embedder\.proj\.weight"):
        dit_from_official(state)


def test_heads_that_do_not_divide_are_refused_in_words(state):
    with pytest.raises(WeightsError, match="width 64 is no multiple of heads 7"):
        dit_from_official(state, **SIZES | {"heads": 7})


def test_only_the_authors_positions_can_be_exported():
    with pytest.raises(WeightsError, match="'planes'"):
        dit_to_official(DiT(**DIT_SHAPES["tiny"].model_dump()))


def without(state, name):
    return {key: value for key, value in state.items() if key != name}
