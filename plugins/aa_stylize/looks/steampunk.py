"""Brass automaton: cast metal, riveted seams, glass eyes that glow, gears behind."""

import cv2
import numpy as np

from aa_stylize import contours
from aa_stylize.backdrops import own_ground, spotlit
from aa_stylize.canvas import drawn_large
from aa_stylize.carving import carve, own_tone
from aa_stylize.colour import blend, blur, colour, ramp, screen, smoothstep
from aa_stylize.config import StylizeConfig
from aa_stylize.creature import eyes_of
from aa_stylize.makeup import drawn_at, line
from aa_stylize.relief import gloss
from aa_stylize.scene import Scene
from aa_stylize.textures import brushed, noise
from avatarartist_core.data import Floats

_BRASS = (
    (0.0, "#120a04"),
    (0.25, "#4e2f12"),
    (0.5, "#a0702a"),
    (0.75, "#e2b45c"),
    (0.95, "#fff0b8"),
)
_COPPER = (
    (0.0, "#140805"),
    (0.25, "#54230f"),
    (0.5, "#a85432"),
    (0.75, "#e89a6c"),
    (0.95, "#ffe2c4"),
)
_IRON = (
    (0.0, "#0a0908"),
    (0.25, "#2c2926"),
    (0.5, "#5c554c"),
    (0.75, "#9a9080"),
    (0.95, "#e4dac4"),
)

_SEAMS: tuple[tuple[tuple[float, float], ...], ...] = (
    ((0.0, 0.52), (0.0, 0.40), (0.0, 0.28), (0.0, 0.16)),
    ((-0.66, 0.30), (-0.45, 0.40), (-0.22, 0.40), (0.0, 0.34)),
    ((0.66, 0.30), (0.45, 0.40), (0.22, 0.40), (0.0, 0.34)),
    ((-0.66, -0.20), (-0.48, -0.32), (-0.34, -0.52), (-0.34, -0.80), (-0.26, -1.02)),
    ((0.66, -0.20), (0.48, -0.32), (0.34, -0.52), (0.34, -0.80), (0.26, -1.02)),
)
"""Where plates of the face meet, x and y in head units."""


@drawn_large
def steampunk(scene: Scene, config: StylizeConfig) -> Floats:
    """Cast the portrait in brass, copper and iron."""
    regions, unit = scene.regions, scene.unit
    carving = carve(scene, config.detail, gloss_power=34)
    seams, rivets = _plates(scene)
    grain = brushed(scene.side, unit, scene.rng(51))
    # Metal mirrors its room: bright above, dark at the horizon, a glow from below.
    up = carving.normals[..., 1]
    mirror = 0.16 * np.sin(5.5 * up + 0.6) + 0.10 * smoothstep(up, 0.1, 0.7)
    light = 0.50 * carving.light + 0.42 * own_tone(scene) * regions.skin
    light = light + 0.34 * carving.light * (1 - regions.skin)
    light = light * (1 - 0.35 * np.clip(regions.brows + 0.6 * regions.lips, 0, 1))
    value = 1.12 * (light - 0.06) + mirror * (0.4 + carving.light) * 0.8 + 0.012 * grain
    value = value * (1 - 0.65 * seams) + rivets
    metal = ramp(value, _BRASS)
    metal = blend(metal, ramp(value, _COPPER), regions.hair)
    metal = blend(metal, ramp(value, _COPPER), 0.8 * np.clip(regions.lips + regions.brows, 0, 1))
    metal = blend(metal, ramp(value, _IRON), regions.clothes)
    metal = _aged(scene, metal, carving.light)
    shine = gloss(carving.normals, power=40) + 0.4 * gloss(carving.normals, (0.6, 0.2, 0.7), 50)
    metal = screen(metal, 0.55 * shine[..., None] * colour("#fff2cc") * regions.person[..., None])
    metal = eyes_of(scene, blend(metal, scene.picture, regions.eyes), "#ffab2e", "#e8cf9a", 0.35)
    rims = contour_rims(scene)
    metal = blend(metal, ramp(0.25 + np.float32(0.6) * carving.light, _COPPER), rims)
    if config.ground == "own":
        wall = own_ground(scene, 0.08, 0.2) * colour("#ffd9a0")
    else:
        wall = _gears(scene)
    return blend(wall, metal, regions.person)


