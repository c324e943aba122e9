"""Elf: moonlit skin, silver hair, pale eyes, pointed ears."""

import numpy as np

from aa_stylize.attachments import Growth, grow, root
from aa_stylize.backdrops import own_ground, spotlit
from aa_stylize.canvas import drawn_large
from aa_stylize.carving import own_tone
from aa_stylize.colour import (
    blend,
    blur,
    blur_within,
    colour,
    keep_edges,
    ramp,
    screen,
    smoothstep,
    to_rgb,
)
from aa_stylize.config import StylizeConfig
from aa_stylize.creature import eyes_of
from aa_stylize.relief import KEY, gloss, lit
from aa_stylize.scene import Scene
from avatarartist_core.data import Floats

_SKIN = ((0.0, "#3a2a3c"), (0.25, "#8a6a78"), (0.5, "#d0b0b4"), (0.75, "#f4dfda"), (1.0, "#fffaf6"))
_SILVER = (
    (0.0, "#20242e"),
    (0.3, "#70788c"),
    (0.6, "#c0c8d6"),
    (0.85, "#f0f4fa"),
    (1.0, "#ffffff"),
)
_EAR = ((0.0, "#4a2a34"), (0.3, "#a87880"), (0.6, "#e0bcb8"), (0.85, "#fae6de"), (1.0, "#fffaf6"))


@drawn_large
def elf(scene: Scene, config: StylizeConfig) -> Floats:
    """Turn the portrait into an elf of the forest."""
    regions, unit = scene.regions, scene.unit
    tone = own_tone(scene)
    smooth = keep_edges(tone, tone, 0.03 * unit, 0.06)
    value = 0.35 * tone + 0.65 * smooth
    value = 0.04 + 0.80 * value + 0.20 * lit(scene.relief.normals, KEY, 0.5)
    skin = ramp(np.asarray(value, np.float32), _SKIN)
    own = to_rgb(scene.lab * np.array([1, 0.55, 0.5], np.float32))
    skin = 0.6 * skin + 0.4 * own
    picture = blend(_woodland_clothes(scene), skin, np.clip(regions.skin, 0, 1))
    lips = blend(skin, skin * colour("#e88a94"), np.float32(0.75) * np.ones_like(tone))
    picture = blend(picture, lips, regions.lips)
    hair = _silver(scene)
    picture = blend(picture, hair, regions.hair)
    picture = blend(picture, 0.55 * hair + 0.25 * skin, regions.brows)
    picture = blend(picture, scene.picture, regions.mouth)
    picture = eyes_of(scene, picture, "#7fc8e8", "", 0.10)
    picture = screen(
        picture, 0.14 * (gloss(scene.relief.normals, KEY, 14) * regions.skin)[..., None]
    )
    wall = _forest(scene) if config.ground == "look" else own_ground(scene, 0.16, 0.7)
    picture = blend(wall, picture, regions.person)
    for side in (-1, 1):
        picture = _laid(scene, picture, _ear(scene, side))
    glow = blur(np.clip(picture - 0.45, 0, 1), 0.07 * unit)
    return screen(picture, 0.20 * glow)


def ears(scene: Scene) -> Floats:
    """Mark the pointed ears, which belong to the person: (P, P) in [0, 1]."""
    return np.maximum(_ear(scene, -1).cover, _ear(scene, 1).cover)


def _ear(scene: Scene, side: int) -> Growth:
    start = root(scene, (0.80 * side, -0.16, -0.80))
    bend = np.array(
        [[-0.05, -0.10, 0.1], [0.08, 0.08, 0.0], [0.20, 0.27, -0.08], [0.30, 0.50, -0.16]]
    )
    points = start + bend.astype(np.float32) * np.array([side, 1, 1], np.float32)
    return grow(scene, points, np.array([0.12, 0.135, 0.085, 0.006], np.float32))


def _laid(scene: Scene, picture: Floats, ear: Growth) -> Floats:
    """Draw an ear: a curled rim, a hollow that blood shines through; hair lies over its root."""
    edge = np.abs(ear.across)
    hollow = smoothstep(edge, 0.72, 0.35) * smoothstep(ear.along, 0.95, 0.55)
    light = 0.50 + 0.38 * lit(ear.normals, KEY, 0.3) - 0.34 * hollow
    drawn = ramp(np.asarray(light, np.float32), _EAR)
    drawn = blend(drawn, drawn * colour("#ffb4a4"), 0.5 * hollow)
    behind = 1 - np.clip(scene.regions.skin * (scene.overlay.rest[..., 2] > -0.62), 0, 1)
    hair = 1 - scene.regions.hair * smoothstep(ear.along, 0.55, 0.30)
    return blend(picture, drawn, ear.cover * behind * hair)


def _silver(scene: Scene) -> Floats:
    regions, light = scene.regions, scene.light
    middle = blur_within(light, regions.hair, 0.6 * scene.unit)
    seen = light[regions.hair > 0.8]
    spread = float(seen.std()) if len(seen) > 16 else 0.1
    value = 0.50 + (light - middle) * np.float32(min(0.20 / max(spread, 0.04), 2.2))
    value = value + 0.22 * (lit(scene.relief.normals, KEY, 0.4) - 0.5)
    return ramp(np.asarray(value, np.float32), _SILVER)


def _woodland_clothes(scene: Scene) -> Floats:
    lab = scene.lab * np.array([0.8, 0.35, 0.35], np.float32)
    lab = lab + np.array([0, -7, 6], np.float32)
    return to_rgb(lab.astype(np.float32))


def _forest(scene: Scene) -> Floats:
    """Let light fall through leaves, out of focus."""
    side, unit, rng = scene.side, scene.unit, scene.rng(71)
    wall = spotlit(scene, "#0a1a18", "#3f7a66", 2.0)
    y, x = np.mgrid[:side, :side].astype(np.float32)
    for _ in range(34):
        at, radius = rng.uniform(0, side, 2), unit * rng.uniform(0.05, 0.17)
        away = np.hypot(x - at[0], y - at[1])
        disc = smoothstep(away, radius * 1.1, radius * 0.85)
        tone = ("#b8f0c0", "#e8ffb0", "#80e0d0")[int(rng.integers(3))]
        wall = screen(wall, np.float32(rng.uniform(0.05, 0.30)) * disc[..., None] * colour(tone))
    return wall
