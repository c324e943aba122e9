"""Paints the inside of the mouth in the picture's own tones: teeth, gums, tongue, cavity."""

from dataclasses import dataclass

import cv2
import numpy as np

from aa_lift.eyes import eye_mask
from aa_lift.regions import LEFT_EYE, LOWER_LIP, OUTER_LIPS, RIGHT_EYE, UPPER_LIP
from avatarartist_core.data import Floats, Picture

ATLAS_WIDTH, ATLAS_HEIGHT = 512, 128
"""Texels of one row of teeth."""
EDGE = 0.94
"""Height of the middle teeth's biting edge, from the gum's side of a row, of the row's height."""
_UPPER_WIDTHS = (8.6, 6.8, 7.6, 7.0, 7.0, 10.0)  # millimetres, from the middle
_LOWER_WIDTHS = (5.4, 5.9, 6.8, 7.0, 7.1, 10.5)
_UPPER_LENGTHS = (1.0, 0.92, 0.98, 0.88, 0.84, 0.80)  # of the row's height
_LOWER_LENGTHS = (0.92, 0.94, 1.0, 0.92, 0.86, 0.80)
_ENAMEL_TINT = np.array([0.015, 0.01, -0.04], np.float32)  # of living faces: a little ivory


@dataclass(frozen=True, eq=False)
class Palette:
    """Colours of a mouth, each (3,) float32 RGB in [0, 255]."""

    tooth: Floats
    gum: Floats
    tongue: Floats
    cavity: Floats


def inner_lips(landmarks: Floats) -> Floats:
    """Return the closed (20, 2) contour of the mouth's opening."""
    return landmarks[[*UPPER_LIP, *LOWER_LIP[-2:0:-1]], :2]


def palette(picture: Picture, landmarks: Floats) -> Palette:
    """Choose the mouth's colours from lips, skin and the white of the eyes."""
    colours = picture.astype(np.float32)
    shape = picture.shape[:2]
    opening = eye_mask(shape, inner_lips(landmarks))
    lips = eye_mask(shape, landmarks[list(OUTER_LIPS), :2]) & ~opening
    spots = np.round(landmarks[[50, 280, 151, 9, 4, 205, 425], :2]).astype(int)
    spots = np.clip(spots, 0, shape[0] - 1)
    skin = np.median(colours[spots[:, 1], spots[:, 0]], 0)
    lip = np.median(colours[lips], 0) if lips.sum() > 4 else skin * [0.8, 0.6, 0.6]
    face = eye_mask(shape, landmarks[[10, 454, 152, 234], :2])
    light = colours[face].mean(1) if face.any() else colours.mean(2).ravel()
    dark, bright = np.percentile(light, [1.5, 97])
    white = _white(colours, landmarks, skin)
    tooth = _tooth(white, skin, float(bright))
    cavity = np.minimum(lip * 0.22, dark * 0.5 + lip * 0.1)
    return Palette(
        tooth=tooth.astype(np.float32),
        gum=(lip * 0.62).astype(np.float32),
        tongue=(lip * 0.72).astype(np.float32),
        cavity=cavity.astype(np.float32),
    )


def _white(colours: Floats, landmarks: Floats, skin: Floats) -> Floats:
    """Return what passes for white in this picture: the brighter half of the eyes' whites."""
    shape = colours.shape[:2]
    found = []
    for contour, iris in ((RIGHT_EYE, 468), (LEFT_EYE, 473)):
        eye = eye_mask(shape, landmarks[list(contour), :2])
        eye = cv2.erode(eye.astype(np.uint8), np.ones((3, 3))) > 0
        radius = np.linalg.norm(landmarks[iris + 1, :2] - landmarks[iris, :2])
        y, x = np.nonzero(eye)
        away = np.hypot(x - landmarks[iris, 0], y - landmarks[iris, 1])
        pixels = colours[y, x][away > 1.15 * radius]
        if len(pixels) >= 4:
            light = pixels.mean(1)
            found.append(np.median(pixels[light >= np.percentile(light, 55)], 0))
    if not found:
        return np.asarray(skin, np.float32)
    # An eye lit by a coloured lamp says less than the other one.
    return np.asarray(min(found, key=lambda white: np.ptp(white) / white.mean()), np.float32)