def contour_rims(scene: Scene) -> Floats:
    """Ring the eyes with thin metal: (P, P) in [0, 1]."""
    total = np.zeros((scene.side, scene.side), np.float32)
    for eye in contours.EYES:
        ring = scene.landmarks[[*eye, eye[0]]]
        total = np.maximum(total, contours.stroke(ring, scene.side, 0.022 * scene.unit))
    return np.asarray(total * (1 - scene.regions.irises), np.float32)


def _plates(scene: Scene) -> tuple[Floats, Floats]:
    """Draw seams, in [0, 1], and the lit rivets beside them, about 0."""
    side, unit = scene.side, scene.unit
    on = scene.regions.skin * smoothstep(scene.overlay.normals[..., 2], 0.1, 0.4)
    seams, heads = np.zeros((side, side), np.float32), np.zeros((side, side), np.float32)
    for corners in _SEAMS:
        seams = np.maximum(seams, line(scene, list(corners), 0.014, 0.004))
        places = contours.curve(np.array(corners, np.float32), 3)
        places[:, 0] += np.where(places[:, 0] >= 0, 0.045, -0.045)
        for at in drawn_at(scene, [(float(x), float(y)) for x, y in places]):
            dot = contours.stroke(np.stack([at, at]), side, 0.036 * unit)
            heads = np.maximum(heads, dot)
    return seams * on, _lit_heads(heads, unit) * on


def _lit_heads(heads: Floats, unit: float) -> Floats:
    """Light round heads: bright to the upper left, a shadow to the lower right."""
    by = np.float32(0.012 * unit)
    up, down = (
        cv2.warpAffine(heads, np.array([[1, 0, d], [0, 1, d]], np.float32), heads.shape[::-1])
        for d in (-by, by)
    )
    return np.asarray(0.42 * heads * up - 0.40 * np.clip(down - 0.7 * heads, 0, 1), np.float32)


def _aged(scene: Scene, metal: Floats, light: Floats) -> Floats:
    """Let verdigris sit where cloths do not reach, and soot where it is dark."""
    spots = noise(scene.side, 0.25 * scene.unit, scene.rng(52), 5)
    deep = smoothstep(light, 0.55, 0.15)
    green = smoothstep(spots + 1.2 * deep, 1.3, 2.4)
    return blend(
        metal, metal * 0.5 + 0.5 * colour("#5f9a86") * (0.3 + light[..., None]), 0.5 * green
    )


def _gears(scene: Scene) -> Floats:
    """Fill a dark workshop wall with gear wheels."""
    side, unit, rng = scene.side, scene.unit, scene.rng(53)
    wall = spotlit(scene, "#140c06", "#6e4a24", 2.0)
    y, x = np.mgrid[:side, :side].astype(np.float32)
    for _ in range(13):
        at, radius = rng.uniform(-0.05, 1.05, 2) * side, unit * rng.uniform(0.28, 0.75)
        turn, teeth = rng.uniform(0, 6.28), int(rng.integers(12, 22))
        dx, dy = (x - at[0]) / radius, (y - at[1]) / radius
        far, angle = np.hypot(dx, dy), np.arctan2(dy, dx) + turn
        rim_at = 0.90 + 0.10 * np.clip(3 * np.sin(teeth * angle), -1, 1)
        soft = 1.6 / radius
        disc = smoothstep(far, rim_at + soft, rim_at - soft)
        spokes = np.clip(4 * np.abs(np.sin(2.5 * angle)) - 1.1, 0, 1)
        gap = smoothstep(far, 0.30 - soft, 0.30 + soft) * smoothstep(far, 0.68 + soft, 0.68 - soft)
        hole = smoothstep(far, 0.10 + soft, 0.10 - soft)
        cover = disc * (1 - gap * spokes) * (1 - hole)
        shade = 0.34 - 0.16 * (dx + dy) / 2 + 0.12 * smoothstep(np.abs(far - 0.8), 0.06, 0.0)
        tone = ramp(np.asarray(shade, np.float32), _BRASS if rng.uniform() < 0.6 else _COPPER)
        wall = wall * (1 - 0.4 * blur(cover, 0.04 * unit))[..., None]
        wall = blend(wall, tone, cover.astype(np.float32))
    soft_wall = blur(wall, 0.012 * unit)
    glow = spotlit(scene, "#1e1206", "#b07c40", 1.9)
    return np.asarray(soft_wall * (0.35 + 0.9 * glow), np.float32)
