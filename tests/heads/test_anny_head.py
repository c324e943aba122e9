import numpy as np
import pytest

from avatarartist_core.entries import NoOptions
from avatarartist_core.heads.anny import AnnyHead
from avatarartist_core.heads.mesh import PARTS, anny_mesh
from avatarartist_core.heads.raster import rasterize
from avatarartist_core.motion import ARKIT

SIDE, ZOOM = 900, 450.0  # a picture of the face, pixels per decimetre
IRIS_RIGHT, IRIS_LEFT = 468, 473
NOSE_TIP, CHIN, FOREHEAD = 1, 152, 10
LIPS_OUTER = (61, 291, 0, 17)
LID_PAIRS = ((159, 145), (386, 374))
IN_MOUTH = ("mouth_cavity", "teeth_upper", "teeth_lower", "tongue")


@pytest.fixture(scope="module")
def head():
    return AnnyHead(NoOptions())


@pytest.fixture(scope="module")
def mesh():
    return anny_mesh()


def posed(head, **coefficients):
    expression = np.zeros(52, np.float32)
    for name, value in coefficients.items():
        expression[ARKIT.index(name)] = value
    return head.vertices(np.zeros(0, np.float32), expression)


def pixels_showing(mesh, vertices, *parts):
    points = np.stack(
        [
            SIDE / 2 + ZOOM * vertices[:, 0],
            SIDE / 2 - ZOOM * (vertices[:, 1] + 0.35),
            ZOOM * vertices[:, 2],
        ],
        axis=1,
    )
    face = rasterize(points, mesh.faces, SIDE, SIDE).face
    return int((mesh.faces_of(*parts)[face] & (face >= 0)).sum())


def test_arrays_belong_together(mesh):
    count = len(mesh.vertices)
    assert mesh.identity.shape == (80, count, 3)
    assert mesh.expression.shape == (len(ARKIT), count, 3)
    assert mesh.faces.max() == count - 1
    assert mesh.faces_uv.shape == mesh.faces.shape
    assert mesh.faces_uv.max() == len(mesh.uv) - 1
    assert mesh.uv.min() >= 0
    assert mesh.uv.max() <= 1
    assert mesh.head_weight.shape == (count,)
    assert mesh.landmark_faces.shape == (478,)


@pytest.mark.parametrize("part", [part for part in PARTS if part != "lashes"])
def test_every_part_is_there(mesh, part):
    assert mesh.faces_of(part).sum() >= 96


def test_origin_lies_between_eyes_an_adult_distance_apart(mesh):
    left, right = mesh.eye_centers
    np.testing.assert_allclose(left + right, 0, atol=1e-3)
    assert 0.57 < left[0] - right[0] < 0.66


def test_head_carries_the_face_and_not_the_shoulders(mesh):
    face = mesh.vertices[:, 2] > 0.2
    assert mesh.head_weight[face & (mesh.vertices[:, 1] > -1)].min() > 0.99
    assert mesh.head_weight[np.abs(mesh.vertices[:, 0]) > 1.6].max() < 0.2


def test_mirror_is_exact_for_the_mean_and_every_expression(mesh):
    flip = np.float32([-1, 1, 1])
    np.testing.assert_array_equal(mesh.mirror[mesh.mirror], np.arange(len(mesh.mirror)))
    np.testing.assert_allclose(mesh.vertices[mesh.mirror] * flip, mesh.vertices, atol=1e-3)
    for name, offsets in zip(ARKIT, mesh.expression, strict=True):
        side = "Left" if name.endswith("Left") else "Right"
        other = {"Left": "Right", "Right": "Left"}[side]
        partner = name.removesuffix(side) + other if name.endswith(side) else name
        mirrored = mesh.expression[ARKIT.index(partner)][mesh.mirror] * flip
        np.testing.assert_allclose(mirrored, offsets, atol=1e-3, err_msg=name)


