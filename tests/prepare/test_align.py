from dataclasses import replace

import numpy as np

from avatarartist_core.prepare.align import MEAN_FACE, POINTS, aligned, weak_perspective
from avatarartist_core.testing import sample_portrait


def test_a_face_that_is_the_mean_face_gives_its_own_scale_and_place():
    face = MEAN_FACE + np.array([0, 0.1, 0.4])
    points = np.stack([200 + 90 * face[:, 0], 150 - 90 * face[:, 1]], -1).astype(np.float32)
    middle, scale = weak_perspective(points)
    np.testing.assert_allclose(middle, [200, 150], atol=1e-3)
    np.testing.assert_allclose(scale, 90, rtol=1e-5)


def test_the_eyes_come_to_lie_where_the_training_crops_have_them():
    portrait = sample_portrait(512)
    dots = np.zeros_like(portrait.picture)
    at = portrait.landmarks[list(POINTS[:2]), :2].round().astype(int)
    for x, y in at:
        dots[y - 3 : y + 4, x - 3 : x + 4] = 255
    crop = aligned(replace(portrait, picture=dots), 512).picture[..., 0] > 127
    rows, columns = np.nonzero(crop)
    left, right = columns[columns < 256].mean(), columns[columns >= 256].mean()
    assert 110 < right - left < 160  # 136 on average in FFHQ crops
    assert 140 < rows.mean() < 200  # 171 for the mean face: 85 above the middle


def test_the_crop_follows_a_portrait_that_is_moved_and_scaled():
    portrait = sample_portrait(256)
    twice = replace(
        portrait,
        picture=portrait.picture.repeat(2, 0).repeat(2, 1),
        landmarks=portrait.landmarks * 2 + np.array([0.5, 0.5, 0], np.float32),
    )
    one, other = aligned(portrait, 128).picture, aligned(twice, 128).picture
    assert np.abs(one.astype(int) - other).mean() < 2


def test_what_lies_outside_the_picture_is_black():
    portrait = sample_portrait(256)
    edge = portrait.landmarks - np.array([120, 0, 0], np.float32)
    crop = aligned(replace(portrait, landmarks=edge), 128).picture
    assert crop.shape == (128, 128, 3)
    assert crop[:, :10].max() == 0
    assert crop[:, -30:].max() > 0


def test_landmarks_and_fit_stay_on_their_pixels():
    portrait = sample_portrait(256)
    crop = aligned(portrait, 160)
    mapped = crop.landmarks[:, :2] @ crop.to_file[:, :2].T + crop.to_file[:, 2]
    before = portrait.landmarks[:, :2] @ portrait.to_file[:, :2].T + portrait.to_file[:, 2]
    np.testing.assert_allclose(mapped, before, atol=1e-2)
    head = np.array([[0, 0, 0], [0.3, -0.4, 0.2]], np.float32)
    placed = crop.fit.project(head)[:, :2] @ crop.to_file[:, :2].T + crop.to_file[:, 2]
    was = portrait.fit.project(head)[:, :2] @ portrait.to_file[:, :2].T + portrait.to_file[:, 2]
    np.testing.assert_allclose(placed, was, atol=1e-2)
    assert crop.mask.shape == crop.picture.shape[:2] == (160, 160)
