"""Takes the portrait's own teeth, where it shows them, into the upper row of the mouth."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from aa_lift.eyes import eye_mask
from aa_lift.jaws import COLUMNS, ROWS, make_cards
from aa_lift.mouth import ATLAS_HEIGHT, ATLAS_WIDTH, EDGE, inner_lips
from avatarartist_core.data import Floats, HeadFit, Picture

_OPEN = 0.06  # area of the opening over its width squared, below which too little shows
_FILLED = 0.4  # share of the opening that has to be teeth


@dataclass(frozen=True, eq=False)
class OwnTeeth:
    """What the portrait shows of its teeth.

    Attributes:
        colour: (3,) RGB of a tooth.
        where: (P, P) bool, the pixels of upper teeth.
        lift: head units that the upper row has to stand higher to bite where the portrait does.
    """

    colour: Floats
    where: NDArray[np.bool_]
    lift: float


def find_teeth(
    picture: Picture, landmarks: Floats, fit: HeadFit, neutral: Floats
) -> OwnTeeth | None:
    """Look for upper teeth between the inner lips; None when the portrait shows none."""
    ring = inner_lips(landmarks)
    opening = eye_mask(picture.shape[:2], ring)
    width = float(np.linalg.norm(ring[0] - ring[10]))
    if opening.sum() < max(_OPEN * width**2, 24):
        return None
    colours = picture.astype(np.float32)
    light = colours.mean(2)
    inside = light[opening]
    bright, deep = np.percentile(inside, [85, 8])
    redness = colours[..., 0] - colours[..., 1:].mean(2)
    red = redness[opening]
    pale = redness < np.percentile(red, 25) + max(0.14 * bright, 12)
    tooth = opening & (light > max(0.5 * (bright + deep), 0.55 * bright)) & pale
    skin = landmarks[[50, 280, 205, 425], :2].round().astype(int).clip(0, len(picture) - 1)
    if (
        tooth.sum() < _FILLED * opening.sum()
        or bright < 0.75 * light[skin[:, 1], skin[:, 0]].mean()
    ):
        return None
    tooth = _first_run(tooth, opening)
    middle = _biting_row(tooth, ring)
    if middle is None:
        return None
    column, row = middle
    colour = np.median(colours[tooth & (light >= np.median(light[tooth]))], 0)
    return OwnTeeth(colour.astype(np.float32), tooth, _lift(row, column, fit, neutral))


def own_row(picture: Picture, teeth: OwnTeeth, drawn: Picture, at: Floats, gum: Floats) -> Picture:
    """Fill the upper row with the portrait's teeth, continued under the lips.

    Args:
        picture: (P, P, 3).
        teeth: what the portrait shows.
        drawn: (ATLAS_HEIGHT, ATLAS_WIDTH, 4) painted row, for what the portrait does not show.
        at: (ATLAS_HEIGHT, ATLAS_WIDTH, 2) pixel of the portrait under each texel.
        gum: (3,) RGB.
    """
    x, y = np.ascontiguousarray(at[..., 0]), np.ascontiguousarray(at[..., 1])
    seen = cv2.remap(teeth.where.astype(np.float32), x, y, cv2.INTER_LINEAR) > 0.5
    colours = cv2.remap(picture, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    if not seen.any():
        return drawn
    height = np.arange(ATLAS_HEIGHT)[:, None]
    columns = np.nonzero(seen.any(0))[0]
    first = np.interp(np.arange(ATLAS_WIDTH), columns, seen.argmax(0)[columns])
    last = ATLAS_HEIGHT - 1 - seen[::-1].argmax(0)
    edge = np.interp(np.arange(ATLAS_WIDTH), columns, last[columns])
    beyond = np.maximum(columns[0] - np.arange(ATLAS_WIDTH), np.arange(ATLAS_WIDTH) - columns[-1])
    edge = _smooth(np.maximum(edge - 0.12 * np.clip(beyond, 0, None), 0.5 * ATLAS_HEIGHT))
    first = _smooth(first)
    texel = float(np.linalg.norm(at[-1, ATLAS_WIDTH // 2] - at[0, ATLAS_WIDTH // 2])) / ATLAS_HEIGHT
    lip = 1.7 / max(texel, 1e-3)  # texels that may hold colour of the lips
    across = float(np.linalg.norm(at[64, 257] - at[64, 256]))
    corner = round(1.7 / max(across, 1e-3))
    # Above the lip's line and beyond the corners teeth go on as their nearest seen texels do.
    held = np.clip(height, np.minimum(first + lip, edge - lip - 1), edge - lip)
    nearest = np.clip(
        np.arange(ATLAS_WIDTH), columns[0] + corner, max(columns[-1] - corner, columns[0] + corner)
    )
    rows = np.broadcast_to(held, (ATLAS_HEIGHT, ATLAS_WIDTH)).astype(int)
    row = colours[rows, np.broadcast_to(nearest, rows.shape)].astype(np.float32)
    unseen = np.clip((np.abs(height - held) - 2) / 8, 0, 1)[..., None]
    row = row * (1 - unseen) + cv2.GaussianBlur(row, (0, 0), 9, sigmaY=0.1) * unseen
    blend = np.clip(beyond / 24, 0, 1)[None, :, None]
    row = row * (1 - blend) + drawn[..., :3] * blend
    gum_line = edge - 0.72 * ATLAS_HEIGHT
    above = np.clip((gum_line + 4 - height) / 8, 0, 1)[..., None]
    row = row * (1 - above) + gum * above
    alpha = np.clip((edge + 1 - height) / 3, 0, 1)[..., None] * 255
    return np.clip(np.concatenate([row, alpha], -1) + 0.5, 0, 255).astype(np.uint8)


def _smooth(line: Floats) -> Floats:
    """Even out a (ATLAS_WIDTH,) line, whose steps are those of the portrait's pixels."""
    return cv2.GaussianBlur(line[None].astype(np.float32), (0, 0), 14)[0]


