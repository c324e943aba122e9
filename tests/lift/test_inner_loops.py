"""The compiled loops beside plain numpy."""

import numpy as np
import pytest

from aa_lift.place import ATTRIBUTES, place
from aa_lift.shade import shade
from aa_lift.texture import bilinear
from aa_lift.under import draw_map, reveal
from avatarartist_core.heads.raster import FAR, rasterize

SIDE = 40


@pytest.fixture
def chance():
    return np.random.default_rng(3)


def plain_bilinear(texture, x, y):
    x, y = min(max(x, 0), texture.shape[1] - 1.001), min(max(y, 0), texture.shape[0] - 1.001)
    i, j = int(x), int(y)
    u, v = x - i, y - j
    t = texture.astype(float)
    above = t[j, i] * (1 - u) + t[j, i + 1] * u
    return above * (1 - v) + (t[j + 1, i] * (1 - u) + t[j + 1, i + 1] * u) * v


def plain_spline(texture, x, y):
    i, j = int(np.floor(x)), int(np.floor(y))

    def weights(s):
        return (
            np.array(
                [
                    s * (s * (2 - s) - 1),
                    s * s * (3 * s - 5) + 2,
                    s * (s * (4 - 3 * s) + 1),
                    s * s * (s - 1),
                ]
            )
            / 2
        )

    part = texture[j - 1 : j + 3, i - 1 : i + 3].astype(float)
    return np.clip(np.einsum("r,c,rck->k", weights(y - j), weights(x - i), part), 0, 255)


def test_bilinear_reads_between_pixels_and_holds_the_border(chance):
    texture = chance.integers(0, 256, (7, 9, 3), np.uint8)
    for x, y in chance.uniform(-3, 12, (60, 2)):
        expected = plain_bilinear(texture, x, y)
        assert [bilinear(texture, x, y, k) for k in range(3)] == pytest.approx(expected, abs=0.05)


def test_reveal_mixes_the_moved_picture_over_the_plate(chance):
    picture = chance.integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    plate = chance.integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    cover = np.full((SIDE, SIDE, 1), 128, np.uint8)
    source = chance.uniform(3, SIDE - 5, (SIDE, SIDE, 2)).astype(np.float32)
    frame = np.zeros_like(picture)
    reveal(frame, source, picture.reshape(-1), plate, cover, cover)
    for y, x in chance.integers(0, SIDE, (80, 2)):
        seen = plain_spline(picture, *source[y, x])
        expected = plate[y, x] + 128 / 255 * (seen - plate[y, x])
        assert frame[y, x] == pytest.approx(expected, abs=1.1)


def test_reveal_gives_pixels_back_exactly_where_nothing_moves(chance):
    picture = chance.integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    whole = np.full((SIDE, SIDE, 1), 255, np.uint8)
    source = np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE)), -1).astype(np.float32)
    frame = np.zeros_like(picture)
    reveal(frame, source, picture.reshape(-1), frame.copy(), whole, whole)
    assert np.array_equal(frame, picture)


def test_beyond_the_picture_only_what_touches_its_border_goes_on(chance):
    picture = chance.integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    touch = np.zeros((SIDE, SIDE, 1), np.uint8)
    touch[:, SIDE // 2 :] = 255
    source = np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE)), -1).astype(np.float32)
    source[..., 1] -= 2  # two rows above the picture come into view
    frame = np.zeros((SIDE, SIDE, 4), np.uint8)
    cover = np.full_like(touch, 255)
    reveal(frame, source, picture.reshape(-1), picture, cover, touch)
    assert frame[0, : SIDE // 2 - 2, 3].max() == 0
    assert frame[0, SIDE // 2 + 2 :, 3].min() == 255


def test_draw_map_inverts_a_moved_grid():
    side, size = 9, 48
    line = np.linspace(-4, size + 4, side, dtype=np.float32)
    x, y = (axis.ravel() for axis in np.meshgrid(line, line))
    rest = np.stack([x, y, np.zeros_like(x)], 1).astype(np.float32)
    points = rest.copy()
    points[:, 0] = 1.1 * x + 2
    points[:, 1] = 0.95 * y - 1
    source = np.zeros((size, size, 2), np.float32)
    draw_map(points, rest, side, np.full((size, size), FAR, np.float32), source)
    columns, rows = np.meshgrid(np.arange(size), np.arange(size))
    inside = np.s_[4:-8, 4:-8]
    assert source[..., 0][inside] == pytest.approx(((columns - 2) / 1.1)[inside], abs=1e-3)
    assert source[..., 1][inside] == pytest.approx(((rows + 1) / 0.95)[inside], abs=1e-3)


def quad(shift):
    """Two triangles over a 12 pixel square, whose texture lies ``shift`` to the right."""
    corners = np.array([[2, 2], [13.9, 2], [13.9, 13.9], [2, 13.9]], np.float32)
    values = np.zeros((4, ATTRIBUTES), np.float32)
    values[:, :2] = corners + np.array([shift, 0])
    values[:, 2] = 1
    points = np.concatenate([corners * 2 + 0.5, np.zeros((4, 1))], 1).astype(np.float32)
    faces = np.array([[0, 2, 1], [0, 3, 2]], np.int32)
    return rasterize(points, faces, 32, 32), faces, values


def test_place_maps_the_face_where_one_sample_does():
    seen, faces, values = quad(shift=3)
    source = np.zeros((16, 16, 2), np.float32)
    flags = np.zeros((16, 16), np.uint8)
    inside = np.zeros((32, 32), np.uint8)
    place(source, flags, 0, 0, 2, seen.face, seen.weights, faces, values, inside)
    columns, rows = np.meshgrid(np.arange(16), np.arange(16))
    whole = np.s_[3:13, 3:13]
    assert source[..., 0][whole] == pytest.approx((columns + 3)[whole], abs=1e-3)
    assert source[..., 1][whole] == pytest.approx(rows[whole], abs=1e-3)
    assert not flags[whole].any()
    assert flags[2:14, 2].all(), "the edge needs every sample"


def test_shade_averages_the_samples_of_an_edge(chance):
    seen, faces, values = quad(shift=0)
    picture = np.full((16, 16, 3), 200, np.uint8)
    frame = np.zeros_like(picture)
    flags = np.ones((16, 16), np.uint8)
    inside = np.zeros((32, 32), np.uint8)
    nothing = np.full((1, 1), -1, np.int32), np.zeros((1, 1, 2), np.float32)
    mouth = np.zeros((1, 1, 3), np.uint8)
    window = (0, 0, 2, seen.face, seen.weights, faces, values, inside)
    eyes = (*nothing, faces, (0, 0))
    textures = (picture, picture, picture, mouth)
    shade(frame, flags, *window, *eyes, mouth, (0, 0), *textures, (0.0, 0.0), 16)
    covered = (seen.face >= 0).reshape(16, 2, 16, 2).mean((1, 3))
    assert frame[..., 0] == pytest.approx(200 * covered, abs=1.1)
