"""What a comparison is planned from: names, options, fits and files; all faults at once."""

from pathlib import Path

import pytest
from pydantic import BaseModel, Field

from avatarartist_core.comparison.config import CompareConfig, choice_of
from avatarartist_core.comparison.plan import ComparePlan, resolve_comparison
from avatarartist_core.config import Choice, RunConfig
from avatarartist_core.entries import EncoderEntry, GeneratorEntry, RendererEntry
from avatarartist_core.errors import IncompatibleError, UsageError
from avatarartist_core.plugins import Plugins
from avatarartist_core.specs import AvatarSpec, MotionSpec

FLAT, DEEP = AvatarSpec("layers"), AvatarSpec("triplane", channels=8)


class Options(BaseModel, frozen=True, extra="forbid"):
    samples: int = Field(2, description="Samples.")
    list: tuple[int, ...] = Field((), description="Some.")


@pytest.fixture
def found() -> Plugins:
    found = Plugins()
    found.add(GeneratorEntry("deep", "s", "a.b:C", produces=DEEP), "t")
    found.add(GeneratorEntry("deeper", "s", "a.b:C", produces=DEEP), "t")
    found.add(GeneratorEntry("lift", "s", "a.b:C", produces=FLAT), "t")
    found.add(RendererEntry("eye", "s", "a.b:C", accepts=DEEP, config=Options), "t")
    found.add(RendererEntry("flat", "s", "a.b:C", accepts=FLAT, config=Options), "t")
    found.add(RendererEntry("lost", "s", "a.b:C", accepts=AvatarSpec("cubes")), "t")
    tracking = MotionSpec(topology="anny-head")
    found.add(EncoderEntry("facemesh", "s", "a.b:C", provides=tracking, finds_faces=True), "t")
    return found


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.png").write_bytes(b"a picture")
    return tmp_path


def planned(found: Plugins, *renderers: str, generators: tuple[str, ...] = (), **shared: object):
    run = RunConfig.model_validate({"portrait": "a.png", "motion": "nod", **shared})
    config = CompareConfig.of(
        run,
        output=Path("a.compare.mp4"),
        renderers=tuple(choice_of(text, "renderer") for text in renderers),
        generators=tuple(choice_of(text, "generator") for text in generators),
    )
    return resolve_comparison(config, found)


def makers(plan: ComparePlan) -> list[str | None]:
    return [column.maker and column.maker.entry.name for column in plan.columns]


def test_each_renderer_gets_a_generator_that_fits(found, folder) -> None:
    plan = planned(found, "eye", "flat", "eye:samples=3")
    assert makers(plan) == ["deep", "lift", "deep"]
    assert [maker.entry.name for maker in plan.makers()] == ["deep", "lift"]


def test_a_given_generator_goes_to_those_that_read_it(found, folder) -> None:
    assert makers(planned(found, "eye", "flat", generators=("deeper",))) == ["deeper", "lift"]


def test_a_generator_that_makes_no_column_is_refused_with_the_fields(found, folder) -> None:
    with pytest.raises(IncompatibleError, match="'layers', needs 'triplane'"):
        planned(found, "eye", "eye:samples=1", generators=("deep", "lift"))
    with pytest.raises(UsageError, match="'deeper' takes no part"):
        planned(found, "eye", "eye:samples=1", generators=("deep", "deeper"))


def test_columns_are_told_apart(found, folder) -> None:
    plan = planned(found, "flat", "flat:samples=1,list=[1, 2]", "flat")
    assert [column.label for column in plan.columns] == [
        "flat (1)",
        "flat samples=1 list=[1, 2]",
        "flat (2)",
    ]


def test_the_plan_written_out_makes_itself_again(found, folder) -> None:
    plan = planned(found, "eye", "flat:samples=1")
    again = resolve_comparison(plan.config, found)
    assert again == plan
    assert plan.config.renderers[0] == Choice(name="eye", samples=2, list=[])


def test_every_fault_is_named_at_once(found, folder) -> None:
    (folder / "a.compare.mp4").write_bytes(b"mine")
    with pytest.raises(UsageError) as caught:
        planned(found, "ey", "flat:sample=1", "lost", portrait="b.png", motion="nodd", device="cup")
    for said in (
        "no device is named 'cup'",
        "portrait 'b.png' does not exist",
        "a.compare.mp4 exists",
        "no motion clip is named 'nodd'",
        "no renderer is named 'ey'; did you mean 'eye'?",
        "no option 'sample'; did you mean 'samples'?",
        "makes an avatar that renderer 'lost' reads",
    ):
        assert said in str(caught.value)


def test_one_renderer_is_no_comparison(found, folder) -> None:
    with pytest.raises(UsageError, match="needs two renderers, not 1"):
        planned(found, "eye")


def test_a_video_too_wide_is_refused(found, folder) -> None:
    with pytest.raises(UsageError, match="8192") as caught:
        planned(found, "eye", "flat", "flat", size=2048)
    assert "--size 1638" in caught.value.hint


@pytest.mark.parametrize("text", ["flat:", "flat:x", ":x=1", "flat:=1", "flat:name=other"])
def test_half_an_option_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not written 'name' or 'name:option=value"):
        choice_of(text, "renderer")


def test_options_are_read_as_toml_and_as_text() -> None:
    choice = choice_of('a:b=1,c=[1, 2],d=true,e=x y,f="1"', "renderer")
    assert choice == Choice(name="a", b=1, c=[1, 2], d=True, e="x y", f="1")
