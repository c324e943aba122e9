"""Brush strokes: the anisotropic Kuwahara filter paints along the forms and keeps their edges."""

import cv2
import numpy as np
from numba import njit

from aa_stylize.flow import edge_flow
from avatarartist_core.data import Floats

_SECTORS = 8
_SHARP = 8.0  # exponent that prefers the calmest sector
_HARD = 100.0  # of variances of pictures in [0, 1]
_ZERO_CROSSING = 0.58  # angle where a sector's weight ends, radians


def painted(picture: Floats, radius: float, *, elongation: float = 1.0) -> Floats:
    """Paint a picture in strokes.

    Kyprianidis, Semmo, Kang, Doellner, "Anisotropic Kuwahara Filtering with Polynomial Weighting
    Functions", 2010.

    Args:
        picture: (H, W, 3) in [0, 1].
        radius: half the width of a stroke in pixels.
        elongation: 1 is the paper's; less makes longer strokes on edges.
    """
    finer = min(1.0, 3.0 / radius)  # wide strokes look the same painted smaller, and take less
    height, width = picture.shape[:2]
    small = np.ascontiguousarray(picture, np.float32)
    if finer < 1:
        size = (max(2, round(width * finer)), max(2, round(height * finer)))
        small = cv2.resize(small, size, interpolation=cv2.INTER_AREA)
    flow = edge_flow(small * 255, max(1.0, 0.5 * radius * finer))
    strokes = _kuwahara(small, flow.tangent, flow.anisotropy, radius * finer, elongation)
    if finer < 1:
        strokes = cv2.resize(strokes, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(strokes, 0, 1)


def layered(picture: Floats, radius: float, detail: Floats) -> Floats:
    """Paint with a broad brush, then with one of a third its width where ``detail`` asks.

    Args:
        picture: (H, W, 3) in [0, 1].
        radius: half the width of a broad stroke in pixels.
        detail: (H, W) in [0, 1]: 1 where the fine brush paints.
    """
    broad = painted(picture, radius)
    fine = painted(picture, max(1.5, radius / 3))
    return broad + detail[..., None] * (fine - broad)


@njit(cache=True, fastmath=True)  # type: ignore[untyped-decorator]
def _kuwahara(
    picture: Floats, tangent: Floats, anisotropy: Floats, radius: float, elongation: float
) -> Floats:
    height, width, _ = picture.shape
    strokes = np.empty((height, width, 3), np.float32)
    zeta = 2.0 / radius
    eta = (zeta + np.cos(_ZERO_CROSSING)) / np.sin(_ZERO_CROSSING) ** 2
    half = np.float32(np.sqrt(0.5))
    means = np.empty((_SECTORS, 4), np.float32)
    squares = np.empty((_SECTORS, 3), np.float32)
    weights = np.empty(_SECTORS, np.float32)
    for row in range(height):
        for column in range(width):
            calm = anisotropy[row, column]
            a = radius * min(2.0, (elongation + calm) / elongation)
            b = radius * max(0.3, elongation / (elongation + calm))
            cos, sin = tangent[row, column, 0], tangent[row, column, 1]
            reach_x = int(np.sqrt(a * a * cos * cos + b * b * sin * sin))
            reach_y = int(np.sqrt(a * a * sin * sin + b * b * cos * cos))
            means[:] = 0
            squares[:] = 0
            for dy in range(-reach_y, reach_y + 1):
                for dx in range(-reach_x, reach_x + 1):
                    u = np.float32((cos * dx + sin * dy) / a)
                    v = np.float32((-sin * dx + cos * dy) / b)
                    inside = u * u + v * v
                    if inside > 1:
                        continue
                    y = min(max(row + dy, 0), height - 1)
                    x = min(max(column + dx, 0), width - 1)
                    for turn in range(2):  # straight sectors, then those turned by 45 degrees
                        if turn == 1:
                            u, v = half * (u - v), half * (u + v)
                        bent_u, bent_v = zeta - eta * u * u, zeta - eta * v * v
                        weights[turn] = max(0.0, v + bent_u) ** 2
                        weights[2 + turn] = max(0.0, -u + bent_v) ** 2
                        weights[4 + turn] = max(0.0, -v + bent_u) ** 2
                        weights[6 + turn] = max(0.0, u + bent_v) ** 2
                    total = np.float32(0)
                    for k in range(_SECTORS):
                        total += weights[k]
                    bell = np.exp(-3.125 * inside) / max(total, 1e-6)
                    red, green, blue = picture[y, x, 0], picture[y, x, 1], picture[y, x, 2]
                    for k in range(_SECTORS):
                        weight = weights[k] * bell
                        if weight == 0:
                            continue
                        means[k, 0] += red * weight
                        means[k, 1] += green * weight
                        means[k, 2] += blue * weight
                        means[k, 3] += weight
                        squares[k, 0] += red * red * weight
                        squares[k, 1] += green * green * weight
                        squares[k, 2] += blue * blue * weight
            red = green = blue = whole = np.float32(0)
            for k in range(_SECTORS):
                weight = max(means[k, 3], 1e-6)
                variance = np.float32(0)
                for c in range(3):
                    mean = means[k, c] / weight
                    variance += abs(squares[k, c] / weight - mean * mean)
                share = np.float32(1 / (1 + (_HARD * np.sqrt(variance) * 2.55) ** _SHARP * 1e-3))
                red += share * means[k, 0] / weight
                green += share * means[k, 1] / weight
                blue += share * means[k, 2] / weight
                whole += share
            strokes[row, column, 0] = red / whole
            strokes[row, column, 1] = green / whole
            strokes[row, column, 2] = blue / whole
    return strokes
