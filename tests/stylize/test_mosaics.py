import numpy as np

from aa_stylize.mosaics import borders, cell_means, cells, leads


def scene(side: int = 96) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    lab = rng.uniform(20, 80, (side, side, 3)).astype(np.float32)
    parts = np.zeros((side, side), np.int32)
    parts[30:60, 20:70] = 1
    size = np.full((side, side), 24, np.float32)
    size[parts == 1] = 9
    return lab, parts, size


def test_no_cell_crosses_from_one_part_to_another() -> None:
    lab, parts, size = scene()
    labels = cells(lab, parts, size, np.random.default_rng(0))
    for cell in range(labels.max() + 1):
        assert len(np.unique(parts[labels == cell])) == 1


def test_cells_are_numbered_without_gaps_and_cover_everything() -> None:
    lab, parts, size = scene()
    labels = cells(lab, parts, size, np.random.default_rng(0))
    assert np.array_equal(np.unique(labels), np.arange(labels.max() + 1))


def test_cells_are_as_large_as_asked() -> None:
    lab, parts, size = scene()
    labels = cells(lab * 0, parts, size, np.random.default_rng(0))
    for part, wanted in ((0, 24), (1, 9)):
        number = len(np.unique(labels[parts == part]))
        assert 0.6 < np.sqrt((parts == part).sum() / number) / wanted < 1.4


def test_a_cell_is_of_one_colour() -> None:
    lab, parts, size = scene()
    labels = cells(lab, parts, size, np.random.default_rng(0))
    panes = cell_means(lab, labels)[labels]
    for cell in range(0, labels.max() + 1, 5):
        inside = labels == cell
        assert np.ptp(panes[inside], axis=0).max() == 0
        assert np.allclose(panes[inside][0], lab[inside].mean(0), atol=1e-3)


def test_the_seed_decides_the_cells() -> None:
    lab, parts, size = scene()
    first, again, other = (cells(lab, parts, size, np.random.default_rng(k)) for k in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_colour_edge_draws_the_border_to_itself() -> None:
    lab = np.zeros((64, 64, 3), np.float32)
    lab[:, 37:, 0] = 80
    parts = np.zeros((64, 64), np.int32)
    labels = cells(lab, parts, np.full((64, 64), 16, np.float32), np.random.default_rng(0))
    assert borders(labels)[:, 36].mean() > 0.9
    loose = cells(lab * 0, parts, np.full((64, 64), 16, np.float32), np.random.default_rng(0))
    assert borders(loose)[:, 36].mean() < 0.5


def test_leads_run_along_borders_only_and_are_as_wide_as_asked() -> None:
    labels = np.zeros((40, 80), np.int32)
    labels[:, 40:] = 1
    for width in (3.0, 8.0):
        lead = leads(labels, width)
        assert lead[20, 39] == 1
        assert lead[20, :20].max() == 0
        assert abs((lead[20] > 0.4).sum() - width) <= 1.5
