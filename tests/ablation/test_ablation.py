"""``aa domains ablate``: every variant drawn and measured, with nothing tried twice."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from avatarartist_core.ablation.flow import ITSELF, ablated
from avatarartist_core.ablation.plan import resolve_ablation
from avatarartist_core.config import Choice, PrepareConfig, RunConfig
from avatarartist_core.errors import IncompatibleError, UnknownNameError, UsageError
from avatarartist_core.plugins import read
from avatarartist_core.running.events import finish
from tests.cli.command import aa

ROOT = Path(__file__).parents[2]
PORTRAIT = ROOT / "examples" / "astronaut.png"
TOY = {"AA_PLUGINS": "toy=tests.ablation.toy", "PYTHONPATH": str(ROOT)}
ASKED = RunConfig(
    portrait=PORTRAIT,
    domain="dusk",
    transfer=Choice(name="slide"),
    prepare=PrepareConfig(resolution=192),
)


@pytest.fixture(scope="module")
def plugins():
    return read(TOY)


@pytest.fixture(scope="module")
def made(plugins):
    events = []
    plan = resolve_ablation(ASKED, [PORTRAIT], 2, plugins)
    return finish(ablated(plan), events.append), events


def test_every_variant_has_a_row_after_the_portraits_own(made):
    table, _ = made
    assert [row.title for row in table.rows] == [ITSELF, "full", "no slide", "nothing"]
    assert [len(row.trials) for row in table.rows] == [1, 2, 2, 2]


def test_what_a_part_does_to_the_landmarks_is_measured(made):
    itself, full, still, _ = (row.mean for row in made[0].rows)
    # 8 and 9 pixels, and the eyes are about 40 apart in a crop of 192
    assert 15 < full.landmarks < 30
    assert still.landmarks < 5
    assert itself.landmarks < 2
    assert full.rotation < 5


def test_pictures_without_a_face_are_counted_and_not_averaged(made):
    nothing = made[0].rows[-1]
    assert nothing.faces == 0
    assert nothing.mean is None
    assert all(trial.found is None for trial in nothing.trials)


def test_seeds_are_counted_from_the_first(made):
    _, full, *_ = made[0].rows
    assert [trial.seed for trial in full.trials] == [0, 1]
    first, second = (trial.found.landmarks for trial in full.trials)
    assert second > first


def test_progress_is_told_for_every_variant(made):
    _, events = made
    for stage in ("full", "no slide", "nothing"):
        assert [event.done for event in events if event.stage == stage] == [0, 1, 2]


def test_the_sheet_holds_the_first_seed_of_every_row(made):
    table, _ = made
    assert [len(pictures) for pictures in table.pictures] == [1, 1, 1, 1]
    assert (table.pictures[1][0] == np.roll(table.pictures[0][0], 8, axis=1) // 2).all()
    assert table.sheet(64).shape[1] > 4 * 64


def test_a_transfer_without_variants_is_refused(plugins):
    asked = ASKED.model_copy(update={"domain": "greek-statue", "transfer": Choice(name="stylize")})
    with pytest.raises(IncompatibleError, match="'stylize' has no variants to compare") as caught:
        resolve_ablation(asked, [PORTRAIT], 1, plugins)
    assert "sdedit" in caught.value.hint


def test_the_transfer_has_to_be_said_where_several_have_variants(plugins):
    with pytest.raises(UsageError, match="which transfer's variants"):
        resolve_ablation(ASKED.model_copy(update={"transfer": None}), [PORTRAIT], 1, plugins)


def test_wrong_names_and_options_are_told_at_once(plugins):
    asked = ASKED.model_copy(update={"domain": "dusty"})
    with pytest.raises(UnknownNameError, match="no domain is named 'dusty'"):
        resolve_ablation(asked, [PORTRAIT], 1, plugins)
    asked = ASKED.model_copy(update={"transfer": Choice(name="slide", slid=1)})
    with pytest.raises(UsageError, match="has no option 'slid'; did you mean 'slide'"):
        resolve_ablation(asked, [PORTRAIT], 1, plugins)


def test_sdedit_is_compared_without_its_controlnet_and_without_its_source(plugins):
    entry = plugins.transfers["sdedit"]
    options = {title: entry.config(**own) for title, own in entry.ablations.items()}
    assert {title: (own.sdedit, own.controlnet) for title, own in options.items()} == {
        "full": (True, True),
        "without ControlNet": (True, False),
        "without SDEdit": (False, True),
    }
    assert not any(own.check for own in options.values())


def test_the_command_prints_a_table_or_json(tmp_path):
    words = ("domains", "ablate", str(PORTRAIT), "--domain", "dusk", "--transfer", "slide")
    shown = aa(*words, "-o", "sheet.png", cwd=tmp_path, **TOY)
    assert shown.code == 0, shown.err
    rows = [line.split() for line in shown.out.splitlines() if line.strip()]
    assert [" ".join(row[:2]) for row in rows if row[0] in ("no", "nothing")] == [
        "no slide",
        "nothing 0",
    ]
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.size[0] > 4 * 256
    again = aa(*words, "--json", "--quiet", cwd=tmp_path, **TOY)
    told = json.loads(again.out)
    assert again.err == ""
    assert told["transfer"] == "slide"
    assert [row["faces"] for row in told["variants"]] == [1, 1, 1, 0]
    assert told["variants"][1]["mean"]["landmarks"] > 5
    assert told["variants"][2]["options"]["slide"] is False
