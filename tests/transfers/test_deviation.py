from dataclasses import replace

import numpy as np
import pytest

from avatarartist_core.data import Face
from avatarartist_core.interfaces import FaceFinder
from avatarartist_core.motion.angles import rotation_from_vector
from avatarartist_core.prepare.finder import default_finder
from avatarartist_core.samples import sample_portrait
from avatarartist_core.transfers import Bounds, Deviation, deviation, is_flat
from avatarartist_core.transfers.deviation import angle_between, landmark_shift


class Seen(FaceFinder):
    """Sees the faces it was given, with the fit it was given."""

    def __init__(self, fit, *landmarks, humanness=1.0):
        self._fit = fit
        self._faces = [Face(np.zeros(4, "f"), 1.0, each, 1.0, humanness) for each in landmarks]

    def find(self, picture):
        return self._faces

    def fit(self, landmarks):
        return self._fit

    def person(self, picture):
        raise NotImplementedError


def test_the_same_face_deviates_by_nothing():
    portrait = sample_portrait()
    found = deviation(portrait, portrait.picture, Seen(portrait.fit, portrait.landmarks))
    assert found == Deviation(0.0, 0.0, 0.0)


def test_every_part_is_measured_in_its_unit():
    portrait = sample_portrait()
    eyes = np.linalg.norm(portrait.landmarks[263, :2] - portrait.landmarks[33, :2])
    moved = portrait.landmarks + np.array([0.03 * eyes, 0.04 * eyes, 7], np.float32)
    turn = rotation_from_vector(np.radians([0, 10, 0]))
    changed = portrait.fit.expression.copy()
    changed[:26] += 0.5
    fit = replace(portrait.fit, rotation=turn @ portrait.fit.rotation, expression=changed)
    found = deviation(portrait, portrait.picture, Seen(fit, moved))
    assert found.landmarks == pytest.approx(5, rel=1e-3)
    assert found.rotation == pytest.approx(10, rel=1e-3)
    assert found.expression == pytest.approx(0.25, rel=1e-5)


def test_irises_and_depth_do_not_count():
    truth = sample_portrait().landmarks
    found = truth.copy()
    found[468:] += 50
    found[:, 2] += 50
    assert landmark_shift(truth, found) == 0


@pytest.mark.parametrize("degrees", [0.001, 1.0, 90.0, 179.9])
def test_angles_are_exact_from_small_to_large(degrees):
    turn = rotation_from_vector(np.radians(degrees) * np.array([0.6, 0.0, 0.8]))
    assert angle_between(np.eye(3, dtype="f"), turn) == pytest.approx(degrees, rel=2e-3)


def test_no_face_is_none():
    portrait = sample_portrait()
    assert deviation(portrait, portrait.picture, Seen(portrait.fit)) is None


def test_what_is_much_less_human_than_the_portrait_is_no_face():
    portrait = sample_portrait()
    weak = Seen(portrait.fit, portrait.landmarks, humanness=0.3)
    assert deviation(portrait, portrait.picture, weak) is None
    beast = replace(portrait, humanness=0.4)
    assert deviation(beast, beast.picture, weak) is not None


def test_of_several_faces_the_nearest_counts():
    portrait = sample_portrait()
    far = portrait.landmarks + np.float32(90)
    found = deviation(portrait, portrait.picture, Seen(portrait.fit, far, portrait.landmarks))
    assert found.landmarks == 0


def test_bounds_say_what_is_out_of_them_and_by_how_much():
    bounds = Bounds(landmarks=10, rotation=8, expression=0.2)
    assert bounds.faults(Deviation(10, 8, 0.2)) == []
    assert bounds.faults(None) == ["no face is found in it"]
    said = bounds.faults(Deviation(12.34, 9.5, 0.31))
    assert said == [
        "landmarks moved 12.3 % of the eye distance, 10 % at most",
        "the head turned 9.5 degrees, 8 at most",
        "expression coefficients changed by 0.31, 0.2 at most",
    ]


@pytest.mark.parametrize("value", [0, 17, 255])
def test_one_colour_is_flat(value):
    noise = np.random.default_rng(0).integers(0, 3, (64, 64, 3))
    assert is_flat(np.clip(value + noise, 0, 255).astype(np.uint8))


def test_a_face_is_not_flat_even_in_the_dark():
    assert not is_flat((sample_portrait().picture // 8).astype(np.uint8))


def test_the_default_finder_sees_the_drawn_face_where_it_is():
    portrait = sample_portrait(512)
    found = deviation(portrait, portrait.picture, default_finder())
    assert found is not None
    assert found.landmarks < 10
    assert found.rotation < 10
