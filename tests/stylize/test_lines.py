import numpy as np

from aa_stylize.flow import edge_flow
from aa_stylize.lines import Pen, cleared, drawn_lines

PEN = Pen(width=1.5, length=4.0, contrast=1.0, softness=2.0)


def edge(side: int = 64) -> np.ndarray:
    light = np.full((side, side), 80, np.float32)
    light[:, : side // 2] = 30
    return light


def test_a_line_appears_on_the_dark_side_of_an_edge_and_nowhere_else() -> None:
    light = edge()
    ink = drawn_lines(light, edge_flow(light, 2.0), PEN)
    assert ink[10:-10, 29:32].max(axis=1).min() == 1
    assert ink[:, :20].max() == 0
    assert ink[:, 44:].max() == 0
    assert ink[:, 33:].max() == 0


def test_flat_ground_and_soft_ramps_stay_bare() -> None:
    flat = np.full((40, 40), 55, np.float32)
    ramp = np.broadcast_to(np.linspace(20, 80, 64, dtype=np.float32), (64, 64)).copy()
    for light in (flat, ramp):
        assert drawn_lines(light, edge_flow(light, 2.0), PEN).max() == 0


def test_a_dark_stroke_is_drawn_and_a_light_one_is_not() -> None:
    for tone, drawn in ((40, True), (90, False)):
        light = np.full((48, 48), 65, np.float32)
        light[:, 23:25] = tone
        ink = drawn_lines(light, edge_flow(light, 2.0), PEN)
        assert (ink[24, 23:25].min() > 0.9) == drawn


def test_a_wider_pen_draws_more() -> None:
    light = edge()
    flow = edge_flow(light, 2.0)
    thin, wide = (drawn_lines(light, flow, Pen(w, 4.0)).sum() for w in (1.0, 3.0))
    assert wide > 1.5 * thin


def test_specks_are_cleared_and_lines_stay() -> None:
    ink = np.zeros((40, 40), np.float32)
    ink[5, 5:7] = 1
    ink[20, 2:38] = 1
    kept = cleared(ink, 10)
    assert kept[5].max() == 0
    assert np.array_equal(kept[20], ink[20])
