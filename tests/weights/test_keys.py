"""Key maps: every name accounted for, both ways, bit for bit."""

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from avatarartist_core.errors import WeightsError
from avatarartist_core.weights.keys import KeyMap, conv_aliases, same_bits, shapes_of

SPEC = Path(__file__).parents[3] / "shared" / "spec" / "vae_keys.txt"

PAIRS = {"a.conv.weight": "first.weight", "a.conv.bias": "first.bias", "b.weight": "last"}
MAP = KeyMap(PAIRS, conv_aliases(PAIRS), dropped=["pos_embed"])
SHAPES = {"last": (2,), "first.weight": (3, 4), "first.bias": (3,)}

DTYPES = [torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.bool, torch.complex64]


def official() -> dict[str, Tensor]:
    torch.manual_seed(0)
    state = {
        "a.conv.weight": torch.randn(3, 4),
        "a.conv.bias": torch.tensor([float("nan"), -0.0, 1e-40]),
        "b.weight": torch.randn(2).half(),
    }
    return {**state, "a.weight": state["a.conv.weight"]}


def refused(state: dict[str, Tensor]) -> str:
    with pytest.raises(WeightsError) as caught:
        MAP.to_ours(state, SHAPES, "a/model.pt")
    assert caught.value.hint
    return str(caught.value)


def test_names_change_and_nothing_else() -> None:
    state = official()
    ours = MAP.to_ours(state, SHAPES, "a/model.pt")
    assert list(ours) == list(SHAPES)
    assert ours["last"] is state["b.weight"]


def test_there_and_back_is_the_same_state() -> None:
    state = official()
    back = MAP.to_official(MAP.to_ours(state, SHAPES, "a/model.pt"))
    assert back.keys() == state.keys()
    assert all(same_bits(back[name], state[name]) for name in state)


@st.composite
def states(draw: st.DrawFn) -> dict[str, Tensor]:
    names = draw(st.lists(st.text("abc.", min_size=1, max_size=6), unique=True, max_size=8))
    made = {}
    for name in names:
        shape = draw(st.lists(st.integers(0, 3), max_size=3))
        dtype = draw(st.sampled_from(DTYPES))
        size = torch.zeros(shape, dtype=dtype).nbytes
        values = list(draw(st.binary(min_size=size, max_size=size)))
        if dtype == torch.bool:
            values = [value & 1 for value in values]
        made[name] = torch.tensor(values, dtype=torch.uint8).view(dtype).reshape(shape)
    return made


@settings(max_examples=100, deadline=None)
@given(state=states())
def test_any_state_there_and_back_is_the_same_bits(state: dict[str, Tensor]) -> None:
    names = KeyMap((name, f"ours.{name}") for name in state)
    shapes = {f"ours.{name}": tensor.shape for name, tensor in state.items()}
    back = names.to_official(names.to_ours(state, shapes, "any"))
    assert list(back) == list(state)
    assert all(same_bits(back[name], state[name]) for name in state)


def test_missing_and_unknown_names_are_listed_together() -> None:
    state = official()
    del state["b.weight"]
    state |= {f"x.{number}": torch.zeros(1) for number in range(7)}
    assert refused(state) == (
        "a/model.pt lacks 1 key (b.weight) and has 7 unknown keys (x.0, x.1, x.2, x.3, x.4 "
        "and 2 more)"
    )


def test_wrong_shapes_are_listed() -> None:
    state = official()
    state["a.conv.weight"] = state["a.weight"] = torch.zeros(3, 5)
    state["b.weight"] = torch.zeros(())
    assert refused(state) == (
        "a/model.pt: a.conv.weight is (3, 5), needs (3, 4); b.weight is (), needs (2,)"
    )


def test_what_is_no_tensor_is_named() -> None:
    state = official() | {"b.weight": 3}
    assert refused(state) == "a/model.pt: b.weight is a int, not a tensor"  # type: ignore[arg-type]


def test_aliases_may_be_missing_but_not_differ() -> None:
    state = official()
    state["a.weight"] = state["a.weight"].clone()
    MAP.to_ours(state, SHAPES, "a/model.pt")
    state["a.weight"][0, 0] += 1
    assert "a.weight and a.conv.weight must be the same tensor" in refused(state)
    del state["a.weight"]
    MAP.to_ours(state, SHAPES, "a/model.pt")


def test_an_alias_of_another_type_differs() -> None:
    state = official()
    state["a.weight"] = state["a.weight"].double()
    assert "must be the same tensor" in refused(state)


def test_dropped_names_may_be_there() -> None:
    ours = MAP.to_ours(official() | {"pos_embed": torch.zeros(9)}, SHAPES, "a/model.pt")
    assert ours.keys() == SHAPES.keys()


def test_mistakes_of_a_map_are_named() -> None:
    with pytest.raises(ValueError, match="an official name stands twice"):
        KeyMap([("a", "x"), ("a", "y")])
    with pytest.raises(ValueError, match="one of our names stands twice"):
        KeyMap([("a", "x"), ("b", "x")])
    with pytest.raises(ValueError, match=r"1 key \(c\) repeat"):
        KeyMap({"a": "x"}, {"c": "b"})
    with pytest.raises(ValueError, match="two kinds of name"):
        KeyMap({"a": "x"}, dropped=["a"])
    with pytest.raises(ValueError, match=r"differ in 1 key \(y\)"):
        KeyMap({"a": "x"}).to_ours({}, {"x": (1,), "y": (2,)}, "")
    with pytest.raises(ValueError, match=r"differ in 1 key \(x\)"):
        KeyMap({"a": "x"}).to_official({})


def test_shapes_are_read_off_a_model() -> None:
    assert shapes_of(torch.nn.Linear(2, 3).state_dict()) == {"weight": (3, 2), "bias": (3,)}


@pytest.mark.skipif(not SPEC.exists(), reason="the list of the authors' names is not at hand")
def test_aliases_of_the_published_autoencoder_follow_the_rule() -> None:
    rows = [line.split("\t") for line in SPEC.read_text().splitlines() if line[0] != "#"]
    aliases = {row[0] for row in rows if row[2].startswith("alias")}
    assert len(aliases) == 26
    assert conv_aliases(row[0] for row in rows if row[0] not in aliases).keys() == aliases
