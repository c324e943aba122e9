import numpy as np
import pytest

from avatarartist_core.errors import UsageError
from avatarartist_core.heads.anny import AnnyHead
from avatarartist_core.heads.anny_window import anny_window
from avatarartist_core.heads.find import head_model
from avatarartist_core.heads.mesh_map import SIDE, maps_of, mesh_maps, pixels
from avatarartist_core.heads.window import BOX_COLUMNS, BOX_ROWS, FaceWindow
from avatarartist_core.interfaces import HeadModel
from avatarartist_core.motion import ARKIT

HEAD = AnnyHead(None)
NOBODY = np.zeros(80, np.float32)
MOUTH = slice(42, 100), slice(104, 152)  # rows and columns about the lips of the mean head


def expression(**values):
    coefficients = np.zeros((1, len(ARKIT)), np.float32)
    for name, value in values.items():
        coefficients[0, ARKIT.index(name)] = value
    return coefficients


def one_map(gaze=(0.0, 0.0), **values):
    return mesh_maps(HEAD, NOBODY, expression(**values), np.array([gaze], np.float32))[0]


def naive_map(window: FaceWindow, vertices):
    """Draw a map pixel by pixel: every triangle asked whether it covers the pixel's centre."""
    plane = 2 * (window.scale * vertices.astype(np.float64) + window.shift)
    drawn = np.zeros((SIDE, SIDE, 3))
    depth = np.full((SIDE, SIDE), -np.inf)
    rows = (np.arange(114, 114 + SIDE) + 0.5) / 256 - 1
    columns = (np.arange(128, 128 + SIDE) + 0.5) / 256 - 1
    x, y = np.meshgrid(columns, rows)
    for face, face_uv in zip(window.faces, window.faces_uv, strict=True):
        (ax, ay, az), (bx, by, bz), (cx, cy, cz) = plane[face]
        area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
        if abs(area) < 1e-14:
            continue
        u = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) / area
        v = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) / area
        z = az + u * (bz - az) + v * (cz - az)
        seen = (u >= 0) & (v >= 0) & (u + v <= 1) & (z > depth)
        depth[seen] = z[seen]
        corners = np.concatenate([window.uv[face_uv], window.mask[face_uv, None]], 1)
        weights = np.stack([1 - u - v, u, v], -1)[seen]
        values = weights @ corners
        drawn[seen] = values * values[:, 2:]
    drawn[..., 2] = drawn[..., 2] > 0.5
    return drawn


def small_window():
    """Three overlapping triangles; the nearest one is no face."""
    return FaceWindow(
        topology="anny-head",
        scale=0.25,
        shift=np.array([0, 0.06, 0.2], np.float32),
        center=np.zeros(3, np.float32),
        faces=np.array([[0, 1, 2], [3, 4, 5], [6, 7, 8]], np.int32),
        faces_uv=np.array([[0, 1, 2], [1, 3, 0], [4, 4, 4]], np.int32),
        uv=np.array([[-0.9, -0.8], [0.7, -0.6], [0.1, 0.9], [0.4, 0.2], [0, 0]], np.float32),
        mask=np.array([1, 1, 1, 0, 0], np.float32),
    )


def test_a_map_is_what_a_plain_raster_draws():
    corners = np.random.default_rng(3).uniform(-1, 1, (9, 3)).astype(np.float32)
    corners[6:] = corners[6:] * 0.3 + (0, -0.3, 3)
    drawn = maps_of(small_window(), [corners], 1)[0]
    expected = naive_map(small_window(), corners)
    apart = np.abs(drawn - expected).max(-1)
    assert expected[..., 2].sum() > 1000
    assert (apart > 1e-5).sum() <= 3  # a pixel centre exactly on an edge may fall to either side


