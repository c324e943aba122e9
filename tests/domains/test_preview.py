"""``aa domains preview``: the portrait first, every domain after it, faults in their places."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from avatarartist_core.config import Choice, PrepareConfig, RunConfig
from avatarartist_core.defaults import DEFAULT_TRANSFER
from avatarartist_core.entries import DomainEntry
from avatarartist_core.errors import IncompatibleError, UnknownNameError, UsageError
from avatarartist_core.plugins import Plugins, read
from avatarartist_core.preview.flow import Previewed, previewed
from avatarartist_core.preview.plan import resolve_preview
from avatarartist_core.running.events import finish
from avatarartist_core.running.places import make_folder_of
from tests.cli.command import Answer, aa

ROOT = Path(__file__).parents[2]
PORTRAIT = ROOT / "examples" / "astronaut.png"
TOY = {"AA_PLUGINS": "toy=tests.domains.toy", "PYTHONPATH": str(ROOT)}
ASKED = RunConfig(portrait=PORTRAIT, transfer=Choice(name="negative"))


@pytest.fixture(scope="module")
def plugins() -> Plugins:
    return read(TOY)


@pytest.fixture(scope="module")
def made(plugins: Plugins) -> Previewed:
    small = ASKED.model_copy(update={"prepare": PrepareConfig(resolution=128)})
    return finish(previewed(resolve_preview(small, [], plugins)))


def names(asked: RunConfig, wanted: list[str], plugins: Plugins) -> list[str]:
    return [each.domain.name for each in resolve_preview(asked, wanted, plugins).showings]


def preview(*words: str, cwd: Path) -> Answer:
    return aa("domains", "preview", *words, cwd=cwd, **TOY)


def test_a_transfer_is_shown_in_every_domain_it_reaches(plugins: Plugins) -> None:
    assert names(ASKED, [], plugins) == ["film", "torn", "slide"]


def test_the_default_transfer_is_shown_where_none_is_named() -> None:
    plugins = read(TOY)
    plugins.add(DomainEntry("clay", "Clay", recipe={DEFAULT_TRANSFER: {}}), "test")
    default = plugins.transfers[DEFAULT_TRANSFER]
    reached = [name for name, domain in plugins.domains.items() if default.reaches(domain)]
    assert "clay" in reached
    assert names(RunConfig(portrait=PORTRAIT), [], plugins) == reached


def test_named_domains_are_shown_in_their_order_each_once(plugins: Plugins) -> None:
    asked = RunConfig(portrait=PORTRAIT)
    assert names(asked, ["slide", "realistic", "film", "slide"], plugins) == [
        "slide",
        "realistic",
        "film",
    ]


def test_every_wrong_name_is_told_at_once(plugins: Plugins) -> None:
    with pytest.raises(UnknownNameError, match=r"'flim'; did you mean 'film'\?; .*'slid'"):
        names(ASKED, ["flim", "slid"], plugins)
    with pytest.raises(IncompatibleError, match="'idle' reaches no installed domain"):
        names(RunConfig(portrait=PORTRAIT, transfer=Choice(name="idle")), [], plugins)


def test_a_domain_with_a_wrong_recipe_keeps_its_place_unless_all_are_wrong() -> None:
    plugins = read(TOY)
    plugins.add(DomainEntry("clay", "Clay", recipe={"negative": {"depth": 2}}), "test")
    showings = resolve_preview(ASKED, [], plugins).showings
    assert [each.domain.name for each in showings if each.fault] == ["clay"]
    assert "the recipe of domain 'clay' is wrong" in showings[-1].fault
    wrong = ASKED.model_copy(update={"transfer": Choice(name="negative", depth=2)})
    with pytest.raises(UsageError, match="'negative' has no option 'depth'"):
        resolve_preview(wrong, [], plugins)


def test_a_failing_domain_does_not_lose_the_others(made: Previewed) -> None:
    assert [each.fault for each in made.shown] == ["", "RuntimeError: the film tore", ""]
    assert [each.name for each in made.failed] == ["torn"]
    for shown in (made.shown[0], made.shown[2]):
        assert np.array_equal(shown.picture, 255 - made.original)


def test_the_sheet_holds_the_portrait_first(made: Previewed) -> None:
    side = made.original.shape[0]
    sheet = made.sheet(side)
    first = np.argwhere((sheet[: 2 * side, : 2 * side] < 225).all(-1))[0]  # off the pale ground
    places = np.lib.stride_tricks.sliding_window_view(sheet[:, :, 0], (side, side))
    rows, columns = places.shape[:2]
    same = [
        (row, column)
        for row in range(min(rows, first[0] + 2))
        for column in range(min(columns, side))
        if np.array_equal(places[row, column], made.original[..., 0])
    ]
    assert len(same) == 1


def test_the_command_writes_a_sheet_and_tells_what_failed(tmp_path: Path) -> None:
    words = (str(PORTRAIT), "--transfer", "negative", "-d", "film,torn,realistic", "-s", "96")
    answer = preview(*words, "-o", "sheet.png", cwd=tmp_path)
    assert answer.code == 1
    assert answer.out == "sheet.png\n"
    assert "error: torn could not be drawn: RuntimeError: the film tore" in answer.err
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width > 2 * 96
    again = preview(*words, "-o", "sheet.png", cwd=tmp_path)
    assert again.code == 2
    assert "sheet.png exists" in again.err


def test_the_command_tells_json(tmp_path: Path) -> None:
    answer = preview(str(PORTRAIT), "-d", "film,realistic", "--json", "-q", cwd=tmp_path)
    assert answer.code == 0, answer.err
    told = json.loads(answer.out)
    assert told["output"] == "astronaut.domains.png"
    assert [(each["name"], each["transfer"]) for each in told["domains"]] == [
        ("film", "negative"),
        ("realistic", None),
    ]
    assert (tmp_path / "astronaut.domains.png").is_file()


def test_the_folder_of_the_sheet_is_made_or_refused_first(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    answer = preview(str(PORTRAIT), "-d", "film", "-o", "file/sheet.png", cwd=tmp_path)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("error: cannot write in file: ")
    target = tmp_path / "new" / "folder" / "sheet.png"
    make_folder_of(target)
    assert target.parent.is_dir()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere.png", "-d", "film"], "portrait 'nowhere.png' does not exist"),
        ([str(PORTRAIT), "-d", "film", "-o", "sheet.jpg"], "Name it sheet.png."),
        ([str(PORTRAIT), "-d", "film", "--set", "lift.teeth=auto"], "'lift' takes no part"),
        (
            [str(PORTRAIT), "-d", "film", "--transfer", "idle"],
            "does not reach domain 'film'",
        ),
    ],
)
def test_wrong_words_are_answered_before_anything_is_made(
    words: list[str], said: str, tmp_path: Path
) -> None:
    answer = preview(*words, cwd=tmp_path)
    assert answer.code == 2
    assert said in answer.err
    assert not list(tmp_path.iterdir())
