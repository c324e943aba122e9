"""Few colours: palettes found in a picture or given, and pictures brought down to them."""

import cv2
import numpy as np
from numpy.typing import NDArray

from aa_stylize.colour import to_lab, to_rgb
from avatarartist_core.data import Floats

BAYER = np.array(
    [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32
) / 16 - np.float32(15 / 32)
"""The ordered dither of four by four in [-0.5, 0.5)."""


def found_palette(
    lab: Floats, count: int, rng: np.random.Generator, weight: Floats | None = None
) -> Floats:
    """Find the colours of a picture by k-means in Lab, k-means++ start.

    Args:
        lab: (..., 3) colours.
        count: how many.
        rng: the chance of the start and of the samples.
        weight: (...) of each colour, so that eyes and lips keep theirs; None: all alike.

    Returns:
        (count, 3) Lab, darkest first.
    """
    colours = lab.reshape(-1, 3)
    share = None
    if weight is not None:
        share = weight.reshape(-1).astype(np.float64)
        share = share / share.sum()
    taken = colours[rng.choice(len(colours), min(4000, 4 * len(colours)), p=share)]
    centres = taken[:1]
    nearest = _squares(taken, centres)[:, 0]
    for _ in range(count - 1):
        chance = nearest.astype(np.float64) + 1e-9
        chosen = taken[rng.choice(len(taken), p=chance / chance.sum())][None]
        centres = np.concatenate([centres, chosen])
        nearest = np.minimum(nearest, _squares(taken, chosen)[:, 0])
    for _ in range(12):
        label = _squares(taken, centres).argmin(1)
        size = np.bincount(label, minlength=count)[:, None]
        sums = np.stack([np.bincount(label, taken[:, c], count) for c in range(3)], axis=1)
        centres = np.where(size > 0, sums / np.maximum(size, 1), centres)
    return centres[np.argsort(centres[:, 0])].astype(np.float32)


def nearest_colours(lab: Floats, palette: Floats) -> NDArray[np.intp]:
    """Return the (H, W) number of the palette's colour that is nearest to each of (H, W, 3)."""
    return _squares(lab.reshape(-1, 3), palette).argmin(1).reshape(lab.shape[:2])


def dithered(lab: Floats, palette: Floats, amount: Floats | float) -> Floats:
    """Bring a picture down to a palette with ordered dithering.

    Args:
        lab: (H, W, 3) one value a dot.
        palette: (N, 3) Lab.
        amount: (H, W) or one for all: lightness from end to end of the dither; 0 is none.

    Returns:
        (H, W, 3) RGB of at most N colours.
    """
    height, width = lab.shape[:2]
    pattern = np.tile(BAYER, (height // 4 + 1, width // 4 + 1))[:height, :width]
    shifted = lab.copy()
    shifted[..., 0] += amount * pattern
    return to_rgb(palette)[nearest_colours(shifted, palette)]


def steps(lightness: Floats, levels: tuple[float, ...], softness: float) -> Floats:
    """Count how many of the rising ``levels`` a lightness has passed, each edge a soft ramp."""
    passed = [np.clip(0.5 + (lightness - level) / softness, 0, 1) for level in levels]
    return np.asarray(sum(passed), np.float32)


def blocks(picture: Floats, block: int) -> Floats:
    """Average a picture over squares of ``block`` pixels; what is left over is shared out.

    Returns:
        (H // block, W // block, C)
    """
    height, width = picture.shape[:2]
    size = (max(1, width // block), max(1, height // block))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def enlarged(dots: Floats, height: int, width: int) -> Floats:
    """Draw one square of pixels a dot."""
    return cv2.resize(dots, (width, height), interpolation=cv2.INTER_NEAREST)


def read_palette(colours: tuple[str, ...]) -> Floats:
    """Read ``"#rrggbb"`` colours; returns (N, 3) Lab."""
    rgb = np.array(
        [[int(text.lstrip("#")[k : k + 2], 16) for k in (0, 2, 4)] for text in colours], np.float32
    )
    return to_lab(rgb / np.float32(255))


def _squares(colours: Floats, centres: Floats) -> Floats:
    """Return the (N, K) squared distances."""
    return (
        (colours**2).sum(1)[:, None] + (centres**2).sum(1)[None] - 2 * colours @ centres.T
    ).clip(0)
