import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatarartist_core.config import (
    Choice,
    PrepareConfig,
    RetargetConfig,
    RunConfig,
    validated,
)
from avatarartist_core.errors import UsageError

_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
_numbers = st.floats(allow_nan=False, allow_infinity=False)
_factors = st.floats(0, 2)
_values = st.one_of(st.booleans(), st.integers(-(2**31), 2**31), _numbers, _text)
_choices = st.builds(
    lambda name, options: Choice(**{**options, "name": name}),
    _text,
    st.dictionaries(_names.filter(lambda name: not hasattr(Choice, name)), _values, max_size=3),
)
_views = st.one_of(
    st.sampled_from(["front", "orbit"]),
    st.tuples(st.integers(-90, 90), st.floats(-45, 45)).map(lambda v: f"{v[0]},{v[1]:.3f}"),
)
_runs = st.builds(
    RunConfig,
    portrait=_names.map(lambda name: f"folder/{name}.png"),
    motion=_text,
    output=st.none() | _names,
    generator=_choices,
    renderer=_choices,
    motion_encoder=_choices,
    transfer=st.none() | _choices,
    domain=st.none() | _text,
    prepare=st.builds(PrepareConfig, face=st.none() | st.integers(1, 9), force=st.booleans()),
    retarget=st.builds(RetargetConfig, expression=_factors, neutral=st.sampled_from(["clip"])),
    size=st.integers(32, 1024).map(lambda half: 2 * half),
    view=_views,
    background=st.sampled_from(["keep", "transparent", "#202830", "white"]),
    seed=st.integers(0, 2**63 - 1),
    device=_text,
)


@settings(deadline=None, max_examples=60)
@given(_runs)
def test_a_run_comes_back_from_toml_as_it_went(run):
    assert RunConfig.from_toml(run.to_toml()) == run


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("size", 511, "must be even for video, try 512"),
        ("view", "20;5", "must be 'front', 'orbit' or 'YAW,PITCH'"),
        ("background", "bleu", "must be 'keep', 'transparent' or a colour"),
        ("seed", -1, "greater than or equal to 0"),
        ("sizee", 512, "has no option 'sizee'; did you mean 'size'?"),
    ],
)
def test_a_wrong_value_is_answered_with_what_would_do(field, value, said):
    with pytest.raises(UsageError) as caught:
        validated(RunConfig, {"portrait": "a.png", field: value}, "run")
    assert said in str(caught.value)
