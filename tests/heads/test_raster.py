import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatarartist_core.heads.raster import FAR, Raster, interpolate, rasterize


def slow_raster(points, faces, height, width, *, cull=False):
    """The plain twin: every pixel against every triangle, and how near each pixel is to a tie."""
    depth = np.full((height, width), FAR, np.float64)
    face = np.full((height, width), -1)
    weights = np.zeros((height, width, 2))
    unsure = np.zeros((height, width), bool)
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    points = points.astype(np.float64)
    for t, corners in enumerate(points[faces]):
        a, b, c = corners
        area = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])
        if abs(area) < 1e-12 or (cull and area > 0):
            continue
        u = ((x - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (y - a[1])) / area
        v = ((b[0] - a[0]) * (y - a[1]) - (x - a[0]) * (b[1] - a[1])) / area
        margin = np.minimum(np.minimum(u, v), 1 - u - v)
        unsure |= np.abs(margin) < 1e-4
        z = a[2] + u * (b[2] - a[2]) + v * (c[2] - a[2])
        inside = margin >= 0
        unsure |= inside & (np.abs(z - depth) < 1e-3)
        nearer = inside & (z > depth)
        depth[nearer], face[nearer] = z[nearer], t
        weights[nearer] = np.stack([u, v], -1)[nearer]
    return Raster(depth, face, weights), unsure


def assert_twins_agree(points, faces, height, width, cull):
    fast = rasterize(points, faces, height, width, cull=cull)
    slow, unsure = slow_raster(points, faces, height, width, cull=cull)
    sure = ~unsure
    np.testing.assert_array_equal(fast.face[sure], slow.face[sure])
    covered = sure & (slow.face >= 0)
    np.testing.assert_allclose(fast.depth[covered], slow.depth[covered], rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(fast.weights[covered], slow.weights[covered], atol=1e-4)
    assert sure.any()


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 2**32 - 1),
    triangles=st.integers(1, 30),
    height=st.integers(1, 40),
    width=st.integers(1, 40),
    reach=st.floats(0.1, 3.0),
    cull=st.booleans(),
)
def test_random_triangles_agree_with_the_slow_twin(seed, triangles, height, width, reach, cull):
    rng = np.random.default_rng(seed)
    middle = np.array([width / 2, height / 2, 0])
    spread = np.array([width * reach, height * reach, 5.0])
    points = (middle + rng.normal(size=(3 * triangles, 3)) * spread).astype(np.float32)
    faces = rng.permutation(3 * triangles).reshape(-1, 3).astype(np.int32)
    assert_twins_agree(points, faces, height, width, cull)


TRIANGLE = np.array([[2, 2, 1], [2, 12, 1], [12, 2, 1]], np.float32)
"""Goes right after down: counter-clockwise when y points up."""


def test_culling_keeps_what_is_counter_clockwise_with_y_up():
    towards = np.array([[0, 1, 2]], np.int32)
    assert (rasterize(TRIANGLE, towards, 16, 16, cull=True).face == 0).any()
    assert (rasterize(TRIANGLE, towards[:, ::-1], 16, 16, cull=True).face == -1).all()
    assert (rasterize(TRIANGLE, towards[:, ::-1], 16, 16).face == 0).any()


def test_the_nearer_triangle_wins_in_either_order():
    points = np.concatenate([TRIANGLE, TRIANGLE + np.float32([0, 0, 3])])
    for order in ([0, 1], [1, 0]):
        faces = np.array([[0, 1, 2], [3, 4, 5]], np.int32)[order]
        raster = rasterize(points, faces, 16, 16)
        assert raster.depth[4, 4] == pytest.approx(4.0)
        assert raster.face[4, 4] == order.index(1)


def test_a_corner_on_a_pixel_centre_covers_it():
    raster = rasterize(TRIANGLE, np.array([[0, 1, 2]], np.int32), 16, 16)
    assert raster.face[2, 2] == 0
    assert raster.face[2, 1] == raster.face[1, 2] == -1
    np.testing.assert_allclose(raster.weights[2, 2], 0, atol=1e-6)


def test_triangles_off_the_picture_draw_nothing_and_large_ones_fill_it():
    faces = np.array([[0, 1, 2]], np.int32)
    for shift in ([20, 0, 0], [-20, 0, 0], [0, 20, 0], [0, -20, 0]):
        assert (rasterize(TRIANGLE + np.float32(shift), faces, 16, 16).face == -1).all()
    huge = np.array([[-1e6, -1e6, 0], [-1e6, 3e6, 0], [3e6, -1e6, 0]], np.float32)
    assert (rasterize(huge, faces, 16, 16).face == 0).all()


def test_neighbours_leave_no_crack():
    rng = np.random.default_rng(3)
    y, x = np.mgrid[0:9, 0:9].astype(np.float32) * 8 - 0.5
    x[1:-1, 1:-1] += rng.uniform(-3, 3, (7, 7))
    y[1:-1, 1:-1] += rng.uniform(-3, 3, (7, 7))
    points = np.stack([x, y, 0 * x], -1).reshape(-1, 3).astype(np.float32)
    corner = (np.arange(8)[:, None] * 9 + np.arange(8)).ravel()
    faces = np.concatenate(
        [
            np.stack([corner, corner + 9, corner + 1], 1),
            np.stack([corner + 1, corner + 9, corner + 10], 1),
        ]
    ).astype(np.int32)
    assert (rasterize(points, faces, 63, 63).face >= 0).all()


def test_interpolation_blends_the_corners_and_leaves_the_rest_at_zero():
    faces = np.array([[0, 1, 2]], np.int32)
    raster = rasterize(TRIANGLE, faces, 16, 16)
    seen = interpolate(raster, faces, TRIANGLE[:, :2])
    y, x = np.nonzero(raster.face == 0)
    np.testing.assert_allclose(seen[y, x], np.stack([x, y], 1), atol=1e-4)
    assert not seen[raster.face < 0].any()


def test_two_threads_draw_two_pictures_at_once():
    rng = np.random.default_rng(0)
    points = rng.uniform(0, 64, (2, 300, 3)).astype(np.float32)
    faces = np.arange(300, dtype=np.int32).reshape(-1, 3)
    drawn = [None, None]

    def draw(k):
        drawn[k] = rasterize(points[k], faces, 64, 64)

    threads = [threading.Thread(target=draw, args=(k,)) for k in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for k in (0, 1):
        np.testing.assert_array_equal(drawn[k].face, rasterize(points[k], faces, 64, 64).face)
