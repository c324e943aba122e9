"""Lines where tones meet: the flow-based extended difference of Gaussians."""

from dataclasses import dataclass

import cv2
import numpy as np
from numba import njit

from aa_stylize.flow import Flow, edge_flow, sampled, smooth_along
from avatarartist_core.data import Floats

_WIDER = 1.6  # of the two Gaussians whose difference finds lines, as in the eye


@dataclass(frozen=True)
class Pen:
    """How lines are drawn; lengths in pixels.

    Attributes:
        width: sigma of the finer Gaussian across the line.
        length: sigma of the smoothing along the line: longer is calmer.
        contrast: lightness (in [0, 100]) a line must be darker than around it.
        softness: lightness from the first grey to full black.
    """

    width: float
    length: float
    contrast: float = 1.0
    softness: float = 2.0


def drawn_lines(lightness: Floats, flow: Flow, pen: Pen) -> Floats:
    """Find dark lines and the dark sides of edges.

    Winnemoeller, Kyprianidis, Olsen, "XDoG", 2012, section 2.3-2.4 (flow-guided, soft threshold).

    Args:
        lightness: (H, W) in [0, 100].
        flow: its directions.
        pen: widths and thresholds.

    Returns:
        (H, W) ink in [0, 1], 0 on flat ground.
    """
    across = _across(
        np.ascontiguousarray(lightness, np.float32),
        flow.tangent,
        _bell(pen.width, 2.5 * _WIDER * pen.width),
        _bell(_WIDER * pen.width, 2.5 * _WIDER * pen.width),
    )
    across = smooth_along(across, flow.tangent, pen.length)
    return np.clip((across - pen.contrast) / pen.softness, 0, 1)


def line_flow(lab: Floats, unit: float, spread: float = 0.03) -> Flow:
    """Return the flow that suits lines on a head of ``unit`` pixels a head unit."""
    return edge_flow(lab, max(1.0, spread * unit))


def cleared(ink: Floats, least: int, threshold: float = 0.35) -> Floats:
    """Take away specks: connected ink of fewer than ``least`` pixels, and its grey rim.

    Args:
        ink: (H, W) in [0, 1].
        least: pixels of the smallest mark that stays.
        threshold: ink from here on counts as connected.
    """
    marked = (ink > threshold).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(marked, connectivity=8)
    large = stats[:, cv2.CC_STAT_AREA] >= least
    large[0] = False
    kept = cv2.dilate(large[labels].astype(np.uint8), np.ones((5, 5), np.uint8))
    return ink * kept.astype(np.float32)


def _bell(sigma: float, reach: float) -> Floats:
    """Return one side of a Gaussian, normalised over both sides, out to ``reach`` pixels."""
    half = np.exp(-0.5 * (np.arange(int(np.ceil(reach)) + 1) / sigma) ** 2)
    return (half / (2 * half.sum() - half[0])).astype(np.float32)


@njit(cache=True, fastmath=True)  # type: ignore[untyped-decorator]
def _across(values: Floats, tangent: Floats, near: Floats, wide: Floats) -> Floats:
    """Take the wide from the near mean across the flow: positive where darker than around."""
    height, width = values.shape
    difference = np.empty((height, width), np.float32)
    for row in range(height):
        for column in range(width):
            nx, ny = -tangent[row, column, 1], tangent[row, column, 0]
            total = values[row, column] * (wide[0] - near[0])
            for step in range(1, len(near)):
                pair = sampled(values, column + step * nx, row + step * ny) + sampled(
                    values, column - step * nx, row - step * ny
                )
                total += pair * (wide[step] - near[step])
            difference[row, column] = total
    return difference
