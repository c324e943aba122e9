"""Fast kernels agree with their plain twins."""

import numpy as np

from avatarartist_core.datasets.synthetic.geometry import angle_of, place, places, vertex_normals
from avatarartist_core.datasets.synthetic.layers import finished, lay, toned
from avatarartist_core.datasets.synthetic.shadow import cast, reached
from avatarartist_core.datasets.synthetic.surface import surface


def test_the_fast_angle_is_the_angle():
    for turn in np.linspace(-3.14, 3.14, 500):
        assert abs(angle_of(2 * np.sin(turn), 2 * np.cos(turn)) - turn) < 3e-4


def test_a_place_in_the_painting_is_the_same_fast_and_exact():
    points = surface().rest[::17]
    fast = np.array([place(*point) for point in points])
    assert np.abs(fast - places(points)).max() < 3e-4


def test_normals_of_the_surface_have_length_one_and_point_outwards():
    body = surface()
    normals = vertex_normals(body.rest, body.faces)
    assert np.allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-3)
    nose, back = body.rest[:, 2].argmax(), body.rest[:3600, 2].argmin()
    assert normals[nose, 2] > 0.5
    assert normals[back, 2] < 0


def test_the_torso_goes_on_below_its_cut():
    body = surface()
    whole = body.carried_on(body.mesh.vertices)
    assert len(whole) == len(body.rest) == body.faces.max() + 1
    assert whole[:, 1].min() < body.mesh.vertices[:, 1].min() - 2


def test_what_lies_deep_sees_less_of_the_sky():
    body = surface()
    tongue = np.unique(body.faces[body.part == 7])
    nose = body.rest[:, 2].argmax()
    assert body.occlusion[nose] > 0.8
    assert body.occlusion[tongue].mean() < 0.2


def test_laying_a_colour_is_a_blend():
    rng = np.random.default_rng(0)
    painting = rng.random((24, 24, 3), np.float32)
    mask = (rng.random((24, 24), np.float32) * 2 - 0.5) * (np.arange(24)[:, None] > 5)
    colour = np.array([0.1, 0.5, 0.9], np.float32)
    share = np.clip(mask, 0, 1)[..., None] * 0.6
    plain = painting + (colour - painting) * share
    lay(painting, mask, colour, 0.6)
    assert np.abs(painting - plain).max() < 1e-6


def test_a_finished_painting_is_linear():
    light = np.full((4, 4), 0.5, np.float32)
    painting = toned(light, np.array([1.0, 0.8, 3.0], np.float32))
    assert np.allclose(painting[0, 0], [0.5, 0.4, 1.5])
    whole = finished(painting, np.full((4, 4), 2.0, np.float32))
    assert np.allclose(whole[0, 0], [0.25, 0.16, 1.0, 1.0], atol=1e-6)


def test_a_plate_shades_what_lies_behind_it():
    plate = np.array([[-1, -1.4, 0], [1, -1.4, 0], [0, 1.6, 0]], np.float32)
    faces = np.array([[0, 1, 2]], np.int32)
    shadow = cast(plate, faces, np.array([0, 0, 1], np.float32))
    assert reached(0.0, -0.4, -1.0, shadow.depth, shadow.axes) == 0
    assert reached(0.0, -0.4, 0.5, shadow.depth, shadow.axes) > 0.999
    assert reached(2.0, -0.4, -1.0, shadow.depth, shadow.axes) > 0.999
