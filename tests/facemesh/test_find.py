"""Faces of any size, place and turn are found, and measured where they are."""

import cv2
import numpy as np
import pytest

EYES = [33, 133, 362, 263]


def eye_distance(landmarks):
    return np.linalg.norm(landmarks[468, :2] - landmarks[473, :2])


def test_the_astronaut_is_found(facemesh, astronaut):
    (face,) = facemesh.find(astronaut)
    assert face.landmarks.shape == (478, 3)
    assert face.landmarks.dtype == np.float32
    assert min(face.score, face.presence, face.humanness) > 0.8
    left, top, right, bottom = face.box
    assert left < face.landmarks[1, 0] < right
    assert top < face.landmarks[1, 1] < bottom
    assert 170 < face.landmarks[33, 0] < face.landmarks[263, 0] < 280


def test_landmarks_scale_with_the_picture(facemesh, astronaut):
    large = cv2.resize(astronaut, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    small = facemesh.find(astronaut)[0].landmarks
    twice = facemesh.find(large)[0].landmarks
    error = np.linalg.norm((twice[:, :2] + 0.5) / 2 - 0.5 - small[:, :2], axis=1)
    assert error.mean() / eye_distance(small) < 0.015


def test_landmarks_mirror_with_the_picture(facemesh, astronaut):
    plain = facemesh.find(astronaut)[0].landmarks
    mirrored = facemesh.find(np.ascontiguousarray(astronaut[:, ::-1]))[0].landmarks
    back = 511 - mirrored[[263, 362, 133, 33], 0]
    assert np.abs(back - plain[[33, 133, 362, 263], 0]).mean() / eye_distance(plain) < 0.02


def test_a_face_lying_on_its_side_is_found(facemesh, astronaut):
    face = facemesh.find(np.ascontiguousarray(np.rot90(astronaut)))[0]
    across = face.landmarks[263, :2] - face.landmarks[33, :2]
    assert face.humanness > 0.5
    assert abs(across[1]) > 5 * abs(across[0])


def test_a_small_face_in_a_large_picture_is_found(facemesh, astronaut):
    wide = np.full((1200, 1600, 3), 128, np.uint8)
    wide[600:1000, 900:1300] = cv2.resize(astronaut, (400, 400), interpolation=cv2.INTER_AREA)
    face = facemesh.find(wide)[0]
    assert face.humanness > 0.5
    assert 900 < face.landmarks[1, 0] < 1300
    assert 600 < face.landmarks[1, 1] < 1000


def test_two_faces_come_largest_first(facemesh, astronaut):
    pair = np.full((512, 1024, 3), 128, np.uint8)
    pair[:, :512] = cv2.resize(astronaut[:330, 60:390], (512, 512), interpolation=cv2.INTER_CUBIC)
    pair[:, 512:] = astronaut
    faces = [face for face in facemesh.find(pair) if face.humanness > 0.5]
    assert [face.landmarks[1, 0] < 512 for face in faces] == [True, False]


def test_a_cat_is_no_human(facemesh, cat):
    assert all(face.humanness < 0.5 for face in facemesh.find(cat))


@pytest.mark.parametrize("shape", [(64, 64), (40, 300), (600, 50)])
def test_an_empty_picture_shows_nobody(facemesh, shape):
    assert facemesh.find(np.full((*shape, 3), 90, np.uint8)) == []


def test_the_person_is_told_from_the_ground(facemesh, astronaut):
    mask = facemesh.person(astronaut)
    assert mask.shape == (512, 512)
    assert mask[120:180, 200:250].mean() > 0.9
    assert mask[:60, :60].mean() < 0.1


def test_the_networks_print_nothing(capfd):
    from aa_facemesh import nets

    nets.Net(nets.SEGMENTER)
    assert capfd.readouterr() == ("", "")
