"""How a cartoon is drawn: texture painted over, lightness in steps, lines where tones meet.

Pictures inside are (H, W, 3) float32 CIELAB with lightness in [0, 100].
"""

import cv2
import numpy as np

from avatarartist_core.data import Floats, Picture

_INK = np.array([34, 22, 30], np.float32) / 255
_PASSES = 4
_RANGE = 9.0  # differences of tone below this are texture, above it edges
_FINER = 2
_CONTRAST = 1.3  # lightness that a line must be darker than its surroundings
_LIGHT = 72.0  # lightness above which nothing is inked: gaps between teeth are no lines
_WIDER = 1.6  # of the two blurs whose difference finds lines, as in the eye


def painted(picture: Picture, unit: float, smoothing: float) -> Floats:
    """Paint texture over and keep edges, by repeated bilateral filtering.

    Args:
        picture: (H, W, 3) uint8 RGB.
        unit: pixels of a head unit.
        smoothing: 0 keeps the picture, 1 paints over skin and hair texture.

    Returns:
        (H, W, 3) CIELAB.
    """
    lab = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    if smoothing == 0:
        return lab
    side = max(1.0, 0.02 * unit)
    # Wide strokes are filtered on a smaller picture: the same look at a fraction of the time.
    finer = min(1.0, 2.5 / side)
    height, width = picture.shape[:2]
    small = (max(1, round(width * finer)), max(1, round(height * finer)))
    flat = cv2.resize(lab, small, interpolation=cv2.INTER_AREA)
    for _ in range(_PASSES):
        flat = cv2.bilateralFilter(flat, 0, _RANGE * smoothing, side * finer)
    if finer == 1.0:
        return flat
    flat = cv2.resize(flat, (width, height), interpolation=cv2.INTER_CUBIC)
    # Put the edges of the full picture back where the small one blurred them.
    return cv2.bilateralFilter(flat + _detail(lab, flat), 0, _RANGE * smoothing, 2.0)


def posterised(lab: Floats, tones: int, colour: float) -> Floats:
    """Bring lightness into soft steps, colour up.

    Returns:
        (H, W, 3) RGB in [0, 1].
    """
    step = 100 / tones
    lightness = lab[..., 0]
    tone = np.round(lightness / step) * step
    off = (lightness - tone) / step  # in [-0.5, 0.5], steep where it changes sign
    flat = lab.copy()
    flat[..., 0] = np.clip(2 + 0.98 * (tone + step * 4 * off**3), 0, 100)
    flat[..., 1:] *= colour
    return np.clip(cv2.cvtColor(flat, cv2.COLOR_LAB2RGB), 0, 1)


def inked(colours: Floats, lab: Floats, unit: float, line_width: float, strength: float) -> Picture:
    """Draw ink where the smoothed picture has a dark line or an edge (extended DoG).

    Args:
        colours: (H, W, 3) RGB in [0, 1] to draw on.
        lab: the smoothed picture that says where lines are.
        unit: pixels of a head unit.
        line_width: 1 is a pen that suits the head.
        strength: 1 is solid ink.

    Returns:
        (H, W, 3) uint8 RGB.
    """
    height, width = lab.shape[:2]
    fine = (_FINER * width, _FINER * height)  # lines are found on a finer grid, so edges are soft
    lightness = cv2.resize(np.ascontiguousarray(lab[..., 0]), fine, interpolation=cv2.INTER_CUBIC)
    sigma = max(0.6, 0.011 * unit * line_width) * _FINER
    near = cv2.GaussianBlur(lightness, (0, 0), sigma)
    around = cv2.GaussianBlur(lightness, (0, 0), _WIDER * sigma)
    line = np.clip(np.tanh(1.2 * (around - near - _CONTRAST)), 0, 1)
    line *= np.clip((_LIGHT - lightness) / 20, 0, 1)
    line = cv2.resize(line, (width, height), interpolation=cv2.INTER_AREA) * strength
    drawn = colours + line[..., None] * (_INK - colours)
    return np.round(drawn * 255).astype(np.uint8)


def _detail(lab: Floats, flat: Floats) -> Floats:
    """Return what is missing from ``flat`` where it is strong enough to be an edge."""
    missing = lab - flat
    size = np.linalg.norm(missing, axis=-1, keepdims=True)
    return missing * np.clip(size / _RANGE - 1, 0, 1)
