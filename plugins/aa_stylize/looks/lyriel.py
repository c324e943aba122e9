"""Lyriel: a dreamy fantasy oil painting, warm light, long strokes, floating sparks."""

import numpy as np

from aa_stylize.attention import attention, modelled
from aa_stylize.backdrops import own_ground
from aa_stylize.canvas import drawn_large
from aa_stylize.colour import blend, blur, colour, ramp, screen, smoothstep, soft_light, to_rgb
from aa_stylize.config import StylizeConfig
from aa_stylize.flow import edge_flow, smooth_along
from aa_stylize.relief import lit, rim
from aa_stylize.scene import Scene
from aa_stylize.spray import splatter
from aa_stylize.strokes import layered
from aa_stylize.textures import canvas, noise
from avatarartist_core.data import Floats


@drawn_large
def lyriel(scene: Scene, config: StylizeConfig) -> Floats:
    """Paint in oil."""
    unit, person = scene.unit, scene.regions.person
    look = np.clip(attention(scene) * config.detail, 0, 1)
    under = _lit_colours(scene)
    ground = own_ground(scene, 0.15) if config.ground == "own" else _forest(scene)
    under = blend(ground, under, person)
    oil = layered(under, 0.036 * unit * config.scale, np.maximum(look, 0.35 * scene.regions.face))
    oil = oil + (0.35 * look)[..., None] * (under - oil)
    oil = oil * (
        1 + 0.055 * _bristles(scene, oil, config.scale)[..., None] * (1 - 0.6 * look)[..., None]
    )
    oil = _graded(oil)
    glow = blur(np.clip(oil - 0.42, 0, 1), 0.14 * unit)
    oil = screen(oil, 0.75 * glow)
    sparks = _sparks(scene)
    return np.asarray(np.clip(screen(oil, sparks * colour("#ffe2a0")), 0, 1), np.float32)


def _lit_colours(scene: Scene) -> Floats:
    """Return the person's colours under golden light from the upper left and a cool rim."""
    unit, regions, normals = scene.unit, scene.regions, scene.relief.normals
    lab = scene.lab.copy()
    lab[..., 0] = 100 * modelled(scene, 0.12, 0.10)
    lab[..., 1:] *= 1.25
    around = blur(lab, 0.05 * unit)
    lab = lab + 0.35 * (lab - around)
    picture = to_rgb(lab)
    key = lit(normals, (-0.6, 0.5, 0.55), 0.25)
    warm = (0.42 + 0.24 * key)[..., None] + 0.10 * (key[..., None] - 0.5) * colour("#ffc36a")
    picture = soft_light(picture, np.clip(warm, 0, 1))
    edge = rim(normals, 2.5) * np.clip(normals[..., 0] + 0.5, 0, 1) * regions.person
    return screen(picture, (0.5 * edge)[..., None] * colour("#7fb6ff"))


def _forest(scene: Scene) -> Floats:
    """Paint a misty wood far behind: (P, P, 3) RGB."""
    side, unit = scene.side, scene.unit
    y, x = np.mgrid[:side, :side].astype(np.float32)
    middle = scene.portrait.fit.translation
    away = np.hypot(x - middle[0] + 0.5 * unit, 1.1 * (y - middle[1] + 0.4 * unit)) / unit
    mist = 1.15 - 0.42 * away + 0.10 * noise(side, 0.8 * unit, scene.rng(60), 4)
    trunks = noise(side, 0.35 * unit, scene.rng(61), 3)
    trunks = np.broadcast_to(trunks[side // 2][None], (side, side))
    mist = mist - 0.20 * smoothstep(trunks, 0.3, 1.1) * smoothstep(away, 0.4, 1.6)
    tones = (
        (0.0, "#0d1a1f"),
        (0.3, "#1f3b3c"),
        (0.55, "#5c7350"),
        (0.8, "#d0a862"),
        (1.1, "#fff0c4"),
    )
    return blur(ramp(mist, tones), 0.02 * unit)


def _bristles(scene: Scene, oil: Floats, scale: float) -> Floats:
    """Return the relief of brush hairs along the strokes and of the canvas below, about 0."""
    unit = scene.unit
    flow = edge_flow(oil * 255, max(2.0, 0.05 * unit))
    hairs = noise(scene.side, max(1.5, 0.016 * unit * scale), scene.rng(62), 1)
    hairs = 2.2 * smooth_along(hairs, flow.tangent, 0.07 * unit)
    return np.asarray(hairs + 0.18 * canvas(scene.side, 0.7 * unit, scene.rng(63)), np.float32)


def _graded(oil: Floats) -> Floats:
    """Warm the lights, cool the shadows, as old varnish and glazes do."""
    light = oil.mean(-1)
    warm = smoothstep(light, 0.35, 0.95)[..., None]
    tint = colour("#56708a") * (1 - warm) + colour("#ffd9a0") * warm
    return soft_light(np.clip(oil, 0, 1), np.asarray(0.5 + 0.28 * (tint - 0.5), np.float32))


def _sparks(scene: Scene) -> Floats:
    """Let points of light float around the head: (P, P, 1)."""
    unit, away = scene.unit, 1 - blur(scene.regions.face, 0.15 * scene.unit)
    far = splatter(away, 36, 0.055 * unit, scene.rng(64)) * away
    return (0.75 * blur(far, 0.010 * unit) + 1.3 * blur(far, 0.05 * unit))[..., None]
