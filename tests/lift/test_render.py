from dataclasses import replace

import cv2
import numpy as np
import pytest

from aa_lift.config import LayersConfig, LiftConfig
from aa_lift.generator import LiftGenerator
from aa_lift.regions import LEFT_EYE, LEFT_IRIS, RIGHT_EYE, RIGHT_IRIS
from aa_lift.renderer import LayersRenderer
from avatarartist_core.cameras import cameras_for
from avatarartist_core.storage import load_avatar, save
from tests.lift.scenes import frames, motion, pixels

BLINK = {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0}


def decibels(a, b):
    return 10 * np.log10(255**2 / max(np.mean((a.astype(float) - b) ** 2), 1e-9))


@pytest.mark.parametrize("size", [128, 384])
def test_at_rest_the_frame_is_the_portrait(portrait, avatar, size):
    way = cv2.INTER_AREA if size < len(portrait.picture) else cv2.INTER_CUBIC
    source = cv2.resize(portrait.picture, (size, size), interpolation=way)
    assert decibels(frames(avatar, {}, size=size)[0], source) > 44


def test_at_rest_and_own_size_the_frame_is_the_portrait(portrait, avatar):
    frame = frames(avatar, {}, size=len(portrait.picture))[0]
    assert decibels(frame, portrait.picture) > 44


def test_a_slice_of_a_run_is_drawn_as_in_the_run(avatar):
    scene = motion(avatar, {}, {"yaw": 15}, {"jawOpen": 0.5, "pitch": -8}, BLINK, {"x": 0.2})
    renderer, cameras = LayersRenderer(LayersConfig()), cameras_for("orbit", 5, 25)
    run = list(renderer.render(avatar, scene, cameras, size=192))
    rest = type(cameras)(cameras.cam2world[2:4], cameras.intrinsics[2:4])
    part = list(renderer.render(avatar, scene[2:4], rest, size=192))
    assert all(np.array_equal(a, b) for a, b in zip(part, run[2:4], strict=True))


def test_stopping_early_leaves_nothing_behind(avatar):
    scene = motion(avatar, *[{}] * 50)
    run = LayersRenderer(LayersConfig()).render(avatar, scene, cameras_for("front", 50, 25))
    next(run)
    run.close()
    with pytest.raises(StopIteration):
        next(run)


def test_transparent_frames_hold_the_person_and_not_the_corners(avatar):
    (frame,) = frames(avatar, {"yaw": 10}, transparent=True)
    assert frame.shape == (256, 256, 4)
    alpha = frame[..., 3]
    (nose,) = pixels(avatar, 4).round().astype(int)
    assert alpha[nose[1], nose[0]] == 255
    assert alpha[:16, :16].max() == 0
    assert ((alpha > 20) & (alpha < 235)).any(), "the contour is hard"


def test_blinking_covers_the_irises(avatar):
    rest, shut = frames(avatar, {}, BLINK)
    for centre, contour in ((LEFT_IRIS[0], LEFT_EYE), (RIGHT_IRIS[0], RIGHT_EYE)):
        (iris,) = pixels(avatar, centre).round().astype(int)
        (lid,) = pixels(avatar, contour[12])
        cheek = rest[int(lid[1]) + 6, int(lid[0])].astype(float).mean()
        before = rest[iris[1] - 1 : iris[1] + 2, iris[0] - 1 : iris[0] + 2].mean()
        after = shut[iris[1] - 1 : iris[1] + 2, iris[0] - 1 : iris[0] + 2].mean()
        assert before < 0.75 * cheek, "the portrait's iris is dark"
        assert after > before + 0.25 * (cheek - before)


def test_opening_the_jaw_opens_the_mouth(avatar):
    rest, wide = frames(avatar, {}, {"jawOpen": 0.8})
    lip, chin = pixels(avatar, 14, 152)
    below = (lip + 0.25 * (chin - lip)).round().astype(int)
    spot = np.s_[below[1] - 2 : below[1] + 3, below[0] - 3 : below[0] + 4]
    assert wide[spot].mean() < 0.6 * rest[spot].mean(), "where the lip was there is no cavity"


def test_turning_moves_the_nose_and_leaves_the_shoulders(avatar):
    rest, left, right = frames(avatar, {}, {"yaw": -30}, {"yaw": 30})
    assert np.abs(left[-20:].astype(int) - rest[-20:]).mean() < 12
    assert np.abs(right[-20:].astype(int) - rest[-20:]).mean() < 12
    assert np.abs(left.astype(int) - right)[64:192].mean() > 8


def test_turns_beyond_the_limit_look_like_the_limit(avatar):
    far, farther = frames(avatar, {"yaw": 60}, {"yaw": 80})
    assert np.abs(far.astype(int) - farther).mean() < 1


def test_the_view_turns_the_head_as_its_own_motion_does(avatar):
    scene = motion(avatar, {})
    run = LayersRenderer(LayersConfig()).render(avatar, scene, cameras_for("12,0", 1, 25), size=256)
    (turned,) = frames(avatar, {"yaw": 12})
    assert decibels(next(run), turned) > 45


def test_a_saved_avatar_draws_the_same_frames(avatar, tmp_path):
    save(avatar, tmp_path / "avatar.safetensors")
    loaded = load_avatar(tmp_path / "avatar.safetensors", type(avatar))
    scene = ({"yaw": 12, "jawOpen": 0.4}, BLINK)
    for a, b in zip(frames(avatar, *scene), frames(loaded, *scene), strict=True):
        assert np.array_equal(a, b)


def test_without_a_mask_the_whole_picture_bends_and_nothing_stays_behind(portrait):
    blind = replace(portrait, mask=np.zeros_like(portrait.mask))
    avatar = LiftGenerator(LiftConfig()).generate(blind)
    rest, turned = frames(avatar, {}, {"yaw": 20})
    source = cv2.resize(portrait.picture, (256, 256), interpolation=cv2.INTER_CUBIC)
    assert decibels(rest, source) > 44
    hair = pixels(avatar, 10).round().astype(int)[0] - [0, 20]
    around = np.s_[hair[1] - 8 : hair[1] + 8, hair[0] - 8 : hair[0] + 8]
    assert np.abs(turned[around].astype(int) - rest[around]).mean() > 3, "the hair stayed behind"


def test_the_background_stays_unless_it_is_told_to_bend(avatar):
    scene, cameras = motion(avatar, {}, {"yaw": 20}), cameras_for("front", 2, 25)
    change = {}
    for background in ("auto", "bend"):
        renderer = LayersRenderer(LayersConfig(background=background))
        rest, turned = renderer.render(avatar, scene, cameras, size=192)
        change[background] = np.abs(turned.astype(int) - rest)[:96, :30].mean()
    assert change["auto"] < change["bend"]
