"""Components whose weights say what they make and read."""

import pytest
from pydantic import BaseModel, Field

from avatarartist_core.compatibility import matrix
from avatarartist_core.config import Choice, RunConfig
from avatarartist_core.entries import EncoderEntry, GeneratorEntry, RendererEntry
from avatarartist_core.errors import IncompatibleError, UsageError
from avatarartist_core.plan import resolve, resolve_create
from avatarartist_core.plugins import Plugins
from avatarartist_core.specs import AvatarSpec, MotionSpec


class Learned(BaseModel, frozen=True, extra="forbid"):
    weights: str = Field("small", description="Bundle of weights.")


def planes(options: Learned) -> AvatarSpec:
    if options.weights not in ("small", "large"):
        raise UsageError(f"no weights {options.weights!r} are installed", hint="Bring them.")
    return AvatarSpec("triplane", channels=8 if options.weights == "small" else 32)


def reading(options: Learned) -> tuple[AvatarSpec, MotionSpec]:
    return planes(options), MotionSpec(topology="anny-head")


@pytest.fixture
def found() -> Plugins:
    found = Plugins()
    found.add(GeneratorEntry("deep", "s", "a.b:C", config=Learned, specify=planes), "t")
    found.add(GeneratorEntry("plain", "s", "a.b:C", produces=AvatarSpec("layers")), "t")
    found.add(RendererEntry("eye", "s", "a.b:C", config=Learned, specify=reading), "t")
    found.add(RendererEntry("flat", "s", "a.b:C", accepts=AvatarSpec("layers")), "t")
    tracking = MotionSpec(topology="anny-head")
    found.add(EncoderEntry("facemesh", "s", "a.b:C", provides=tracking, finds_faces=True), "t")
    return found


def asked(**options: object) -> RunConfig:
    values = {"generator": {"name": "deep"}, "renderer": {"name": "eye"}, **options}
    return RunConfig.model_validate({"portrait": "a.png", **values})


def test_weights_that_fit_make_a_plan(found):
    plan = resolve(asked(), found)
    assert plan.config.renderer == Choice(name="eye", weights="small")


def test_the_options_decide_what_a_generator_makes(found):
    large = {"name": "deep", "weights": "large"}
    with pytest.raises(IncompatibleError, match="channels is 32, needs 8"):
        resolve(asked(generator=large), found)


def test_one_word_gives_every_learned_component_its_weights(found):
    plan = resolve(asked(weights="large"), found)
    assert plan.config.generator == Choice(name="deep", weights="large")
    assert plan.config.renderer == Choice(name="eye", weights="large")
    assert plan.config.motion_encoder == Choice(name="facemesh")


def test_a_component_s_own_weights_win(found):
    with pytest.raises(IncompatibleError, match="channels is 8, needs 32"):
        resolve(asked(weights="large", generator={"name": "deep", "weights": "small"}), found)


def test_missing_weights_are_named_before_anything_is_imported(found):
    with pytest.raises(UsageError, match="no weights 'huge' are installed") as caught:
        resolve_create(asked(weights="huge"), found)
    assert caught.value.hint == "Bring them."


def test_weights_for_components_that_read_none_are_refused(found):
    run = asked(generator={"name": "plain"}, renderer={"name": "flat"}, weights="small")
    with pytest.raises(UsageError, match="have no effect here: plain, flat, facemesh") as caught:
        resolve(run, found)
    assert caught.value.hint == "Components that read weights: deep, eye."


def test_without_weights_a_pair_does_not_fit_and_says_why(found):
    def none(options: Learned) -> AvatarSpec:
        raise UsageError("no weights are installed")

    found.add(GeneratorEntry("bare", "s", "a.b:C", config=Learned, specify=none), "t")
    pairs = {(pair.given.name, pair.renderer.name): pair.faults for pair in matrix(found)}
    assert pairs["bare", "eye"] == ("no weights are installed",)
    assert pairs["deep", "eye"] == ()


def test_a_renderer_that_cannot_cut_out_is_not_asked_to(found):
    found.add(
        RendererEntry("wall", "s", "a.b:C", config=Learned, specify=reading, cuts_out=False),
        "t",
    )
    wall = {"name": "wall"}
    assert resolve(asked(renderer=wall), found).renderer.entry.name == "wall"
    with pytest.raises(IncompatibleError, match="cannot make it 'transparent'") as caught:
        resolve(asked(renderer=wall, background="transparent"), found)
    assert caught.value.hint.startswith("Renderers that can: eye, flat.")


def test_weights_may_decide_whether_a_renderer_cuts_out(found):
    def cuts_out(options: Learned) -> bool:
        return options.weights == "large"

    screen = RendererEntry("screen", "s", "a.b:C", Learned, specify=reading, cuts_out=cuts_out)
    found.add(screen, "t")
    able = asked(renderer={"name": "screen"}, background="transparent", weights="large")
    assert resolve(able, found).config.background == "transparent"
    with pytest.raises(IncompatibleError, match="cannot make it 'transparent'"):
        resolve(asked(renderer={"name": "screen"}, background="transparent"), found)


def test_what_never_fits_is_said_even_without_weights(found):
    def none(options: Learned) -> tuple[AvatarSpec, MotionSpec]:
        raise UsageError("no weights are installed")

    reader = RendererEntry(
        "blind", "s", "a.b:C", config=Learned, accepts=AvatarSpec("triplane"), specify=none
    )
    found.add(reader, "t")
    pairs = {(pair.given.name, pair.renderer.name): pair.faults for pair in matrix(found)}
    assert pairs["plain", "blind"] == ("representation is 'layers', needs 'triplane'",)
    assert pairs["deep", "blind"] == ("no weights are installed",)
