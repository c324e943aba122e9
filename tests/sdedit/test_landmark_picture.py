import numpy as np
import pytest

from aa_sdedit.landmark_picture import LINES, PUPILS, landmark_picture
from avatarartist_core.samples import sample_portrait

NOWHERE = np.full((478, 3), -100, np.float32)


def only(**points):
    landmarks = NOWHERE.copy()
    for name, (x, y) in points.items():
        landmarks[int(name.removeprefix("p"))] = (x, y, 0)
    return landmarks


def plain(landmarks, side):
    """Mark every pixel within a pixel and a half of a connection, walked in small steps."""
    distance = np.full((side, side, len(LINES)), np.inf)
    rows, columns = np.mgrid[:side, :side]
    at = np.floor(landmarks[:, :2] + 0.5)
    for number, line in enumerate(LINES):
        for start, end in line.pairs():
            for step in np.linspace(0, 1, 12):
                x, y = at[start] + step * (at[end] - at[start])
                here = np.hypot(columns - x, rows - y)
                distance[..., number] = np.minimum(distance[..., number], here)
    return distance


def test_the_lines_lie_where_a_plain_walk_along_the_connections_puts_them():
    portrait = sample_portrait(96)
    drawn = landmark_picture(portrait.landmarks, 96, 96)
    distance = plain(portrait.landmarks, 96)
    colours = np.array([line.colour for line in LINES])
    pupils = np.zeros((96, 96), bool)
    for number, _ in PUPILS:
        x, y = np.floor(portrait.landmarks[number, :2] + 0.5).astype(int)
        pupils[y - 2 : y + 2, x - 2 : x + 2] = True
    near, far = distance.min(-1) <= 0.5, distance.min(-1) > 2.1
    assert (drawn[near & ~pupils].max(-1) > 0).all()
    assert (drawn[far & ~pupils] == 0).all()
    alone = near & ~pupils & (np.sort(distance, -1)[..., 1] > 4)  # one line and no other
    assert alone.sum() > 100
    np.testing.assert_array_equal(drawn[alone], colours[distance.argmin(-1)[alone]])


def test_a_level_line_of_thickness_two_covers_three_rows_as_in_opencv():
    drawn = landmark_picture(only(p10=(20, 30), p338=(50, 30)), 64, 64)
    expected = np.zeros((64, 3), np.uint8)
    expected[29:32] = (10, 200, 10)
    np.testing.assert_array_equal(drawn[:, 35], expected)


@pytest.mark.parametrize(
    ("ends", "colour"),
    [
        ((10, 338), (10, 200, 10)),
        ((61, 146), (10, 180, 10)),
        ((78, 95), (10, 180, 10)),
        ((33, 7), (180, 200, 10)),
        ((46, 53), (180, 220, 10)),
        ((263, 249), (10, 200, 180)),
        ((276, 283), (10, 220, 180)),
    ],
)
def test_every_group_has_the_colour_the_network_learned(ends, colour):
    drawn = landmark_picture(only(**{f"p{ends[0]}": (10, 32), f"p{ends[1]}": (54, 32)}), 64, 64)
    assert (drawn[32, 32] == colour).all()


@pytest.mark.parametrize(("number", "colour"), [(468, (250, 200, 10)), (473, (10, 200, 250))])
def test_pupils_are_squares_of_four_pixels(number, colour):
    drawn = landmark_picture(only(**{f"p{number}": (20.4, 40.0)}), 64, 64)
    expected = np.zeros((64, 64, 3), np.uint8)
    expected[38:42, 18:22] = colour
    np.testing.assert_array_equal(drawn, expected)


def test_landmarks_are_scaled_to_the_side_that_is_drawn():
    drawn = landmark_picture(only(p468=(10, 20)), 64, 512)
    rows, columns = np.nonzero(drawn.max(-1))
    # the centre of pixel 10 of 64 is 84 of 512
    assert (columns.min(), columns.max()) == (82, 85)
    assert (rows.min(), rows.max()) == (162, 165)


def test_what_lies_outside_is_left_out():
    assert landmark_picture(only(p10=(20, 30), p338=(70, 30)), 64, 64).max() == 0
    assert landmark_picture(only(p468=(64, 10), p473=(-1, 10)), 64, 64).max() == 0
    corner = landmark_picture(only(p468=(0, 0)), 64, 64)
    assert corner[:2, :2].min(axis=-1).all()
    assert corner.max(-1).sum() == 4 * 250


def test_the_groups_are_those_of_the_face_mesh():
    counts = [len(line.pairs()) for line in LINES]
    assert counts == [36, 20, 20, 16, 4, 4, 16, 4, 4]
    numbers = [point for line in LINES for point in line.points]
    assert len(set(numbers)) == len(numbers) == 128
