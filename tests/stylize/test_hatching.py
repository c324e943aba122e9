import numpy as np

from aa_stylize.hatching import bent, laid, ranked, strokes
from aa_stylize.spray import drips, speckled, splatter


def field(side: int = 96, angle: float = 0.7) -> np.ndarray:
    directions = np.empty((side, side, 2), np.float32)
    directions[:] = (np.cos(angle), np.sin(angle))
    return directions


def test_strokes_run_along_the_field() -> None:
    ranks = strokes(field(), 2.0, 30.0, np.random.default_rng(0))
    by_row, by_column = np.gradient(ranks)
    along = np.abs(by_column * np.cos(0.7) + by_row * np.sin(0.7)).mean()
    across = np.abs(-by_column * np.sin(0.7) + by_row * np.cos(0.7)).mean()
    assert across > 3 * along


def test_ranks_are_even_and_chance_comes_from_the_seed() -> None:
    first, again, other = (strokes(field(), 2.0, 12.0, np.random.default_rng(k)) for k in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert abs((first < 0.25).mean() - 0.25) < 0.03
    assert np.array_equal(np.argsort(ranked(first).ravel()[:50]), np.argsort(first.ravel()[:50]))


def test_the_graphite_laid_is_the_tone_asked_for() -> None:
    ranks = np.broadcast_to(np.linspace(0, 1, 1001, dtype=np.float32), (3, 1001))
    for hardness in (0.0, 0.5, 0.9):
        for tone, allowed in ((0.0, 0.0), (0.5, 0.01), (1.0, 0.0)):
            graphite = laid(np.full((3, 1001), tone, np.float32), ranks, hardness)
            assert abs(graphite.mean() - tone) <= allowed + 1e-6
    assert laid(np.full((3, 1001), 0.5, np.float32), ranks, 0.9).std() > 0.3
    assert laid(np.full((3, 1001), 0.5, np.float32), ranks, 0.0).std() < 1e-6


def test_hatching_bends_where_the_form_turns_away() -> None:
    normals = np.zeros((4, 4, 3), np.float32)
    normals[..., 2] = 1
    normals[2:, :, 0], normals[2:, :, 2] = 0.8, 0.6
    directions = bent(normals, -0.8, 0.5)
    angle = np.arctan2(directions[..., 1], directions[..., 0])
    assert np.allclose(angle[:2], -0.8, atol=1e-5)
    assert np.allclose(angle[2:], -0.4, atol=1e-5)


def test_drops_fall_where_they_may() -> None:
    where = np.zeros((80, 80), np.float32)
    where[:, 50:] = 1
    drops = splatter(where, 30, 4.0, np.random.default_rng(0))
    assert drops[:, 55:].sum() > 10
    assert drops[:, :40].sum() == 0
    assert splatter(0 * where, 30, 4.0, np.random.default_rng(0)).sum() == 0


def test_paint_runs_down_and_not_up() -> None:
    share = np.zeros((60, 60), np.float32)
    share[20:30, 20:40] = 1
    runs = drips(share, 6, 3.0, 20.0, np.random.default_rng(0))
    assert runs[32:].sum() > 5
    assert runs[:22].sum() < 1e-3
    assert drips(0 * share, 6, 3.0, 20.0, np.random.default_rng(0)).sum() == 0


def test_spray_is_solid_inside_and_speckled_at_the_rim() -> None:
    share = np.broadcast_to(np.linspace(0, 1, 120, dtype=np.float32), (120, 120))
    sprayed = speckled(share, 1.5, np.random.default_rng(0))
    assert sprayed[:, 110:].mean() > 0.95
    assert sprayed[:, :8].mean() < 0.05
    assert sprayed[:, 55:65].std() > 0.25