def test_faces_turn_counter_clockwise_seen_from_outside(mesh):
    corners = mesh.vertices[mesh.faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    for number, eye in enumerate(("eye_left", "eye_right")):
        ball = mesh.faces_of(eye)
        outwards = corners[ball].mean(1) - mesh.eye_centers[number]
        assert ((normals[ball] * outwards).sum(1) > 0).all()
    on_face = np.unique(mesh.landmark_faces[:468])
    assert (normals[on_face, 2] > 0).mean() > 0.9


def test_identity_components_are_sorted_and_of_plausible_size(mesh):
    face = mesh.faces[mesh.landmark_faces[:468]].ravel()
    reach = np.sqrt((mesh.identity[:, face] ** 2).sum(2).mean(1))
    assert reach[:10].mean() > 2 * reach[40:50].mean() > 2 * reach[-10:].mean() > 0
    assert 0.03 < np.sqrt((reach**2).sum()) < 0.2


def test_expressions_move_what_their_names_say(head, mesh):
    rest = head.landmarks(posed(head))
    smile = head.landmarks(posed(head, mouthSmileLeft=1))
    assert smile[291, 1] > rest[291, 1] + 0.05
    np.testing.assert_allclose(smile[61], rest[61], atol=0.02)
    jaw = head.landmarks(posed(head, jawOpen=1))
    assert jaw[CHIN, 1] < rest[CHIN, 1] - 0.15
    np.testing.assert_allclose(jaw[FOREHEAD], rest[FOREHEAD], atol=0.01)
    brow = head.landmarks(posed(head, browInnerUp=1))
    assert brow[107, 1] > rest[107, 1] + 0.03


def test_closed_lids_hide_the_eyes(head, mesh):
    eyes = ("eye_left", "eye_right")
    opened = pixels_showing(mesh, posed(head), *eyes)
    closed = pixels_showing(mesh, posed(head, eyeBlinkLeft=1, eyeBlinkRight=1), *eyes)
    half = pixels_showing(mesh, posed(head, eyeBlinkLeft=0.5, eyeBlinkRight=0.5), *eyes)
    assert opened > 4000
    assert 0.25 * opened < half < 0.75 * opened
    assert closed <= opened / 1000


def test_resting_lips_hide_the_mouth(head, mesh):
    assert pixels_showing(mesh, posed(head), *IN_MOUTH) == 0
    assert pixels_showing(mesh, posed(head, jawOpen=0.5), *IN_MOUTH) > 3000


@pytest.mark.parametrize("opening", [0.2, 0.5, 1.0])
def test_mouth_close_seals_the_lips_over_an_open_jaw(head, mesh, opening):
    apart = pixels_showing(mesh, posed(head, jawOpen=opening), *IN_MOUTH)
    sealed = pixels_showing(mesh, posed(head, jawOpen=opening, mouthClose=opening), *IN_MOUTH)
    assert apart > 500
    assert sealed <= apart / 100


def test_landmarks_lie_on_the_surface(mesh):
    weights = mesh.landmark_weights
    assert weights.min() >= 0
    np.testing.assert_allclose(weights.sum(1), 1, atol=2e-3)
    on = mesh.part[mesh.landmark_faces]
    assert (on[:468] == PARTS.index("skin")).all()
    assert (on[468:473] == PARTS.index("eye_right")).all()
    assert (on[473:] == PARTS.index("eye_left")).all()


def test_landmarks_are_symmetric(head):
    points = head.landmarks(posed(head))
    apart = np.linalg.norm(points[:468, None] - points[:468] * np.float32([-1, 1, 1]), axis=2)
    assert apart.min(1).max() < 0.01


def test_landmarks_stand_where_a_face_has_them(head):
    points = head.landmarks(posed(head))
    height = points[:, 1]
    lips = height[list(LIPS_OUTER)]
    assert height[FOREHEAD] > height[IRIS_LEFT] > height[NOSE_TIP] > lips.max()
    assert lips.min() > height[CHIN]
    assert points[NOSE_TIP, 2] > points[:468, 2].max() - 0.02
    assert points[IRIS_RIGHT, 0] < 0 < points[IRIS_LEFT, 0]
    assert points[33, 0] < points[133, 0] < 0 < points[362, 0] < points[263, 0]


def test_iris_points_ring_their_centres(head):
    points = head.landmarks(posed(head))
    for center in (IRIS_RIGHT, IRIS_LEFT):
        ring = points[center + 1 : center + 5] - points[center]
        np.testing.assert_allclose(np.linalg.norm(ring[:, :2], axis=1), 0.058, atol=0.006)
        np.testing.assert_allclose(ring[:, :2].sum(0), 0, atol=0.01)


def test_lid_landmarks_meet_in_a_blink(head):
    rest = head.landmarks(posed(head))
    shut = head.landmarks(posed(head, eyeBlinkLeft=1, eyeBlinkRight=1))
    for upper, lower in LID_PAIRS:
        assert rest[upper, 1] - rest[lower, 1] > 0.07
        assert -0.03 < shut[upper, 1] - shut[lower, 1] < 0.005


def test_inner_lip_landmarks_part_with_the_jaw(head):
    rest = head.landmarks(posed(head))
    opened = head.landmarks(posed(head, jawOpen=1))
    assert abs(rest[13, 1] - rest[14, 1]) < 0.02
    assert opened[13, 1] - opened[14, 1] > 0.2


def test_fewer_components_than_the_model_has_are_enough(head, mesh):
    few = np.array([1.0, -2.0], np.float32)
    padded = np.zeros(80, np.float32)
    padded[:2] = few
    neutral = np.zeros(52, np.float32)
    np.testing.assert_allclose(head.vertices(few, neutral), head.vertices(padded, neutral))
    np.testing.assert_array_equal(posed(head), mesh.vertices)
