"""Screens of old machines: scan lines, glowing dots, the curve of the tube, a sunset to play in."""

import cv2
import numpy as np

from aa_stylize.colour import blur, colour, ramp, smoothstep
from avatarartist_core.data import Floats


def tube(picture: Floats, pitch: float, strength: float = 0.22) -> Floats:
    """Show a picture on a cathode-ray tube.

    Args:
        picture: (H, W, 3) RGB in [0, 1].
        pitch: pixels from one scan line to the next.
        strength: share of light lost between the lines.
    """
    height, width = picture.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    wave = 0.5 + 0.5 * np.cos(2 * np.pi * y / pitch)
    # Bright dots bloom over the gaps between the lines.
    light = picture.max(-1)
    lines = 1 - strength * (1 - wave) * (1 - 0.5 * light)
    glow = blur(np.clip(picture - 0.45, 0, 1), 2.2 * pitch)
    corners = np.hypot((x / width - 0.5) * 1.25, (y / height - 0.5) * 1.25)
    shade = 1 - 0.75 * smoothstep(corners, 0.52, 0.95)
    shown = (picture * lines[..., None] * 1.06 + 0.45 * glow) * shade[..., None]
    return np.asarray(np.clip(shown, 0, 1), np.float32)


def sunset(side: int, unit: float, middle: Floats) -> Floats:
    """Paint the sky of a racing game: a striped sun behind the head, a grid of light below.

    Args:
        side: of the picture in pixels.
        unit: pixels of a head unit.
        middle: (2,) pixel x, y of the head.

    Returns:
        (side, side, 3) RGB in [0, 1].
    """
    y, x = np.mgrid[:side, :side].astype(np.float32)
    horizon = float(min(middle[1] + 1.0 * unit, 0.80 * side))
    sky = ramp(
        y / horizon,
        (
            (0.0, "#1a0b3d"),
            (0.35, "#5a1a86"),
            (0.65, "#d42a8c"),
            (0.88, "#ff7a4e"),
            (1.0, "#ffc857"),
        ),
    )
    sun_y, radius = horizon - 1.05 * unit, 1.55 * unit
    away = np.hypot(x - middle[0], y - sun_y)
    disc = np.clip(radius - away, 0, 1)
    low = (y - sun_y) / radius  # from -1 at the top of the sun to 1
    gaps = (np.mod(low * 7.0, 1.0) < np.clip(0.15 + 0.35 * low, 0, 0.5)) & (low > -0.25)
    sun = ramp((low + 1) / 2, ((0.0, "#fff27a"), (0.5, "#ffb03a"), (1.0, "#ff3d81")))
    painted = sky + (sun - sky) * (disc * ~gaps)[..., None]
    ground = _grid(x, y, horizon, unit, float(middle[0]))
    return np.where((y < horizon)[..., None], painted, ground).astype(np.float32)


def _grid(x: Floats, y: Floats, horizon: float, unit: float, centre: float) -> Floats:
    """Draw the plane that runs to the horizon."""
    depth = unit * 0.55 / np.maximum(y - horizon, 0.5)
    across = np.abs(np.mod((x - centre) / unit * depth * 2.2 + 0.5, 1) - 0.5)
    along = np.abs(np.mod(depth * 2.2, 1) - 0.5)
    thick = 0.05 + 0.02 * depth
    line = np.maximum(across < thick, along < thick).astype(np.float32)
    return colour("#16092e") + (colour("#ff4fd8") - colour("#16092e")) * line[..., None]


def thick_outline(share: Floats, width: float) -> Floats:
    """Draw the outline just outside a (P, P) share, ``width`` pixels wide; (P, P) in [0, 1]."""
    size = 2 * max(1, round(width)) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    return np.asarray(np.clip(cv2.dilate(share, kernel) - share, 0, 1), np.float32)
