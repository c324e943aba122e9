"""A grid of titled pictures: every picture whole, in order, and room for words under it."""

import numpy as np
import pytest

from avatarartist_core.data import Picture
from avatarartist_core.output.contact_sheet import (
    BLANK,
    GROUND,
    Cell,
    columns_for,
    contact_sheet,
    scaled,
)

SIDE = 64


def plain(level: int) -> Picture:
    return np.full((SIDE, SIDE, 3), (level, 0, 255 - level), np.uint8)


def place(sheet: Picture, colour: tuple[int, int, int]) -> tuple[int, int, int, int]:
    """Return top, left, height and width of the only area of a colour."""
    rows, columns = np.nonzero((sheet == np.uint8(colour)).all(-1))
    height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
    assert height * width == len(rows), "the area is no rectangle, or there are several"
    return rows.min(), columns.min(), height, width


def test_pictures_are_whole_and_read_row_by_row() -> None:
    levels = [0, 50, 100, 150, 200]
    sheet = contact_sheet([Cell(str(level), plain(level)) for level in levels], SIDE, columns=3)
    places = [place(sheet, (level, 0, 255 - level)) for level in levels]
    assert {size for *_, height, width in places for size in (height, width)} == {SIDE}
    assert places[0][0] == places[1][0] == places[2][0] < places[3][0] == places[4][0]
    assert places[0][1] < places[1][1] < places[2][1]
    assert places[0][1] == places[3][1]
    assert sheet[-1, -1].tolist() == list(GROUND)


def test_a_title_stands_under_its_picture_and_within_its_width() -> None:
    long = "A title that is much too long for the picture that stands above it"
    with_title = contact_sheet([Cell(long, plain(0)), Cell("", plain(50))], SIDE, columns=2)
    without = contact_sheet([Cell("", plain(0)), Cell("", plain(50))], SIDE, columns=2)
    rows, columns = np.nonzero((with_title != without).any(-1))
    top, left, height, width = place(with_title, (0, 0, 255))
    assert len(rows) > 20
    assert rows.min() >= top + height
    assert columns.min() >= left
    assert columns.max() < left + width


def test_a_cell_without_a_picture_says_why_in_its_place() -> None:
    silent = contact_sheet([Cell("", None)], SIDE)
    telling = contact_sheet([Cell("", None, "RuntimeError: " + "no film " * 40)], SIDE)
    top, left, height, width = place(silent, BLANK)
    assert (height, width) == (SIDE, SIDE)
    rows, columns = np.nonzero((telling != silent).any(-1))
    assert len(rows) > 20
    assert top <= rows.min()
    assert rows.max() < top + height
    assert left <= columns.min()
    assert columns.max() < left + width


def test_pictures_of_any_size_are_brought_to_the_side() -> None:
    halves = np.zeros((2 * SIDE, 2 * SIDE, 3), np.uint8)
    halves[:, ::2] = 200
    assert np.unique(scaled(halves, SIDE)).tolist() == [100]
    assert scaled(plain(9), 150).shape == (150, 150, 3)


@pytest.mark.parametrize("count", range(1, 60))
def test_no_row_is_empty_and_the_last_is_more_than_half_full(count: int) -> None:
    columns = columns_for(count)
    rows = -(-count // columns)
    assert 1 <= columns <= max(2, 2 * count**0.5)
    assert rows == 1 or count - (rows - 1) * columns > columns / 2
