from dataclasses import replace

import numpy as np
import pytest

from avatarartist_core.heads.anny_window import anny_window
from avatarartist_core.heads.mesh import anny_mesh
from avatarartist_core.heads.view_map import projected, view_map
from avatarartist_core.heads.window import KINDS
from avatarartist_core.heads.world import portrait_camera
from avatarartist_core.motion import ARKIT
from avatarartist_core.testing import sample_portrait

SIDE = 192
MESH, WINDOW = anny_mesh(), anny_window()
CAMERA = portrait_camera(sample_portrait(SIDE).fit, SIDE, WINDOW)
REST = view_map(WINDOW, MESH.vertices, CAMERA, SIDE)


def share(drawn, kind):
    return (drawn[..., 3] == KINDS.index(kind)).mean()


def test_the_landmarks_lie_on_the_face_and_at_their_distance():
    points = projected(WINDOW.world(MESH.landmarks(MESH.vertices)), CAMERA, SIDE)
    lips = points[[0, 17]]
    for column, row, nearness in lips:
        pixel = REST[round(float(row)), round(float(column))]
        assert KINDS[int(pixel[3])] == "face"
        assert pixel[4] == pytest.approx(nearness, rel=0.01)


def test_texels_are_there_exactly_where_the_face_or_an_eye_is():
    textured = np.isin(REST[..., 3], [KINDS.index("face"), KINDS.index("eye")])
    assert np.array_equal(REST[..., 2], textured)
    assert not REST[..., :2][~textured].any()
    assert np.abs(REST[..., :2]).max() <= 1


def test_the_texture_runs_with_the_face():
    rows, columns = np.nonzero(REST[..., 3] == KINDS.index("face"))
    u, v = REST[rows, columns, 0], REST[rows, columns, 1]
    assert np.corrcoef(columns, u)[0, 1] > 0.95
    assert np.corrcoef(rows, v)[0, 1] < -0.9  # planes lie upside down


def test_neck_and_skull_are_skin_and_the_rest_is_nothing():
    assert share(REST, "skin") > 0.05
    assert share(REST, "nothing") > 0.3
    assert not REST[..., 4][REST[..., 3] == 0].any()


def test_an_open_mouth_shows_its_inside():
    opened = MESH.vertices + 0.8 * MESH.expression[ARKIT.index("jawOpen")]
    drawn = view_map(WINDOW, opened, CAMERA, SIDE)
    inside = share(drawn, "mouth") + share(drawn, "teeth")
    assert inside > 10 * (share(REST, "mouth") + share(REST, "teeth")) + 1e-3


def test_a_window_without_its_whole_head_is_refused():
    with pytest.raises(ValueError, match="whole head"):
        view_map(replace(WINDOW, solid=None), MESH.vertices, CAMERA, SIDE)
