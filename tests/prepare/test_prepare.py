"""A picture file becomes a portrait: the right face, its own pixels, everything in crop pixels."""

import cv2
import numpy as np
import pytest
from PIL import Image

from avatarartist_core.config import PrepareConfig
from avatarartist_core.errors import NoFaceError, UsageError
from avatarartist_core.prepare import prepare
from tests.prepare.conftest import ASSETS


def pixels_of(path):
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


@pytest.fixture(scope="module")
def portrait(finder, astronaut):
    return prepare(astronaut, finder)


def test_the_crop_is_a_square_of_the_files_own_pixels(portrait, astronaut):
    side = len(portrait.picture)
    assert portrait.picture.shape == (side, side, 3)
    np.testing.assert_array_equal(portrait.to_file[:, :2], np.eye(2))
    left, top = portrait.to_file[:, 2].astype(int)
    own = pixels_of(astronaut)[top : top + side, left : left + side]
    np.testing.assert_array_equal(portrait.picture, own)


def test_the_face_is_whole_and_near_the_middle(portrait):
    side = len(portrait.picture)
    points = portrait.landmarks[:, :2]
    assert points.min() > 0
    assert points.max() < side
    assert abs(points[1, 0] - side / 2) < 0.1 * side


def test_landmarks_mask_and_fit_agree(portrait):
    assert portrait.landmarks.shape == (478, 3)
    assert portrait.mask.shape == portrait.picture.shape[:2]
    assert portrait.mask.dtype == np.float32
    x, y = portrait.landmarks[1, :2].round().astype(int)
    assert portrait.mask[y, x] > 0.8
    eyes = portrait.landmarks[[468, 473], :2].mean(0)
    assert np.linalg.norm(portrait.fit.translation - eyes) < 0.2 * portrait.fit.scale
    assert portrait.humanness > 0.8


def test_a_close_up_is_taken_whole_and_untouched(tmp_path, finder, astronaut):
    close = Image.fromarray(pixels_of(astronaut)[20:220, 130:330]).resize((512, 512))
    close.save(tmp_path / "close.png")
    portrait = prepare(tmp_path / "close.png", finder)
    np.testing.assert_array_equal(portrait.picture, np.asarray(close))
    np.testing.assert_array_equal(portrait.to_file, [[1, 0, 0], [0, 1, 0]])


def test_a_large_crop_is_scaled_to_the_resolution(finder, astronaut):
    portrait = prepare(astronaut, finder, PrepareConfig(resolution=128))
    full = prepare(astronaut, finder)
    assert portrait.picture.shape == (128, 128, 3)
    back = portrait.landmarks[:, :2] @ portrait.to_file[:, :2].T + portrait.to_file[:, 2]
    there = full.landmarks[:, :2] + full.to_file[:, 2]
    assert np.abs(back - there).max() < 0.5


def test_the_margin_widens_the_crop(finder, astronaut):
    narrow = prepare(astronaut, finder, PrepareConfig(margin=1.4))
    wide = prepare(astronaut, finder, PrepareConfig(margin=2.2))
    assert len(narrow.picture) < len(wide.picture)


@pytest.mark.parametrize("quarters", [1, 3])
def test_a_picture_on_its_side_is_set_upright(tmp_path, finder, astronaut, portrait, quarters):
    turned = np.rot90(pixels_of(astronaut), quarters)
    Image.fromarray(np.ascontiguousarray(turned)).save(tmp_path / "turned.png")
    upright = prepare(tmp_path / "turned.png", finder)
    eyes = upright.landmarks[[468, 473], :2]
    assert abs(eyes[1, 1] - eyes[0, 1]) < 0.2 * abs(eyes[1, 0] - eyes[0, 0])
    assert eyes[0, 0] < eyes[1, 0]
    assert eyes[:, 1].max() < upright.landmarks[13, 1]
    x, y = (upright.to_file @ [5, 9, 1]).round().astype(int)
    np.testing.assert_array_equal(upright.picture[9, 5], turned[y, x])


def test_transparency_becomes_the_mask(tmp_path, finder, astronaut):
    picture = pixels_of(astronaut)
    alpha = np.zeros(picture.shape[:2], np.uint8)
    cv2.circle(alpha, (225, 130), 110, 255, -1)
    Image.fromarray(np.dstack([picture, alpha])).save(tmp_path / "cut.png")
    portrait = prepare(tmp_path / "cut.png", finder)
    left, top = portrait.to_file[:, 2].astype(int)
    side = len(portrait.mask)
    expected = alpha[top : top + side, left : left + side] / np.float32(255)
    np.testing.assert_array_equal(portrait.mask, expected)


def test_a_cat_is_refused_with_its_score_unless_forced(finder, cat):
    with pytest.raises(NoFaceError, match=r"does not look human: 0\.\d\d, needs 0\.50") as caught:
        prepare(cat, finder)
    assert "--force" in caught.value.hint
    forced = prepare(cat, finder, PrepareConfig(force=True))
    assert forced.humanness < 0.5


def test_a_picture_of_nobody_is_refused(tmp_path, finder):
    Image.new("RGB", (200, 200), "grey").save(tmp_path / "wall.png")
    with pytest.raises(NoFaceError, match="no face was found"):
        prepare(tmp_path / "wall.png", finder)


def test_a_face_that_is_not_there_cannot_be_chosen(finder, astronaut):
    with pytest.raises(UsageError, match="--face 3: only 1 face was found"):
        prepare(astronaut, finder, PrepareConfig(face=3))


def test_the_second_face_can_be_chosen(tmp_path, finder, astronaut):
    picture = pixels_of(astronaut)
    pair = np.full((512, 1024, 3), 128, np.uint8)
    pair[:, :512] = cv2.resize(picture[:330, 60:390], (512, 512), interpolation=cv2.INTER_CUBIC)
    pair[:, 512:] = picture
    Image.fromarray(pair).save(tmp_path / "pair.png")
    first = prepare(tmp_path / "pair.png", finder)
    second = prepare(tmp_path / "pair.png", finder, PrepareConfig(face=2))
    assert first.fit.scale > second.fit.scale
    nose = second.to_file @ [*second.landmarks[1, :2], 1]
    assert nose[0] > 512


HUMAN = sorted(ASSETS.glob("[01]*"))


@pytest.mark.skipif(not HUMAN, reason="the shared portraits are not here")
@pytest.mark.parametrize("path", HUMAN, ids=lambda path: path.stem)
def test_styles_pass_and_animals_do_not(finder, path):
    if "negative" in path.name:
        with pytest.raises(NoFaceError):
            prepare(path, finder)
    else:
        assert prepare(path, finder).fit.rms < 0.03
