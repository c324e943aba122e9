"""Pictures in pieces: cells as large as each place asks, that no contour cuts through."""

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from avatarartist_core.data import Floats

Labels = NDArray[np.int32]

_APART = 0.8  # least distance of two seeds, in sizes of a cell


def cells(
    lab: Floats,
    parts: Labels,
    size: Floats,
    rng: np.random.Generator,
    *,
    colour: float = 0.02,
    rounds: int = 4,
) -> Labels:
    """Cut a picture into cells that follow its colours and stay within its parts.

    Seeds as Poisson discs of varying radius; then k-means over place and colour as in SLIC
    (Achanta et al. 2012), with each place's own size in stead of one for all.

    Args:
        lab: (H, W, 3).
        parts: (H, W) number of the part each pixel is of; no cell is in two.
        size: (H, W) width of a cell in pixels.
        rng: the chance of the seeds.
        colour: weight of a squared difference of Lab against one of a cell's width.
        rounds: of k-means.

    Returns:
        (H, W) number of the cell, from 0.
    """
    height, width = parts.shape
    lab = np.ascontiguousarray(lab, np.float32)
    parts = np.ascontiguousarray(parts, np.int32)
    order = rng.permutation(height * width).astype(np.int32)
    seeds = _scattered(parts, np.ascontiguousarray(size * _APART, np.float32), order)
    rows, columns = np.divmod(seeds, width)
    reach, part = size[rows, columns].astype(np.float32), parts[rows, columns]
    centres = np.concatenate(
        [np.stack([columns, rows], 1), lab[rows, columns]], 1, dtype=np.float32
    )
    for _ in range(rounds):
        labels = _assigned(lab, parts, centres, reach, part, np.float32(colour))
        centres = _moved(lab, labels, centres)
    return _completed(labels, parts)


def cell_means(values: Floats, labels: Labels) -> Floats:
    """Return the (N, C) means of (H, W, C) values over each cell."""
    flat, count = labels.ravel(), int(labels.max()) + 1
    number = np.maximum(np.bincount(flat, minlength=count), 1)
    columns = values.reshape(len(flat), -1)
    sums = [np.bincount(flat, columns[:, k], count) for k in range(columns.shape[1])]
    return (np.stack(sums, axis=1) / number[:, None]).astype(np.float32)


def borders(labels: Labels) -> NDArray[np.bool_]:
    """Mark the (H, W) pixels whose right or lower neighbour is of another cell."""
    marked = np.zeros(labels.shape, bool)
    marked[:, :-1] |= labels[:, :-1] != labels[:, 1:]
    marked[:-1] |= labels[:-1] != labels[1:]
    return marked


def leads(labels: Labels, width: float) -> Floats:
    """Draw soft-edged strips of ``width`` pixels along the borders, thicker where they meet.

    Returns:
        (H, W) in [0, 1]: 1 in the middle of a strip.
    """
    line = borders(labels).astype(np.float32)
    sigma = max(0.6, width / 2)
    spread = cv2.GaussianBlur(line, (0, 0), sigma) * (sigma * np.float32(np.sqrt(2 * np.pi)))
    # A straight border of one pixel spreads to a bell of height 1: half its height is its width.
    return np.clip((spread - 0.35) / 0.35, 0, 1).astype(np.float32)


@njit(cache=True)  # type: ignore[untyped-decorator]
def _scattered(parts: Labels, apart: Floats, order: NDArray[np.int32]) -> NDArray[np.int32]:
    """Throw darts in the given order; each keeps others of its part away."""
    height, width = parts.shape
    taken = np.zeros((height, width), np.bool_)
    seeds = np.empty(height * width, np.int32)
    count = 0
    for place in order:
        row, column = place // width, place % width
        if taken[row, column]:
            continue
        seeds[count] = place
        count += 1
        reach = apart[row, column]
        for y in range(max(0, int(row - reach)), min(height, int(row + reach) + 2)):
            for x in range(max(0, int(column - reach)), min(width, int(column + reach) + 2)):
                near = (y - row) ** 2 + (x - column) ** 2 <= reach * reach
                if near and parts[y, x] == parts[row, column]:
                    taken[y, x] = True
    return seeds[:count]


@njit(cache=True)  # type: ignore[untyped-decorator]
def _assigned(
    lab: Floats,
    parts: Labels,
    centres: Floats,
    reach: Floats,
    part: Labels,
    colour: np.float32,
) -> Labels:
    """Give each pixel the nearest centre of its part within two cells; -1 where there is none."""
    height, width = parts.shape
    labels = np.full((height, width), -1, np.int32)
    nearest = np.full((height, width), np.float32(1e30), np.float32)
    for k in range(len(centres)):
        x0, y0, r = centres[k, 0], centres[k, 1], 2 * reach[k]
        for y in range(max(0, int(y0 - r)), min(height, int(y0 + r) + 1)):
            for x in range(max(0, int(x0 - r)), min(width, int(x0 + r) + 1)):
                if parts[y, x] != part[k]:
                    continue
                away = ((x - x0) ** 2 + (y - y0) ** 2) / (reach[k] * reach[k])
                apart = np.float32(0)
                for c in range(3):
                    apart += (lab[y, x, c] - centres[k, 2 + c]) ** 2
                away += colour * apart / 4
                if away < nearest[y, x]:
                    nearest[y, x] = away
                    labels[y, x] = k
    return labels


def _moved(lab: Floats, labels: Labels, centres: Floats) -> Floats:
    """Put each centre at the mean of its pixels; a centre without pixels stays."""
    y, x = np.mgrid[: labels.shape[0], : labels.shape[1]].astype(np.float32)
    values = np.concatenate([x[..., None], y[..., None], lab], axis=-1)
    inside = labels >= 0
    means = cell_means(values[inside], labels[inside])
    found = np.zeros(len(centres), bool)
    found[np.unique(labels[inside])] = True
    moved = centres.copy()
    moved[: len(means)][found[: len(means)]] = means[found[: len(means)]]
    return moved


def _completed(labels: Labels, parts: Labels) -> Labels:
    """Give pixels without a cell the nearest one, and number the cells that are left."""
    bare = labels < 0
    if bare.any() and not bare.all():
        _, nearest = cv2.distanceTransformWithLabels(
            bare.astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
        )
        of_place = np.zeros(int(nearest.max()) + 1, np.int32)
        of_place[nearest[~bare]] = labels[~bare]
        labels = of_place[nearest]
    _, numbered = np.unique(labels, return_inverse=True)
    return numbered.reshape(parts.shape).astype(np.int32)
