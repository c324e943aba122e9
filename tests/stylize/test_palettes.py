import numpy as np

from aa_stylize.palettes import (
    blocks,
    dithered,
    enlarged,
    found_palette,
    nearest_colours,
    read_palette,
    steps,
)


def test_a_picture_is_brought_down_to_at_most_the_palette() -> None:
    lab = np.random.default_rng(0).uniform((20, -40, -40), (90, 40, 40), (40, 40, 3))
    palette = found_palette(lab.astype(np.float32), 7, np.random.default_rng(1))
    drawn = dithered(lab.astype(np.float32), palette, 8.0)
    assert len(np.unique(drawn.reshape(-1, 3), axis=0)) <= 7


def test_a_palette_finds_the_colours_that_are_there() -> None:
    rng = np.random.default_rng(2)
    truth = np.array([[20, 30, -30], [50, -40, 20], [85, 0, 60]], np.float32)
    lab = truth[rng.integers(0, 3, (30, 30))] + rng.normal(0, 1, (30, 30, 3))
    found = found_palette(lab.astype(np.float32), 3, np.random.default_rng(0))
    assert np.abs(found - truth).max() < 1.5


def test_weight_gives_small_things_a_colour() -> None:
    lab = np.zeros((40, 40, 3), np.float32)
    lab[..., 0] = np.linspace(0, 60, 40)
    lab[20, 20] = (60, 80, 60)
    weight = np.full((40, 40), 0.01, np.float32)
    weight[20, 20] = 40
    found = found_palette(lab, 4, np.random.default_rng(0), weight)
    assert np.abs(found - lab[20, 20]).sum(1).min() < 3


def test_nearest_is_the_nearest() -> None:
    rng = np.random.default_rng(4)
    lab, palette = (rng.uniform(0, 90, s).astype(np.float32) for s in ((6, 5, 3), (8, 3)))
    slow = [
        [
            min(range(8), key=lambda k: float(((lab[y, x] - palette[k]) ** 2).sum()))
            for x in range(5)
        ]
        for y in range(6)
    ]
    assert nearest_colours(lab, palette).tolist() == slow


def test_the_dither_mixes_two_greys_to_the_grey_between() -> None:
    palette = np.array([[40, 0, 0], [60, 0, 0]], np.float32)
    for light, share in ((45, 0.25), (50, 0.5), (55, 0.75)):
        lab = np.zeros((16, 16, 3), np.float32)
        lab[..., 0] = light
        drawn = dithered(lab, palette, 20.0)
        assert abs((drawn[..., 0] > drawn[..., 0].mean() - 1e-4).mean() - share) < 0.07
        assert len(np.unique(dithered(lab, palette, 0.0))) <= 3


def test_blocks_are_constant_and_keep_the_mean() -> None:
    picture = np.random.default_rng(5).uniform(0, 1, (60, 60, 3)).astype(np.float32)
    dots = blocks(picture, 6)
    assert dots.shape == (10, 10, 3)
    assert np.allclose(dots[2, 3], picture[12:18, 18:24].mean((0, 1)), atol=1e-5)
    drawn = enlarged(dots, 60, 60)
    squares = drawn.reshape(10, 6, 10, 6, 3)
    assert np.ptp(squares, axis=(1, 3)).max() == 0


def test_steps_count_the_levels_passed() -> None:
    light = np.array([0.0, 0.29, 0.31, 0.5, 0.9], np.float32)
    assert np.allclose(steps(light, (0.3, 0.6), 0.01), [0, 0, 1, 1, 2])
    assert steps(np.array([0.3], np.float32), (0.3,), 0.2)[0] == 0.5


def test_palettes_are_read_as_written() -> None:
    assert np.allclose(read_palette(("#000000", "#ffffff"))[:, 0], [0, 100], atol=0.1)
