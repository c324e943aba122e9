"""Pixel art: large square dots, few colours, ordered dither."""

import cv2
import numpy as np

from aa_stylize.attention import attention, modelled
from aa_stylize.colour import blend, blur
from aa_stylize.config import StylizeConfig
from aa_stylize.palettes import (
    blocks,
    dithered,
    enlarged,
    found_palette,
    read_palette,
)
from aa_stylize.scene import Scene
from avatarartist_core.data import Floats

_DOT = 0.031  # head units: eyes are some nine dots wide
_COLOURS = 32
_OUTLINE = 0.9  # share of lightness that dots at the person's contour keep


def pixel_art(scene: Scene, config: StylizeConfig) -> Floats:
    """Set the portrait in large square dots of a small palette."""
    dot = max(2, round(_DOT * scene.unit * config.scale))
    lab = _crisp(scene, config)
    if config.ground == "look":
        lab = blend(lab, _plain_ground(scene), scene.regions.ground)
    dots = blocks(lab, dot)
    person = blocks(scene.regions.person, dot)
    dots = _outlined(dots, person)
    weight = 0.25 + blocks(attention(scene) * 2 + scene.regions.person, dot)
    palette = (
        read_palette(config.palette)
        if config.palette
        else found_palette(dots, _COLOURS, scene.rng(40), weight)
    )
    amount = np.clip(1 - blocks(attention(scene), dot), 0, 1)
    drawn = dithered(dots, palette, 7.0 * amount)
    return enlarged(drawn, scene.side, scene.side)


def _crisp(scene: Scene, config: StylizeConfig) -> Floats:
    """Exaggerate what is as large as a dot, so that averaging over dots leaves it readable."""
    unit, look = scene.unit, attention(scene)
    lab = scene.lab.copy()
    lab[..., 0] = 100 * modelled(scene, 0.05, 0.0)
    around = blur(lab, 0.06 * unit)
    sharp = (0.3 + 0.5 * look * config.detail)[..., None]
    lab = lab + sharp * (lab - around)
    lab[..., 0] = 50 + 1.12 * (lab[..., 0] - 50)
    lab[..., 1:] *= 1.45
    return np.asarray(np.clip(lab, (0, -100, -100), (100, 100, 100)), np.float32)


def _plain_ground(scene: Scene) -> Floats:
    """Return (P, P, 3) Lab of a ground in three bands of one hue that sets off the person."""
    inside = scene.lab[scene.regions.person > 0.5]
    hue = np.median(inside[:, 1:], axis=0)
    away = -hue / max(float(np.hypot(*hue)), 1.0) * 28
    y = np.linspace(0, 1, scene.side, dtype=np.float32)[:, None]
    bands = np.floor(y * 5) / 5
    light = np.broadcast_to(76 - 26 * bands, (scene.side, scene.side))
    tint = np.broadcast_to(away + np.array([4, -6]), (scene.side, scene.side, 2))
    return np.concatenate([light[..., None], tint], axis=-1).astype(np.float32)


def _outlined(dots: Floats, person: Floats) -> Floats:
    """Darken the dots just inside the person's contour."""
    inside = (person > 0.5).astype(np.uint8)
    padded = cv2.copyMakeBorder(inside, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    core = cv2.erode(padded, cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3)))[1:-1, 1:-1]
    rim = (inside - core).astype(bool)
    lined = dots.copy()
    lined[rim, 0] *= _OUTLINE
    return lined
