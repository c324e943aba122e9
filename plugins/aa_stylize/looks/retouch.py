"""XXMix: a photograph still, retouched and graded as for a film poster."""

import numpy as np

from aa_stylize.attention import attention
from aa_stylize.backdrops import own_ground
from aa_stylize.colour import (
    blend,
    blur,
    colour,
    keep_edges,
    screen,
    smoothstep,
    soft_light,
    to_rgb,
)
from aa_stylize.config import StylizeConfig
from aa_stylize.relief import lit
from aa_stylize.scene import Scene
from aa_stylize.textures import noise
from avatarartist_core.data import Floats


def xxm(scene: Scene, config: StylizeConfig) -> Floats:
    """Retouch and grade."""
    unit, regions = scene.unit, scene.regions
    picture = to_rgb(_retouched(scene, config))
    picture = _sculpted(picture, scene)
    if config.ground == "look":
        picture = blend(_studio(scene), picture, regions.person)
    picture = _graded(picture)
    glow = blur(np.clip(picture - 0.60, 0, 1), 0.09 * unit)
    picture = screen(np.clip(picture, 0, 1), 0.55 * glow)
    picture = picture * _vignette(scene)[..., None]
    film = noise(scene.side, 1.0, scene.rng(70), 1)[..., None]
    return np.asarray(np.clip(picture + 0.008 * film, 0, 1), np.float32)


def _retouched(scene: Scene, config: StylizeConfig) -> Floats:
    """Even the skin and keep its pores, whiten eyes and teeth, deepen lips and lashes: Lab."""
    unit, regions, lab = scene.unit, scene.regions, scene.lab
    skin = regions.skin * (1 - 0.75 * np.clip(attention(scene, 0.05), 0, 1))
    smooth = keep_edges(lab, scene.light, 0.06 * unit, 0.06)
    even = blur(smooth, 0.02 * unit)
    pores = np.clip(lab - blur(lab, 0.010 * unit), -3, 3) * config.detail
    fair = smooth + 0.35 * (even - smooth) + 0.9 * pores
    fair[..., 1:] = fair[..., 1:] + 0.4 * (blur(fair, 0.12 * unit)[..., 1:] - fair[..., 1:])
    done = lab + skin[..., None] * 0.85 * (fair - lab)
    crisp = lab - blur(lab, 0.015 * unit)
    done += (0.9 * np.clip(attention(scene), 0, 1) + 0.5 * regions.hair)[..., None] * crisp
    whites = np.clip(regions.eyes - regions.irises, 0, 1)
    done[..., 0] += 7 * whites + 8 * regions.teeth + 4 * regions.irises
    done[..., 1:] *= (1 - 0.5 * whites - 0.5 * regions.teeth)[..., None]
    done[..., 1:] *= (1 + 0.6 * regions.irises + 0.25 * regions.hair)[..., None]
    done[..., 0] -= 5 * regions.lips
    done[..., 1] += 11 * regions.lips
    return np.asarray(done, np.float32)


def _sculpted(picture: Floats, scene: Scene) -> Floats:
    """Dodge and burn along the form: a large soft box from the left, a teal kicker behind."""
    normals, regions = scene.relief.normals, scene.regions
    key = lit(normals, (-0.55, 0.45, 0.7), 0.35)
    burn = 0.50 + 0.24 * (blur(key, 0.03 * scene.unit) - 0.62) - 0.14 * scene.relief.occlusion
    share = regions.person * (1 - 0.6 * regions.eyes)
    lit_up = soft_light(np.clip(picture, 0, 1), np.clip(burn, 0, 1)[..., None])
    picture = blend(picture, lit_up, share)
    inner = np.clip(1 - blur(regions.person, 0.05 * scene.unit), 0, 1) * regions.person
    kick = np.clip(2.6 * inner, 0, 1) * np.clip(normals[..., 0] + 0.25, 0, 1)
    return screen(np.clip(picture, 0, 1), (0.55 * kick)[..., None] * colour("#58c6e0"))


def _studio(scene: Scene) -> Floats:
    """Return the own ground far out of focus, dark teal, with round lights in it."""
    unit, side = scene.unit, scene.side
    own = own_ground(scene, 0.30, 0.6)
    dark = 0.34 * own + 0.55 * colour("#0d2a36")
    rng = scene.rng(71)
    lights = np.zeros((side, side, 3), np.float32)
    y, x = np.mgrid[:side, :side].astype(np.float32)
    tints = [colour(text) for text in ("#ffb066", "#ff8a4a", "#6fd0e8", "#ffe0b0")]
    for _ in range(14):
        cx, cy, radius = rng.uniform(0, side), rng.uniform(0, 0.75 * side), rng.uniform(0.07, 0.19)
        away = np.hypot(x - np.float32(cx), y - np.float32(cy)) / np.float32(radius * unit)
        disc = smoothstep(away, 1.06, 0.94) * (0.55 + 0.45 * smoothstep(away, 0.6, 1.0))
        lights += (0.34 * rng.uniform(0.3, 1) * disc)[..., None] * tints[int(rng.integers(4))]
    return np.asarray(screen(dark, np.clip(blur(lights, 0.012 * unit), 0, 1)), np.float32)


def _graded(picture: Floats) -> Floats:
    """Teal shadows, amber lights, a gentle film curve."""
    light = picture.mean(-1)
    warm = smoothstep(light, 0.15, 0.8)[..., None]
    tint = colour("#2c6a7a") * (1 - warm) + colour("#ffc890") * warm
    toned = soft_light(np.clip(picture, 0, 1), np.asarray(0.5 + 0.24 * (tint - 0.5), np.float32))
    return np.asarray(0.35 * toned + 0.65 * toned * toned * (3 - 2 * toned), np.float32)


def _vignette(scene: Scene) -> Floats:
    y, x = np.mgrid[: scene.side, : scene.side].astype(np.float32)
    middle = scene.portrait.fit.translation
    away = np.hypot(x - middle[0], y - middle[1]) / scene.side
    return np.asarray(1 - 0.55 * smoothstep(away, 0.30, 0.80), np.float32)
