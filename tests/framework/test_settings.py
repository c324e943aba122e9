import pytest

from avatarartist_core.config import Choice, RunConfig
from avatarartist_core.errors import UnknownNameError, UsageError
from avatarartist_core.settings import with_settings

CONFIG = RunConfig(portrait="a.png")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("1.5", 1.5),
        ("true", True),
        ('"7"', "7"),
        ("cutout", "cutout"),
        ("", ""),
        ("a = b", "a = b"),
        ("[1, 2]", [1, 2]),
        ("2024-01-01", "2024-01-01"),
        ("1\nother = 2", "1\nother = 2"),
        ("{ a = 1 }", "{ a = 1 }"),
        ("path/with.dots=and=equals", "path/with.dots=and=equals"),
    ],
)
def test_values_are_read_as_toml_or_as_they_stand(text, value):
    config = with_settings(CONFIG, [f"renderer.option={text}"])
    assert config.renderer.model_extra == {"option": value}


@pytest.mark.parametrize("component", ["renderer", "layers"])
def test_a_component_goes_by_its_place_or_its_name(component):
    config = with_settings(CONFIG, [f"{component}.supersampling=1"])
    assert config.renderer == Choice(name="layers", supersampling=1)


@pytest.mark.parametrize("component", ["encoder", "motion_encoder", "motion-encoder", "facemesh"])
def test_the_motion_encoder_has_a_short_name(component):
    config = with_settings(CONFIG, [f"{component}.threads=1"])
    assert config.motion_encoder == Choice(name="facemesh", threads=1)


def test_sections_of_the_run_can_be_set():
    config = with_settings(CONFIG, ["prepare.face=2", "retarget.expression=0.5"])
    assert config.prepare.face == 2
    assert config.retarget.expression == 0.5
    assert config.retarget.rotation == CONFIG.retarget.rotation


def test_later_settings_win_and_others_stay():
    config = with_settings(CONFIG, ["lift.a=1", "lift.b=2", "lift.a=3"])
    assert config.generator == Choice(name="lift", a=3, b=2)


def test_the_transfer_can_be_named_and_set_before_it_is_chosen():
    assert with_settings(CONFIG, ["transfer.name=toon"]).transfer == Choice(name="toon")
    assert with_settings(CONFIG, ["transfer.tones=4"]).transfer == Choice(name="", tones=4)


def test_the_original_is_left_as_it_was():
    before = CONFIG.to_toml()
    with_settings(CONFIG, ["lift.a=1", "prepare.face=2"])
    assert CONFIG.to_toml() == before


def test_an_unknown_component_is_answered_with_the_nearest():
    with pytest.raises(UnknownNameError) as caught:
        with_settings(CONFIG, ["layer.supersampling=1"])
    assert str(caught.value) == "no chosen component is named 'layer'; did you mean 'layers'?"
    assert "renderer" in caught.value.hint


def test_an_unknown_option_of_a_section_is_answered_with_the_nearest():
    with pytest.raises(UsageError, match="'prepare' has no option 'fase'; did you mean 'face'"):
        with_settings(CONFIG, ["prepare.fase=1"])


@pytest.mark.parametrize("setting", ["", "layers", "layers=1", "layers.=1", ".x=1", "layers.x"])
def test_a_malformed_setting_is_answered_with_an_example(setting):
    with pytest.raises(UsageError) as caught:
        with_settings(CONFIG, [setting])
    assert repr(setting) in str(caught.value)
    assert caught.value.hint.startswith("Example: --set ")


def test_every_fault_is_listed():
    with pytest.raises(UsageError) as caught:
        with_settings(CONFIG, ["nope", "layerz.x=1", "prepare.face=0"])
    for said in ("'nope'", "'layerz'", "prepare face = 0"):
        assert said in str(caught.value)


def test_a_name_chosen_twice_has_to_be_told_apart():
    config = CONFIG.model_copy(update={"generator": Choice(name="layers")})
    with pytest.raises(UsageError, match="several chosen components: generator and renderer"):
        with_settings(config, ["layers.x=1"])
    assert with_settings(config, ["renderer.x=1"]).renderer == Choice(name="layers", x=1)


def test_a_component_that_takes_no_part_is_refused():
    with pytest.raises(UsageError, match="'lift' takes no part") as caught:
        with_settings(CONFIG, ["lift.teeth=auto"], ["renderer", "retarget"])
    assert caught.value.hint == "What takes part: renderer, retarget."


def test_a_transfer_that_the_plan_will_choose_goes_by_its_name():
    styled = RunConfig(portrait="a.png", domain="toon")
    assert with_settings(styled, ["toon.tones=4"]).transfer == Choice(name="toon", tones=4)
    with pytest.raises(UnknownNameError, match="did you mean 'layers'"):
        with_settings(styled, ["layer.supersampling=1"])
