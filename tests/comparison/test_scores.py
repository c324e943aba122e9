"""Measures of nearness, against plain twins and known answers."""

import numpy as np
import pytest

from avatarartist_core.comparison.own import Own, cut, laid_over
from avatarartist_core.comparison.scores import (
    C1,
    C2,
    SIGMA,
    WINDOW,
    Scores,
    Truth,
    psnr,
    ssim,
)
from avatarartist_core.data import Avatar, HeadFit
from avatarartist_core.samples import sample_portrait
from avatarartist_core.specs import AvatarSpec


def plain_ssim(first: np.ndarray, second: np.ndarray) -> float:
    """Window by window, channel by channel."""
    at = np.arange(WINDOW) - WINDOW // 2
    line = np.exp(-(at**2) / (2 * SIGMA**2))
    weights = np.outer(line, line) / line.sum() ** 2
    values = []
    for channel in range(3):
        x, y = (picture[..., channel].astype(float) for picture in (first, second))
        for row in range(x.shape[0] - WINDOW + 1):
            for column in range(x.shape[1] - WINDOW + 1):
                place = slice(row, row + WINDOW), slice(column, column + WINDOW)
                mx, my = (weights * x[place]).sum(), (weights * y[place]).sum()
                vx = (weights * (x[place] - mx) ** 2).sum()
                vy = (weights * (y[place] - my) ** 2).sum()
                both = (weights * (x[place] - mx) * (y[place] - my)).sum()
                above = (2 * mx * my + C1) * (2 * both + C2)
                values.append(above / ((mx**2 + my**2 + C1) * (vx + vy + C2)))
    return float(np.mean(values))


def noise(side: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (side, side, 3), np.uint8)


def test_ssim_agrees_with_its_twin_to_1e_10() -> None:
    first = noise(24, 1)
    second = (0.7 * first + 0.3 * noise(24, 2)).astype(np.uint8)
    assert ssim(first, second) == pytest.approx(plain_ssim(first, second), abs=1e-10)


def test_equal_pictures_are_as_near_as_can_be() -> None:
    assert ssim(noise(32, 1), noise(32, 1)) == pytest.approx(1)
    assert psnr(noise(32, 1), noise(32, 1)) == 100


def test_psnr_of_a_known_difference() -> None:
    grey = np.full((8, 8, 3), 100, np.uint8)
    assert psnr(grey, grey + 10) == pytest.approx(10 * np.log10(255**2 / 100))


def truth() -> Truth:
    portrait = sample_portrait(128)
    return Truth(portrait.picture, portrait.landmarks[:468, :2])


def test_landmarks_are_measured_in_eye_distances() -> None:
    true = truth()
    eyes = np.linalg.norm(true.landmarks[263] - true.landmarks[33])
    moved = true.landmarks + np.array([0.1 * eyes, 0], np.float32)
    scores = Scores()
    scores.add(true.picture, moved, true)
    scores.add(true.picture, None, true)
    score = scores.mean()
    assert score is not None
    assert score.landmarks == pytest.approx(10, abs=1e-3)
    assert (score.psnr, score.ssim, score.faceless, score.frames) == (100, 1, 1, 2)


def test_only_the_face_counts() -> None:
    true, scores = truth(), Scores()
    drawn = true.picture.copy()
    drawn[:3] = 0
    scores.add(drawn, None, true)
    score = scores.mean()
    assert score is not None
    assert score.psnr == 100
    assert score.landmarks is None


def test_nothing_measured_is_no_score() -> None:
    assert Scores().mean() is None


def waves(side: int) -> np.ndarray:
    """A smooth picture that is the same at every size."""
    at = (np.arange(side) + 0.5) / side
    rows, columns = np.sin(9 * at)[:, None], np.cos(7 * at)[None]
    return np.rint(127 + 60 * np.stack([rows + 0 * columns, columns + 0 * rows, rows * columns], 2))


@pytest.mark.parametrize(("scale", "side"), [(1.0, 128), (2.0, 128), (1.0, 64), (0.5, 256)])
def test_a_video_is_cut_as_the_portrait_was(scale: float, side: int) -> None:
    """The portrait lies at (7, 5) of frames that are ``scale`` times as fine as its crop."""
    fine = waves(round(128 * scale))
    frame = np.zeros((len(fine) + 20, len(fine) + 30, 3), np.uint8)
    frame[5 : 5 + len(fine), 7 : 7 + len(fine)] = fine
    portrait = sample_portrait(128)
    avatar = Avatar(AvatarSpec("layers"), portrait.fit, "lift", portrait.landmarks, 128)
    seen = (portrait.landmarks[:468, :2] + 0.5) * scale - 0.5 + (7, 5)
    made = cut(frame, laid_over(Own(0, seen.astype(np.float32)), avatar, side), side)
    apart = np.abs(made - waves(side))[8:-8, 8:-8].max()
    assert apart <= (0 if scale == 1 and side == 128 else 2)


def test_a_face_of_another_place_is_not_laid_over() -> None:
    fit: HeadFit = sample_portrait(128).fit
    avatar = Avatar(AvatarSpec("layers"), fit, "lift", sample_portrait(128).landmarks, 128)
    seen = sample_portrait(128).landmarks[:468, :2] + np.float32(40)
    to_video = laid_over(Own(0, seen), avatar, 128)
    assert to_video == pytest.approx(np.array([[1, 0, 40], [0, 1, 40]]), abs=1e-3)