def test_a_pixel_is_the_plane_coordinate_of_what_it_shows():
    vertices = HEAD.vertices(NOBODY, expression()[0])
    drawn = one_map()
    window = anny_window()
    columns, rows, _ = pixels(window, vertices).T
    plane = window.plane(vertices)
    # The box of a plane is the map at half its size: centres of texels at (i + 0.5) / 128 - 1.
    np.testing.assert_allclose(
        (BOX_COLUMNS[0] + (columns + 0.5) / 2) / 128 - 1, plane[:, 0], atol=1e-5
    )
    np.testing.assert_allclose((BOX_ROWS[0] + (rows + 0.5) / 2) / 128 - 1, plane[:, 1], atol=1e-5)
    # A landmark that the front sees shows its own texture coordinates at its own pixel.
    nose = int(HEAD.mesh.faces[HEAD.mesh.landmark_faces[1], 0])
    row, column = round(float(rows[nose])), round(float(columns[nose]))
    np.testing.assert_allclose(drawn[row, column, :2], window.uv[nose], atol=0.02)


def test_rows_grow_with_y_and_columns_with_x():
    drawn = one_map()
    covered = (drawn[..., 2] > 0) & (np.arange(SIDE)[:, None] < 150)  # below the eyes
    rows, columns = np.nonzero(covered)
    face = drawn[rows, columns]
    assert np.corrcoef(rows, face[:, 1])[0, 1] > 0.95
    assert np.corrcoef(columns, face[:, 0])[0, 1] > 0.9


def test_the_face_fits_the_box_and_fills_the_texture_plane():
    for values in ({}, {"jawOpen": 1.0}):
        mask = one_map(**values)[..., 2]
        assert not mask[[0, -1]].any()
        assert not mask[:, [0, -1]].any()
    drawn = one_map()
    texels = np.zeros((64, 64), bool)
    u, v = ((drawn[drawn[..., 2] > 0][:, :2] + 1) * 32).astype(int).T
    texels[v, u] = True
    assert texels.mean() > 0.6


def test_uv_runs_smoothly_over_the_skin():
    drawn = one_map()
    inside = drawn[95:150, 60:95]  # a cheek
    assert inside[..., 2].all()
    assert np.abs(np.diff(inside[..., 0], axis=1)).max() < 0.05
    assert np.abs(np.diff(inside[..., 1], axis=0)).max() < 0.1


def test_an_open_mouth_is_a_hole():
    closed, opened = one_map()[MOUTH][..., 2], one_map(jawOpen=1.0)[MOUTH][..., 2]
    assert closed.all()
    assert (opened == 0).sum() > 400


def test_a_blink_covers_the_eyes_and_gaze_moves_them():
    def eye(drawn):
        return (drawn[..., 2] > 0) & (drawn[..., 1] < -0.5) & (np.abs(drawn[..., 0]) > 0.55)

    upper = slice(140, 200)
    ahead = one_map()[upper]
    assert eye(ahead).sum() > 200
    shut = one_map(eyeBlinkLeft=1.0, eyeBlinkRight=1.0)[upper]
    assert eye(shut).sum() == 0
    aside = one_map(gaze=(0.4, 0.0))[upper]
    both = eye(ahead) & eye(aside)
    # The eye turned to the right: a pixel now shows what was to its left.
    assert (aside[both, 0] - ahead[both, 0]).mean() < -0.02


def test_frames_are_drawn_alike_alone_and_together():
    both = np.concatenate([expression(jawOpen=0.4), expression(mouthPucker=1.0)])
    together = mesh_maps(HEAD, NOBODY, both)
    np.testing.assert_array_equal(together[1], mesh_maps(HEAD, NOBODY, both[1:])[0])
    assert together.dtype == np.float32
    assert set(np.unique(together[..., 2])) == {0.0, 1.0}


def test_a_head_without_a_window_is_refused_in_words():
    class Bare(HeadModel):
        topology = "bare"

        def vertices(self, identity, expression):
            return np.zeros((3, 3), np.float32)

        def landmarks(self, vertices):
            return np.zeros((478, 3), np.float32)

    with pytest.raises(UsageError, match="'bare' has no face window"):
        mesh_maps(Bare(None), NOBODY, expression())


def test_a_head_model_is_found_by_its_topology():
    assert isinstance(head_model("anny-head"), AnnyHead)
    with pytest.raises(UsageError, match="no head model has the topology 'bust'"):
        head_model("bust")
