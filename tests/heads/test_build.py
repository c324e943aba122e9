import numpy as np
import pytest

from avatarartist_core.heads.build.closest import closest_on_triangles
from avatarartist_core.heads.build.contact import opposite
from avatarartist_core.heads.build.correspondence import assign, evened
from avatarartist_core.heads.build.identity import align, components, mirrored
from avatarartist_core.heads.build.makehuman import parse_obj, parse_target
from avatarartist_core.heads.build.people import (
    AVERAGE,
    hats,
    macro_weights,
    pair_up,
    random_people,
)
from avatarartist_core.heads.build.surface import mirror_index, split_quads

OBJ = """# a square and a helper
v -1 0 0
v 1 0 0
v 1 2 0
v -1 2 0
vt 0 0
vt 1 0
vt 1 1
vt 0 1
g body
f 1/1 2/2 3/3 4/4
g helper-l-eye
f 4/4 3/3 2/2 1/1
"""


def test_obj_keeps_groups_and_counts_from_zero():
    body = parse_obj(OBJ)
    assert body.vertices.shape == (4, 3)
    np.testing.assert_array_equal(body.quads["body"], [[0, 1, 2, 3]])
    np.testing.assert_array_equal(body.quads_uv["helper-l-eye"], [[3, 2, 1, 0]])


def test_target_fills_the_named_vertices_only():
    offsets = parse_target("# basis\n2 .5 0 -1\n0 1 1 1\n", 4)
    np.testing.assert_array_equal(offsets, [[1, 1, 1], [0, 0, 0], [0.5, 0, -1], [0, 0, 0]])
    assert not parse_target("", 3).any()


def test_quads_are_cut_along_the_shorter_diagonal():
    kite = np.array([[0, 0, 0], [3, -1, 0], [6, 0, 0], [3, 1, 0]], float)
    corners = split_quads(np.array([[0, 1, 2, 3]]), kite)
    np.testing.assert_array_equal(corners, [[0, 1, 3], [1, 2, 3]])
    turned = split_quads(np.array([[1, 2, 3, 0]]), kite)
    np.testing.assert_array_equal(turned, [[0, 1, 2], [0, 2, 3]])


def test_mirror_index_swaps_sides_and_keeps_the_middle():
    vertices = np.array([[1, 2, 3], [0, 5, 0], [-1, 2, 3]], float)
    np.testing.assert_array_equal(mirror_index(vertices), [2, 1, 0])


def test_macro_weights_of_anyone_share_out_one_whole_person():
    people = random_people(50, np.random.default_rng(1))
    weights = macro_weights(people)
    origins = sum(weight for name, weight in weights.items() if "universal" not in name)
    builds = sum(weight for name, weight in weights.items() if "universal" in name)
    np.testing.assert_allclose(origins, 1)
    np.testing.assert_allclose(builds, 1)
    assert people.age.min() < 1 / 3 < 0.95 < people.age.max()


def test_the_average_person_is_of_every_origin_alike():
    weights = macro_weights(AVERAGE)
    young = [weights[f"macrodetails/{origin}-male-young"] for origin in ("african", "asian")]
    np.testing.assert_allclose(young[0], young[1])


def test_targets_are_paired_with_their_opposites():
    names = ["head-round", "nose-curve-concave", "nose-curve-convex", "lip-decr", "lip-incr"]
    assert pair_up(names) == [
        ("nose-curve-concave", "nose-curve-convex"),
        ("lip-decr", "lip-incr"),
        ("head-round", ""),
    ]


def test_hats_interpolate_between_neighbours():
    np.testing.assert_allclose(
        hats(np.array([0.0, 0.25, 1.0]), 3), [[1, 0, 0], [0.5, 0.5, 0], [0, 0, 1]]
    )


def test_align_takes_out_size_turn_and_place():
    rng = np.random.default_rng(2)
    head = rng.normal(size=(20, 3))
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    turn *= np.sign(np.linalg.det(turn))
    moved = 1.7 * head @ turn + [3, -1, 2]
    np.testing.assert_allclose(
        align(moved[None], head, rng.uniform(0.1, 1, 20))[0], head, atol=1e-9
    )