def _tooth(white: Floats, skin: Floats, bright: float) -> Floats:
    """Mix the eyes' white and the skin to a tooth that belongs to the picture."""
    white_light, skin_light = float(white.mean()), float(skin.mean())
    white_tint = (white - white_light) / max(white_light, 20.0)
    skin_tint = (skin - skin_light) / max(skin_light, 20.0)
    # Eyes as tinted as the skin mean one material (stone, clay): teeth are of it too.
    alike = np.exp(-((np.abs(white_tint - skin_tint).sum() / 0.18) ** 2))
    light = np.clip(0.55 * (white_light + skin_light), 0.92 * skin_light, bright)
    # Enamel is wet and outshines the white of an eye that lies in the shadow of its lids.
    light = min(light * (1 + 0.16 * (1 - alike)), 1.06 * bright)
    plain = 0.35 * white_tint + 0.18 * skin_tint + _ENAMEL_TINT
    tint = plain * (1 - alike) + (0.2 * white_tint + 0.75 * skin_tint) * alike
    tint *= min(1.0, 0.3 / max(float(np.abs(tint).max()), 1e-6))
    return np.asarray(np.clip(light * (1 + tint), 0, 250), np.float32)


def draw_teeth(colours: Palette) -> Picture:
    """Draw both rows; returns (2, ATLAS_HEIGHT, ATLAS_WIDTH, 4) uint8 RGBA, upper row first.

    The first line of the upper row is at the gum, the last at the biting edge; the lower row is
    the other way round. Beyond the biting edge alpha is 0.
    """
    upper = _row(colours, _UPPER_WIDTHS, _UPPER_LENGTHS)
    lower = _row(colours, _LOWER_WIDTHS, _LOWER_LENGTHS)[::-1]
    return np.ascontiguousarray(np.stack([upper, lower]))


def _row(colours: Palette, widths: tuple[float, ...], lengths: tuple[float, ...]) -> Picture:
    edges = np.concatenate([[0], np.cumsum(widths)])
    across = np.abs(np.linspace(-1, 1, ATLAS_WIDTH, dtype=np.float32)) * edges[-1]
    number = np.clip(np.searchsorted(edges, across, side="right") - 1, 0, len(widths) - 1)
    bow = np.abs((across - edges[number]) / np.asarray(widths)[number] - 0.5) * 2  # 0 mid, 1 gap
    height = np.linspace(0, 1, ATLAS_HEIGHT, dtype=np.float32)[:, None]
    length = np.asarray(lengths)[number]
    edge = EDGE - 0.62 * (1 - length) - 0.05 * bow**4  # biting edge, rounded at the corners
    gum_line = 0.22 + 0.06 * bow**2
    side = np.clip((across - 14) / 30, 0, 1)
    # A tooth: lit along its middle, a little darker at its neck and where it meets the next.
    shade = 1 - 0.16 * bow**6 - 0.10 * np.clip((gum_line + 0.16 - height) / 0.16, 0, 1)
    shade = shade * (1 - 0.65 * side * side * (3 - 2 * side))
    enamel = colours.tooth * shade[..., None]
    is_tooth = np.clip((height - gum_line) / 0.03, 0, 1)[..., None]
    row = colours.gum * (1 - is_tooth) + enamel * is_tooth
    alpha = np.clip((edge - height) / 0.03, 0, 1)[..., None] * 255
    painted = np.concatenate([row, alpha], -1).astype(np.float32)
    painted = cv2.GaussianBlur(painted, (0, 0), 1.2)
    return np.clip(painted + 0.5, 0, 255).astype(np.uint8)
