import numpy as np

from aa_stylize.strokes import layered, painted


def test_a_flat_picture_stays_flat() -> None:
    flat = np.full((24, 24, 3), (0.2, 0.5, 0.7), np.float32)
    assert np.abs(painted(flat, 4.0) - flat).max() < 1e-4


def test_grain_is_painted_over_and_an_edge_is_not() -> None:
    rng = np.random.default_rng(0)
    picture = np.full((64, 64, 3), 0.25, np.float32)
    picture[:, 32:] = 0.75
    grainy = picture + rng.normal(0, 0.05, picture.shape).astype(np.float32)
    strokes = painted(grainy, 4.0)
    left, right = strokes[8:-8, 8:30], strokes[8:-8, 34:-8]
    assert left.std() < 0.4 * grainy[8:-8, 8:30].std()
    assert right.mean() - left.mean() > 0.48
    step = strokes[8:-8, 33].mean() - strokes[8:-8, 30].mean()
    assert step > 0.4  # a blur as wide as the stroke would leave 0.2


def test_colours_stay_within_those_of_the_picture() -> None:
    picture = np.random.default_rng(1).uniform(0.2, 0.8, (32, 32, 3)).astype(np.float32)
    strokes = painted(picture, 3.0)
    assert strokes.min() > 0.2
    assert strokes.max() < 0.8


def test_the_fine_brush_paints_where_it_is_asked_to() -> None:
    picture = np.random.default_rng(2).uniform(0, 1, (48, 48, 3)).astype(np.float32)
    detail = np.zeros((48, 48), np.float32)
    detail[:, 24:] = 1
    both = layered(picture, 6.0, detail)
    assert np.array_equal(both[:, :24], painted(picture, 6.0)[:, :24])
    assert both[:, 26:].std() > 1.5 * both[:, :22].std()
