import numpy as np
import pytest

from aa_faceverse.basis import TO_FLAME
from aa_faceverse.window import expanded
from avatarartist_core.errors import WeightsError
from avatarartist_core.heads.find import head_model
from avatarartist_core.heads.mesh_map import mesh_maps, pixels
from avatarartist_core.motion import ARKIT

NOBODY = np.zeros(150, np.float32)
JAW, LOOK_RIGHT = ARKIT.index("jawOpen"), 172


def rest():
    return np.zeros(175, np.float32)


def test_the_plane_coordinate_is_the_authors_ndc(head):
    model_space = head.basis.mean
    in_metres = model_space @ TO_FLAME[:3, :3].T + TO_FLAME[:3, 3]
    ndc = 5 * (in_metres + np.array([0, 0.005, 0]))
    vertices = head.vertices(NOBODY, rest())
    np.testing.assert_allclose(head.window.plane(vertices), ndc, atol=1e-5)
    columns, rows, _ = pixels(head.window, vertices).T
    # Pixel centres of a 512 picture whose crop starts at row 114 and column 128.
    np.testing.assert_allclose((columns + 128 + 0.5) / 256 - 1, ndc[:, 0], atol=1e-4)
    np.testing.assert_allclose((rows + 114 + 0.5) / 256 - 1, ndc[:, 1], atol=1e-4)


def test_the_faces_part_of_the_texture_plane_is_grown():
    uv = np.array([[0.2, 0.5], [0.5, 0.28], [0.8, 0.72], [0.19, 0.5], [0.5, 0.73], [0.9, 0.1]])
    grown = expanded(uv.astype(np.float32))
    np.testing.assert_allclose(grown[:3], (uv[:3] - 0.5) * 1.4 + 0.5, atol=1e-6)
    np.testing.assert_allclose(grown[3:], uv[3:], atol=1e-6)


def test_a_map_shows_face_eyes_and_an_open_mouth(head):
    opened = rest()
    opened[JAW] = 1
    both = np.stack([rest(), opened])
    closed, wide = mesh_maps(head, NOBODY, both)
    assert closed[..., 2].mean() > 0.4
    lost = (closed[..., 2] > 0) & (wide[..., 2] == 0)
    assert lost.sum() > 300


def test_eyes_turn_down_and_right(head):
    first, second, end = head.basis.eyeballs
    turned = rest()
    turned[171:] = (0.2, 0.0, 0.0, 0.3)
    still, moved = head.vertices(NOBODY, rest()), head.vertices(NOBODY, turned)
    front = first + still[first:second, 2].argmax()
    assert moved[front, 1] < still[front, 1] - 0.02, "the left eye does not look down"
    front = second + still[second:end, 2].argmax()
    assert moved[front, 0] > still[front, 0] + 0.03, "the right eye does not look right"
    np.testing.assert_array_equal(still[:first], moved[:first])


def test_two_expressions_are_kept_within_bounds(head):
    for place, (low, high) in {167: (-0.75, 0.6), 169: (-0.75, 0.75)}.items():
        for value, bound in ((-3.0, low), (3.0, high)):
            wild, tame = rest(), rest()
            wild[place], tame[place] = value, bound
            np.testing.assert_array_equal(head.vertices(NOBODY, wild), head.vertices(NOBODY, tame))


def test_it_is_found_by_its_topology():
    head_model.cache_clear()
    assert head_model("faceverse-v3").topology == "faceverse-v3"


def test_without_the_users_file_the_way_to_it_is_said(tmp_path, monkeypatch, head):
    monkeypatch.setenv("AA_WEIGHTS", str(tmp_path))
    with pytest.raises(WeightsError) as caught:
        head.vertices(NOBODY, rest())
    assert "faceverse" in str(caught.value)
    assert "aa weights" in caught.value.hint
