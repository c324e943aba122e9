from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from aa_stylize.config import StylizeConfig
from aa_stylize.looks.names import GROWN, LOOKS
from aa_stylize.plugin import aa_components
from aa_stylize.transfer import Stylize
from avatarartist_core.data import Portrait
from avatarartist_core.entries import DomainEntry
from avatarartist_core.interfaces import FaceFinder
from avatarartist_core.lazy import build, load
from avatarartist_core.plugins import installed
from avatarartist_core.prepare.portrait import prepare
from avatarartist_core.samples import sample_portrait
from avatarartist_core.transfers.deviation import deviation

ASTRONAUT = Path(__file__).parents[2] / "examples" / "astronaut.png"
SCULPTED = (
    "greek-statue", "zombie", "orc", "devil", "skeleton", "peking-opera", "pixar", "3d-animation",
    "tekken", "steampunk", "masque", "elf", "yoda", "lego", "hobbit",
)  # fmt: skip
DOMAIN = DomainEntry(name="somewhere", title="Somewhere")


def carried(portrait: Portrait, seed: int = 0, **options: object) -> Portrait:
    return Stylize(StylizeConfig(**options)).transfer(portrait, DOMAIN, seed=seed)  # type: ignore[arg-type]


@cache
def small(look: str) -> Portrait:
    return carried(sample_portrait(96), look=look)


@pytest.mark.parametrize("look", SCULPTED)
def test_every_look_redraws_the_picture(look: str) -> None:
    picture = small(look).picture
    assert np.abs(picture.astype(int) - sample_portrait(96).picture).mean() > 4
    assert np.ptp(picture) > 80, "nearly one colour"


@pytest.mark.parametrize("look", ["greek-statue", "orc", "elf", "steampunk", "lego"])
def test_a_look_is_the_same_twice(look: str) -> None:
    again = carried(sample_portrait(96), look=look)
    assert (again.picture == small(look).picture).all()
    assert (again.mask == small(look).mask).all()


def test_looks_can_be_told_apart() -> None:
    for one, other in combinations(SCULPTED, 2):
        pictures = (small(name).picture.astype(int) for name in (one, other))
        assert np.abs(next(pictures) - next(pictures)).mean() > 3, (one, other)


@pytest.mark.parametrize("look", ["zombie", "elf", "steampunk", "lego"])
def test_eyes_stay_eyes(look: str) -> None:
    portrait = sample_portrait(192)
    drawn = carried(portrait, look=look).picture.astype(float).mean(-1)
    for iris, eye in ((468, (33, 133)), (473, (362, 263))):
        x, y = np.rint(portrait.landmarks[iris, :2]).astype(int)
        corner = portrait.landmarks[list(eye), :2].mean(0) * 0.3
        white = np.rint(corner + 0.7 * portrait.landmarks[eye[0], :2]).astype(int)
        pupil = drawn[y - 1 : y + 2, x - 1 : x + 2].min()
        assert pupil < drawn[white[1] - 2 : white[1] + 3, white[0] - 2 : white[0] + 3].max() - 30


def test_strength_fades_the_look_in() -> None:
    portrait = sample_portrait(96)
    none = carried(portrait, strength=0.0).picture
    half = carried(portrait, strength=0.5).picture.astype(float)
    full = small("greek-statue").picture.astype(float)
    assert (none == portrait.picture).all()
    assert np.abs(half - (full + portrait.picture) / 2).max() <= 1


@pytest.mark.parametrize("look", GROWN)
def test_what_a_look_adds_belongs_to_the_person(look: str) -> None:
    mask, own = small(look).mask, sample_portrait(96).mask
    assert (mask >= own).all()
    assert (mask - own).sum() > 12


@pytest.mark.parametrize("look", ["greek-statue", "elf", "zombie"])
def test_the_own_ground_can_stay(look: str) -> None:
    own = carried(sample_portrait(96), look=look, ground="own").picture
    assert np.abs(own.astype(int) - small(look).picture)[:15, :15].mean() > 4


def test_a_misspelt_look_is_named_with_the_nearest() -> None:
    with pytest.raises(ValidationError, match="no look is named 'zombi'; did you mean 'zombie'"):
        StylizeConfig(look="zombi")


def test_a_palette_holds_colours() -> None:
    with pytest.raises(ValidationError, match="'red' is not a colour; write it as '#c0ffee'"):
        StylizeConfig(palette=("red",))
    assert StylizeConfig(palette=("#A0b1c2",)).palette == ("#A0b1c2",)


def test_every_name_leads_to_a_function() -> None:
    for target in (*LOOKS.values(), *GROWN.values()):
        assert callable(load(target, "look"))
    assert set(GROWN) <= set(LOOKS)


def test_every_recipe_names_a_look() -> None:
    entry = next(iter(aa_components()))
    reached = [domain for domain in installed().domains.values() if entry.reaches(domain)]
    assert len(reached) >= 20
    for domain in reached:
        assert StylizeConfig.model_validate(domain.recipe["stylize"]).look in LOOKS


@pytest.fixture(scope="module")
def finder() -> FaceFinder:
    entry = installed().encoders["facemesh"]
    found: FaceFinder = build(entry, entry.config())
    return found


@pytest.fixture(scope="module")
def astronaut(finder: FaceFinder) -> Portrait:
    return prepare(ASTRONAUT, finder)


@pytest.mark.parametrize("look", ["greek-statue", "pixar", "zombie"])
def test_the_face_is_found_again_where_it_was(
    look: str, astronaut: Portrait, finder: FaceFinder
) -> None:
    found = deviation(astronaut, carried(astronaut, look=look).picture, finder)
    assert found is not None
    assert found.landmarks < 2
    assert found.rotation < 2
