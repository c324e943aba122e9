"""Colours of single points: light on a surface, eyeballs, teeth, cloth. For compiled loops."""

import numpy as np
from numba import njit

from avatarartist_core.data import Floats


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")  # type: ignore[untyped-decorator]
def step(low: float, high: float, value: float) -> float:
    """Go smoothly from 0 at ``low`` to 1 at ``high``."""
    at = min(max((value - low) / (high - low), 0.0), 1.0)
    return at * at * (3.0 - 2.0 * at)


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")  # type: ignore[untyped-decorator]
def sky_at(sky: Floats, c: int, x: float, y: float, z: float) -> float:
    """Return the irradiance of channel ``c`` for a normal: second-order spherical harmonics."""
    return max(
        sky[0, c] + sky[1, c] * y + sky[2, c] * z + sky[3, c] * x
        + sky[4, c] * x * y + sky[5, c] * y * z + sky[6, c] * (3 * z * z - 1)
        + sky[7, c] * x * z + sky[8, c] * (x * x - y * y),
        0.05,
    )  # fmt: skip


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")  # type: ignore[untyped-decorator]
def gleam(nx: float, ny: float, nz: float, key: Floats, eye: Floats, doublings: int) -> float:
    """Return Blinn and Phong's highlight of the key light, its exponent 2 to the ``doublings``.

    ``eye`` points to the viewer.
    """
    hx, hy, hz = key[0] + eye[0], key[1] + eye[1], key[2] + eye[2]
    length = np.sqrt(hx * hx + hy * hy + hz * hz) + 1e-6
    shine = max((nx * hx + ny * hy + nz * hz) / length, 0.0)
    for _ in range(doublings):
        shine *= shine
    return shine


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")  # type: ignore[untyped-decorator]
def eyeball(x: float, y: float, z: float, eyes: Floats, out: Floats) -> None:
    """Write the colour of an eyeball where it points along the unit vector (x, y, z)."""
    away = np.sqrt(x * x + y * y) * 0.163 if z > 0 else 1.0
    iris, pupil, limbus, veins = eyes[9], eyes[10], eyes[11], eyes[12]
    angle = np.arctan2(y, x)
    inside = 1.0 - step(iris - 0.003, iris + 0.004, away)
    rays = 0.5 + 0.25 * np.sin(angle * 17 + eyes[13]) + 0.25 * np.sin(angle * 41 + eyes[14])
    towards = step(pupil, iris, away)
    dark = 1.0 - limbus * step(iris * 0.72, iris * 1.0, away)
    hole = 1.0 - step(pupil - 0.003, pupil + 0.003, away)
    red = veins * step(0.07, 0.15, away) * (0.6 + 0.4 * np.sin(angle * 9 + eyes[14]))
    for c in range(3):
        colour = (eyes[3 + c] + (eyes[c] - eyes[3 + c]) * towards) * (0.7 + 0.5 * rays) * dark
        colour += (0.004 - colour) * hole
        white = eyes[6 + c] * (1.0 if c == 0 else 1.0 - 0.35 * red)
        out[c] = white + (colour - white) * inside


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")  # type: ignore[untyped-decorator]
def tooth(x: float, y: float, z: float, upper: bool, enamel: Floats, out: Floats) -> None:
    """Write the colour of a tooth or its gum at a point of the mean head."""
    along = abs(0.24 * np.arctan2(x, z + 0.06))
    gap = 1.0
    last = 0.0
    for edge in (0.0, 0.085, 0.15, 0.225, 0.295, 0.365):
        gap = min(gap, abs(along - edge))
        if along > edge:
            last = edge
    bow = min((along - last) / 0.07, 1.0)
    bow = 4 * bow * (1 - bow)
    line = 1.0 - 0.45 * (1.0 - step(0.0, 0.012, gap))
    gum = step(-0.59, -0.575, y - 0.016 * bow) if upper else step(0.745, 0.76, -y - 0.016 * bow)
    pink = (0.42, 0.16, 0.15)
    for c in range(3):
        white = enamel[c] * line
        out[c] = white + (pink[c] - white) * gum


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")  # type: ignore[untyped-decorator]
def below_collar(x: float, y: float, z: float, cloth: Floats) -> float:
    """Return how far (head units) a point of the mean head lies below the collar's edge."""
    height = cloth[0] - cloth[1] * (z + 0.7)
    if z > -0.7:
        height -= cloth[2] * max(1.0 - abs(x) / cloth[3], 0.0)
    return height - y


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")  # type: ignore[untyped-decorator]
def fabric(x: float, y: float, z: float, below: float, cloth: Floats, out: Floats) -> None:
    """Write the colour of cloth at a point of the mean head, ``below`` its collar's edge."""
    pattern, size = int(cloth[11]), cloth[12]
    second = 0.0
    if pattern == 1:
        second = 1.0 if np.sin(y * 6.2832 / size) > 0 else 0.0
    elif pattern == 2:
        second = 1.0 if np.sin(np.arctan2(x, z + 1.2) * 9.0 / size) > 0.4 else 0.0
    elif pattern == 3:
        across = 0.5 if np.sin(x * 6.2832 / size) > 0.3 else 0.0
        second = across + (0.5 if np.sin(y * 6.2832 / size) > 0.3 else 0.0)
    elif pattern == 4:
        second = 0.2 + 0.2 * np.sin(np.arctan2(x, z + 1.2) * 40.0) * np.sin(y * 26.0)
    if below < cloth[4]:
        second = 1.0
    fold = 1.0 - 0.5 * (1.0 - step(0.0, 0.03, below))
    for c in range(3):
        out[c] = (cloth[5 + c] + (cloth[8 + c] - cloth[5 + c]) * second) * fold


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")  # type: ignore[untyped-decorator]
def shown(value: float) -> float:
    """Turn linear light into a display value: the square root, bending gently below white."""
    root = np.sqrt(max(value, 0.0))
    if root > 0.7:
        root = 0.7 + 0.3 * (1.0 - np.exp((0.7 - root) / 0.3))
    return root
