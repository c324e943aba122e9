"""Where teeth stand: two curved cards, one held by the skull, one by the jaw."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from aa_lift.mouth import ATLAS_HEIGHT, ATLAS_WIDTH
from aa_lift.regions import regions
from avatarartist_core.data import Floats

COLUMNS, ROWS = 25, 3
_HEIGHTS = (0.155, 0.135)  # head units of the upper and the lower card
_ARC = 1.32  # of the half width of the arch: arc length from the middle to the card's end


@dataclass(frozen=True, eq=False)
class Card:
    """One row of teeth.

    Attributes:
        points: (N, 3) at rest, head units.
        hold: (N, M) weights of the M teeth vertices of the mesh that carry it.
        teeth: (M,) those vertices.
    """

    points: Floats
    hold: Floats
    teeth: NDArray[np.int32]

    def moved(self, neutral: Floats, posed: Floats) -> Floats:
        """Carry the card from the (V, 3) neutral to the (V, 3) posed head."""
        return self.points + self.hold @ (posed[self.teeth] - neutral[self.teeth])


@cache
def card_faces() -> NDArray[np.int32]:
    """Return the triangles of a card, the same for both rows."""
    index = np.arange(ROWS * COLUMNS, dtype=np.int32).reshape(ROWS, COLUMNS)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    pairs = [np.stack([a, b, c], -1), np.stack([a, c, d], -1)]
    return np.ascontiguousarray(np.stack(pairs, 2).reshape(-1, 3))


@cache
def card_texels() -> Floats:
    """Return the (N, 2) atlas column and line of a card's points."""
    x, y = np.meshgrid(
        np.linspace(0, ATLAS_WIDTH - 1, COLUMNS), np.linspace(0, ATLAS_HEIGHT - 1, ROWS)
    )
    return np.stack([x.ravel(), y.ravel()], 1).astype(np.float32)


def make_cards(neutral: Floats) -> tuple[Card, Card]:
    """Stand the upper and the lower card where the personal head has its teeth."""
    upper, lower = regions().teeth
    return _card(neutral, upper, _HEIGHTS[0], below=False), _card(
        neutral, lower, _HEIGHTS[1], below=True
    )


def _card(neutral: Floats, teeth: NDArray[np.int32], height: float, *, below: bool) -> Card:
    row = neutral[teeth]
    low, high = row.min(0), row.max(0)
    half, depth = (high[0] - low[0]) / 2, high[2] - low[2]
    angle = _angles(half, depth)
    x = (low[0] + high[0]) / 2 + half * np.sin(angle)
    z = low[2] + depth * np.cos(angle)
    top = high[1] if below else low[1] + height
    y = top - height * np.linspace(0, 1, ROWS)
    points = np.stack(
        [np.tile(x, (ROWS, 1)), np.tile(y[:, None], (1, COLUMNS)), np.tile(z, (ROWS, 1))], -1
    ).reshape(-1, 3)
    squares = ((points[:, None] - row[None]) ** 2).sum(-1)
    hold = 1 / (squares + 1e-4) ** 2
    hold /= hold.sum(1, keepdims=True)
    return Card(points.astype(np.float32), hold.astype(np.float32), teeth)


def _angles(half: float, depth: float) -> NDArray[np.float64]:
    """Space the columns evenly along the arch; returns (COLUMNS,) radians, 0 in the middle."""
    fine = np.linspace(0, np.pi / 2, 200)
    steps = np.hypot(half * np.cos(fine), depth * np.sin(fine))
    arc = np.concatenate([[0], np.cumsum((steps[1:] + steps[:-1]) / 2 * np.diff(fine))])
    wanted = np.linspace(-1, 1, COLUMNS) * _ARC * half
    return np.asarray(np.sign(wanted) * np.interp(np.abs(wanted), arc, fine))
