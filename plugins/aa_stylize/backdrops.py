"""What stands behind the person: plain grounds, the portrait's own ground, soft and restyled."""

import numpy as np

from aa_stylize.colour import blur, blur_within, colour, smoothstep, to_rgb
from aa_stylize.scene import Scene
from avatarartist_core.data import Floats


def spotlit(scene: Scene, dark: str, light: str, reach: float = 2.2) -> Floats:
    """Paint a wall with a pool of light behind the head: (P, P, 3) RGB.

    Args:
        scene: where the head is.
        dark: "#rrggbb" of the wall away from the light.
        light: of the wall in it.
        reach: radius of the pool in head units.
    """
    y, x = np.mgrid[: scene.side, : scene.side].astype(np.float32)
    middle = scene.portrait.fit.translation
    away = np.hypot(x - middle[0] + 0.4 * scene.unit, y - middle[1]) / scene.unit
    share = np.exp(-((away / reach) ** 2)).astype(np.float32)[..., None]
    fine = scene.rng(91).standard_normal((scene.side, scene.side, 1)).astype(np.float32)
    wall = colour(dark) + (colour(light) - colour(dark)) * share
    return np.asarray(wall + 0.004 * fine, np.float32)  # so that the slow ramp shows no steps


def own_ground(scene: Scene, softness: float = 0.0, chroma: float = 1.0) -> Floats:
    """Return the portrait's own ground without the person: (P, P, 3) RGB.

    Args:
        scene: the portrait.
        softness: sigma of its blur in head units.
        chroma: share of its colour that stays.
    """
    # The rim of the person's mask holds a little of the person: keep away from it.
    clear = np.clip(1 - 1.6 * blur(scene.regions.person, 0.02 * scene.unit), 0, 1)
    filled = blur_within(scene.lab, clear, max(0.35, softness) * scene.unit)
    if softness > 0:
        ground = blur_within(scene.lab, clear, softness * scene.unit)
        seen = smoothstep(blur(clear, softness * scene.unit), 0.02, 0.2)[..., None]
        ground = filled + (ground - filled) * seen
    else:
        ground = filled + (scene.lab - filled) * clear[..., None]
    ground = ground * np.array([1, chroma, chroma], np.float32)
    return to_rgb(ground)
