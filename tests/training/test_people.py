"""People of a data set, and what a task of theirs holds."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from avatarartist_core.datasets.reading import ShardSet
from avatarartist_core.datasets.synthetic import source as synthetic
from avatarartist_core.datasets.synthetic.config import SyntheticConfig
from avatarartist_core.datasets.synthetic.source import Synthetic
from avatarartist_core.errors import InputError
from avatarartist_core.training.people import People, Task
from avatarartist_core.training.views import Sizes, person_of, read_views
from tests.vit.people import PEOPLE, VIEWS, write_people

SIZES = Sizes(plane=32, portrait=64, picture=64, rays=16, cuts_out=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_people(tmp_path_factory.mktemp("people") / "set")


@pytest.fixture(scope="module")
def people(folder):
    return People(str(folder), (), topology="anny-head", held_out=1)


def test_views_of_a_person_are_found_and_some_people_held_out(people):
    assert people.kept == [[0, 1, 2]]
    assert people.learnt == [[3, 4, 5], [6, 7, 8]]
    assert len(people) == (PEOPLE - 1) * VIEWS


def test_records_that_name_nobody_are_people_of_their_own(tmp_path):
    folder = write_people(tmp_path / "single", views=1)
    alone = People(str(folder), (), topology="anny-head", held_out=1)
    assert alone.learnt == [[1], [2]]
    assert alone.held_out() == [Task(0, 0)]


def test_what_is_shown_is_of_the_person_and_mostly_the_first_view(people):
    chance = torch.Generator().manual_seed(0)
    numbers = list(range(len(people))) * 60
    tasks = people.tasks(numbers, 0.7, chance)
    persons = {number: views for views in people.learnt for number in views}
    assert all(task.shown in persons[task.wanted] for task in tasks)
    first = np.mean([task.shown == persons[task.wanted][0] for task in tasks])
    assert abs(first - (0.7 + 0.3 / VIEWS)) < 0.06
    assert sorted({task.wanted for task in tasks}) == [3, 4, 5, 6, 7, 8]


def test_held_out_people_are_never_drawn_from_themselves(people):
    assert all(task.shown != task.wanted for task in people.held_out())


def test_a_set_of_another_head_model_is_refused(folder):
    with pytest.raises(InputError, match="labelled for 'anny-head', topology is 'other'"):
        People(str(folder), (), topology="other", held_out=1)


def test_no_data_is_said_at_once():
    with pytest.raises(InputError, match="no data set is named"):
        People("", (), topology="anny-head", held_out=1)


def test_shapes_and_ranges(people):
    views = read_views(people, people.tasks([0, 4], 0.5, torch.Generator()), SIZES)
    assert [tuple(e.shape) for e in views.evidence] == [
        (2, 6, 32, 32), (2, 9, 32, 32), (2, 2, 32, 32), (2, 2, 32, 32)
    ]  # fmt: skip
    assert views.portrait.shape == views.picture.shape == (2, 3, 64, 64)
    assert views.own.shape == views.motion.shape == (2, 54)
    assert views.mesh.shape == (2, 256, 256, 3)
    assert views.view.shape == (2, 64, 64, 5)
    assert views.depth.shape == views.known.shape == (2, 1, 16, 16)
    for picture in (views.portrait, views.picture):
        assert -1 <= picture.min() < picture.max() <= 1
    assert 2 < views.depth[views.known > 0].min() < views.depth.max() < 4
    nothing = (views.alpha == 0).expand_as(views.picture)
    assert views.picture[nothing].max() <= -0.98


def test_another_view_and_motion_than_the_portrait_is_wanted(people):
    [task] = people.held_out()
    views = read_views(people, [task], SIZES)
    shown, wanted = people.records[task.shown], people.records[task.wanted]
    assert np.array_equal(views.own[0, :52], shown.expression)
    assert np.array_equal(views.motion[0, 52:], wanted.gaze)
    assert np.array_equal(views.camera[0], wanted.camera)
    assert np.array_equal(views.mesh[0], wanted.mesh_map)


def test_the_head_is_where_the_person_is(people):
    """The view map is drawn from coefficients, the mask comes with the picture."""
    views = read_views(people, people.held_out(), SIZES)
    head = views.view[..., 3] > 0
    assert (views.alpha[:, 0][head] > 0.5).float().mean() > 0.98


def test_the_whole_picture_is_wanted_where_nothing_is_cut_out(people):
    [task] = people.held_out()
    views = read_views(people, [task], replace(SIZES, cuts_out=False, picture=96))
    shown = people.records[task.wanted].picture.astype(np.float32) / 127.5 - 1
    assert np.allclose(views.picture[0].permute(1, 2, 0), shown, atol=1e-6)


def test_a_person_is_freed_from_the_background_at_edges_too(folder, monkeypatch):
    """The source knows what it drew before nothing; multiplying by the mask is far off there."""
    drawn = {}
    draw = synthetic.draw

    def noting(*given):
        drawn["last"] = draw(*given)
        return drawn["last"]

    monkeypatch.setattr(synthetic, "draw", noting)
    records = ShardSet(folder)
    freed, masked = [], []
    for number in (0, 4):
        Synthetic(SyntheticConfig(side=96, views=VIEWS)).sample(number, seed=2)
        true, record = drawn["last"].colour, records[number]
        share = record.mask[..., None] / 255
        at_edge = (share[..., 0] > 0) & (share[..., 0] < 1)
        freed.append(np.abs(person_of(record)[..., :3] - true)[at_edge].mean())
        masked.append(np.abs(record.picture / 255 * share - true)[at_edge].mean())
    assert np.mean(freed) < 0.5 * np.mean(masked)