def test_align_never_turns_a_head_inside_out():
    head = np.random.default_rng(3).normal(size=(20, 3))
    aligned = align((head * [-1, 1, 1])[None], head, np.ones(20))[0]
    a, b = (points[1:4] - points[0] for points in (head * [-1, 1, 1], aligned))
    assert np.sign(np.linalg.det(a)) == np.sign(np.linalg.det(b))


def test_components_have_unit_variance_and_rebuild_the_heads():
    rng = np.random.default_rng(4)
    truth = rng.normal(size=(3, 10, 3))
    heads = 5 + np.tensordot(rng.normal(size=(200, 3)) * [3, 2, 1], truth, 1)
    found = components(heads, rng.uniform(0.5, 1, 10), 3)
    flat = found.basis.reshape(3, -1)
    scores = np.linalg.lstsq(flat.T, (heads - found.mean).reshape(200, -1).T, rcond=None)[0]
    np.testing.assert_allclose((scores**2).mean(1), 1, rtol=1e-6)
    np.testing.assert_allclose(flat.T @ scores, (heads - found.mean).reshape(200, -1).T, atol=1e-9)
    assert found.explained[2] == pytest.approx(1)
    assert (np.diff(found.explained[:3]) > 0).all()


def test_mirrored_twice_is_the_head_again():
    heads = np.random.default_rng(5).normal(size=(2, 3, 3))
    mirror = np.array([1, 0, 2])
    np.testing.assert_array_equal(mirrored(mirrored(heads, mirror), mirror), heads)


@pytest.mark.parametrize(
    ("name", "other"),
    [("jawLeft", "jawRight"), ("eyeBlinkRight", "eyeBlinkLeft"), ("jawOpen", "jawOpen")],
)
def test_opposite_names(name, other):
    assert opposite(name) == other


def test_assignment_costs_no_more_than_any_other():
    from itertools import permutations

    rng = np.random.default_rng(6)
    for size in (1, 2, 4, 6):
        cost = rng.uniform(size=(size, size))
        least = min(cost[range(size), order].sum() for order in permutations(range(size)))
        chosen = assign(cost)
        assert sorted(chosen) == list(range(size))
        assert cost[range(size), chosen].sum() == pytest.approx(least)


def test_evened_points_mirror_each_other():
    points = np.array([[-1.0, 0, 0], [1.2, 0.2, 0], [0.1, 5, 0]])
    even = evened(points, np.array([1, 0, 2]))
    np.testing.assert_allclose(even, [[-1.1, 0.1, 0], [1.1, 0.1, 0], [0, 5, 0]])


def test_closest_spot_is_inside_on_an_edge_or_at_a_corner():
    vertices = np.array([[0, 0, 0], [2, 0, 0], [0, 2, 0], [9, 9, 9]], np.float32)
    faces = np.array([[3, 3, 3], [0, 1, 2]], np.int32)
    points = np.array([[0.5, 0.5, 3], [1, -4, 0], [-1, -1, 0], [2, 2, 1]], float)
    chosen, weights = closest_on_triangles(points, vertices, faces, np.array([False, True]))
    assert (chosen == 1).all()
    spots = weights @ vertices[faces[1]]
    np.testing.assert_allclose(spots, [[0.5, 0.5, 0], [1, 0, 0], [0, 0, 0], [1, 1, 0]], atol=1e-9)


def test_closest_spot_is_no_farther_than_any_sampled_one():
    rng = np.random.default_rng(7)
    vertices = rng.normal(size=(9, 3)).astype(np.float32)
    faces = np.arange(9, dtype=np.int32).reshape(3, 3)
    points = rng.normal(size=(20, 3)) * 2
    chosen, weights = closest_on_triangles(points, vertices, faces, np.ones(3, bool))
    spots = np.einsum("lij,li->lj", vertices[faces[chosen]].astype(float), weights)
    sampled = rng.dirichlet(np.ones(3), 3000) @ vertices.astype(float)[faces]
    nearest = np.linalg.norm(points[:, None, None] - sampled, axis=3).min((1, 2))
    assert (np.linalg.norm(points - spots, axis=1) <= nearest + 1e-9).all()