def texel_places(fit: HeadFit, neutral: Floats, head: Floats, jaw: float, lift: float) -> Floats:
    """Return the (ATLAS_HEIGHT, ATLAS_WIDTH, 2) pixels of the portrait under the upper row."""
    card = make_cards(neutral, lift)[0]
    grid = fit.project(card.moved(neutral, head, jaw))[:, :2].reshape(ROWS, COLUMNS, 2)
    across = np.linspace(0, COLUMNS - 1, ATLAS_WIDTH)
    down = np.linspace(0, ROWS - 1, ATLAS_HEIGHT)
    i, j = np.minimum(down.astype(int), ROWS - 2), np.minimum(across.astype(int), COLUMNS - 2)
    u, v = (across - j)[None, :, None], (down - i)[:, None, None]
    top = grid[i][:, j] * (1 - u) + grid[i][:, j + 1] * u
    low = grid[i + 1][:, j] * (1 - u) + grid[i + 1][:, j + 1] * u
    return (top * (1 - v) + low * v).astype(np.float32)


def _first_run(tooth: NDArray[np.bool_], opening: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Keep in each column what lies above the first clear gap: the upper teeth."""
    kept = np.zeros_like(tooth)
    for column in np.nonzero(opening.any(0))[0]:
        rows = np.nonzero(opening[:, column])[0]
        run = tooth[rows, column]
        started = run.argmax() if run.any() else len(rows)
        gap = max(2, round(0.12 * len(rows)))
        stop = len(rows)
        for k in range(started, len(rows) - gap + 1):
            if not run[k : k + gap].any():
                stop = k
                break
        kept[rows[:stop], column] = tooth[rows[:stop], column]
    kept = cv2.morphologyEx(kept.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3))) > 0
    return kept & opening


def _biting_row(tooth: NDArray[np.bool_], ring: Floats) -> tuple[float, float] | None:
    """Return the pixel column and row of the biting edge in the middle of the mouth."""
    middle = float((ring[5, 0] + ring[15, 0]) / 2)
    reach = max(2.0, 0.12 * float(np.linalg.norm(ring[0] - ring[10])))
    columns = np.arange(round(middle - reach), round(middle + reach) + 1)
    columns = columns[(columns >= 0) & (columns < tooth.shape[1])]
    lowest = [np.nonzero(tooth[:, c])[0].max() for c in columns if tooth[:, c].any()]
    return (middle, float(np.median(lowest))) if lowest else None


def _lift(row: float, column: float, fit: HeadFit, neutral: Floats) -> float:
    """Compare where the portrait bites with where the upper card does."""
    card = make_cards(neutral)[0]
    grid = fit.project(card.points).reshape(ROWS, COLUMNS, 3)
    edge = grid[0, COLUMNS // 2] * (1 - EDGE) + grid[-1, COLUMNS // 2] * EDGE
    return float(np.clip((edge[1] - row) / fit.scale, -0.12, 0.12))
