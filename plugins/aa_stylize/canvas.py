"""Draws on a canvas that suits a pen: larger than a small portrait, bounded for a large one."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps

import cv2
import numpy as np

from aa_stylize.config import StylizeConfig
from aa_stylize.scene import Scene
from avatarartist_core.data import Floats, Portrait

Look = Callable[[Scene, StylizeConfig], Floats]

_LEAST_UNIT = 120.0  # pixels of a head unit that a pen needs
_MOST = 3.0  # times larger
_WIDEST = 720  # pixels of the canvas' side: drawing takes a second there, more per pixel above


def drawn_large(look: Look) -> Look:
    """Let a look work on a canvas of suitable size, and bring what it drew to the portrait's."""

    @wraps(look)
    def on_canvas(scene: Scene, config: StylizeConfig) -> Floats:
        larger = max(1.0, min(_LEAST_UNIT / scene.unit, _MOST))
        side = min(round(scene.side * larger), _WIDEST)
        if abs(side / scene.side - 1) < 0.05:
            return look(scene, config)
        drawn = look(scene.on(resized(scene.portrait, side)), config)
        how = cv2.INTER_AREA if side > scene.side else cv2.INTER_CUBIC
        return cv2.resize(drawn, (scene.side, scene.side), interpolation=how)

    return on_canvas


def resized(portrait: Portrait, side: int) -> Portrait:
    """Resize a portrait with everything that is measured in its pixels."""
    factor = side / portrait.picture.shape[0]
    fit = portrait.fit
    how = cv2.INTER_CUBIC if factor > 1 else cv2.INTER_AREA
    # Pixel centres: the first one's is 0, so the border lies half a pixel outside.
    shift = np.float32((factor - 1) / 2)
    landmarks = portrait.landmarks * np.float32(factor)
    landmarks[:, :2] += shift
    return replace(
        portrait,
        picture=cv2.resize(portrait.picture, (side, side), interpolation=how),
        mask=cv2.resize(portrait.mask, (side, side), interpolation=cv2.INTER_LINEAR),
        landmarks=landmarks,
        fit=replace(
            fit,
            scale=fit.scale * factor,
            translation=(fit.translation * factor + shift).astype(np.float32),
        ),
    )
