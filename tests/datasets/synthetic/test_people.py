"""People are varied, stay themselves from view to view, and look like people to a face finder."""

import numpy as np
import pytest

from avatarartist_core.data import Floats
from avatarartist_core.datasets.synthetic.config import SyntheticConfig
from avatarartist_core.datasets.synthetic.draw import Drawing, draw
from avatarartist_core.datasets.synthetic.hair_styles import STYLES, random_style
from avatarartist_core.datasets.synthetic.person import Person, person
from avatarartist_core.datasets.synthetic.source import Synthetic
from avatarartist_core.datasets.synthetic.views import view
from avatarartist_core.lazy import build
from avatarartist_core.motion import ARKIT
from avatarartist_core.plugins import installed

PLAIN = SyntheticConfig(side=96, wild=0, hats=0, glasses=0)
AHEAD = np.zeros(2, np.float32)


@pytest.fixture(scope="module")
def someone() -> Person:
    return person(5, PLAIN)


def rest(**raised: float) -> Floats:
    expression = np.zeros(len(ARKIT), np.float32)
    for name, value in raised.items():
        expression[ARKIT.index(name)] = value
    return expression


def seen(who: Person, expression: Floats, *angles: float, side: int = 96) -> Drawing:
    turn = np.array(angles or (0, 0, 0), np.float32)
    return draw(who, expression, AHEAD, view(turn, PLAIN), side)


def at(drawing: Drawing, landmark: int) -> Floats:
    return drawing.landmarks[landmark, :2]


def test_the_same_seed_is_the_same_person(someone):
    again = person(5, PLAIN)
    assert np.array_equal(someone.identity, again.identity)
    assert np.array_equal(someone.painting, again.painting)
    assert np.array_equal(seen(someone, rest()).colour, seen(again, rest()).colour)


def test_a_background_shows_only_round_the_person(someone):
    drawing = seen(someone, rest())
    red = np.zeros((96, 96, 3), np.uint8)
    red[..., 0] = 255
    picture = drawing.over(red)
    assert (picture[drawing.alpha == 0] == (255, 0, 0)).all()
    inside = drawing.alpha == 1
    assert np.array_equal(picture[inside], drawing.over(np.zeros_like(red))[inside])
    assert (drawing.colour <= drawing.alpha[..., None] + 1e-5).all()


def test_positive_yaw_turns_the_face_to_the_pictures_right(someone):
    middle = {yaw: at(seen(someone, rest(), yaw, 0, 0), 4)[0] for yaw in (-0.5, 0.0, 0.5)}
    assert middle[-0.5] < middle[0.0] - 3
    assert middle[0.5] > middle[0.0] + 3


def test_the_jaw_opens_into_the_dark(someone):
    shut, opened = seen(someone, rest(), side=192), seen(someone, rest(jawOpen=1.0), side=192)
    assert at(opened, 14)[1] - at(opened, 13)[1] > at(shut, 14)[1] - at(shut, 13)[1] + 6
    column, row = np.round((at(opened, 13) + at(opened, 14)) / 2).astype(int)
    cheek_column, cheek_row = np.round(at(opened, 50)).astype(int)
    assert opened.colour[row, column].mean() < opened.colour[cheek_row, cheek_column].mean()


def test_closed_eyes_hide_the_eyeballs():
    who = person(5, PLAIN)
    looks = {}
    for shut in (0.0, 1.0):
        blink = rest(eyeBlinkLeft=shut, eyeBlinkRight=shut)
        straight = seen(who, blink, side=192)
        aside = draw(who, blink, np.array([0.3, 0], np.float32), straight.camera, 192)
        low = np.floor(straight.landmarks[[33, 133, 159, 145], :2].min(0)).astype(int)
        high = np.ceil(straight.landmarks[[33, 133, 159, 145], :2].max(0)).astype(int) + 1
        part = np.s_[low[1] : high[1], low[0] : high[0]]
        looks[shut] = float(np.abs(straight.colour[part] - aside.colour[part]).max())
    assert looks[0.0] > 0.15, "open eyes follow the look"
    assert looks[1.0] < looks[0.0]


def test_every_haircut_is_worn_by_someone():
    rng = np.random.default_rng(0)
    worn = {random_style(rng, manly)[0] for manly in (True, False) for _ in range(400)}
    assert worn == set(STYLES)


@pytest.mark.parametrize("option", ["wild", "hats", "glasses"])
def test_shares_are_what_was_asked_for(option):
    none = {"wild": 0.0, "hats": 0.0, "glasses": 0.0}

    def count(share: float) -> int:
        config = SyntheticConfig(**{**none, option: share})
        people = [person(seed, config) for seed in range(4)]
        return sum(who.is_wild if option == "wild" else who.things is not None for who in people)

    assert count(0.0) == 0
    assert count(1.0) == 4


def test_a_face_finder_finds_them_where_they_are():
    finder = next(entry for entry in installed().encoders.values() if entry.finds_faces)
    eyes = build(finder, finder.config())
    source = Synthetic(SyntheticConfig(wild=0, yaw=0.15))
    errors = []
    for index in range(10):
        portrait = source.sample(index, seed=3).portrait
        exact = portrait.landmarks[:468, :2]
        for face in eyes.find(portrait.picture)[:1]:
            apart = np.linalg.norm(portrait.landmarks[468, :2] - portrait.landmarks[473, :2])
            away = np.linalg.norm(face.landmarks[:468, :2] - exact, axis=1)
            errors.append(float(np.median(away) / apart))
    assert len(errors) >= 9
    assert np.median(errors) < 0.06
