"""Rendered and filmed: two animation studios, a fighting game, a warm fantasy film."""

import numpy as np

from aa_stylize import contours
from aa_stylize.backdrops import own_ground, spotlit
from aa_stylize.canvas import drawn_large
from aa_stylize.carving import own_shading
from aa_stylize.colour import (
    blend,
    blur,
    blur_within,
    colour,
    keep_edges,
    screen,
    smoothstep,
    to_lab,
    to_rgb,
)
from aa_stylize.config import StylizeConfig
from aa_stylize.flow import edge_flow, smooth_along
from aa_stylize.relief import KEY, gloss, lit, rim
from aa_stylize.scene import Scene
from aa_stylize.textures import noise
from avatarartist_core.data import Floats


@drawn_large
def pixar(scene: Scene, config: StylizeConfig) -> Floats:
    """Soft, glowing skin, clumped hair, bright eyes, warm key and cool fill light."""
    picture = _modelled(scene, config, softness=0.055, chroma=1.28)
    picture = _lit_by(scene, picture, "#ffe2b8", "#9db8ff", 0.55)
    picture = _cheeks(scene, picture, "#ff8468", 0.09)
    picture = _bright_eyes(scene, picture)
    picture = screen(picture, 0.16 * _highlights(scene, 16)[..., None] * colour("#fff2dc"))
    wall = _bokeh(scene, "#2c4a78", "#f0b878", "#ffdf9e")
    return blend(_ground(scene, config, wall, 1.25), picture, scene.regions.person)


@drawn_large
def animation_3d(scene: Scene, config: StylizeConfig) -> Floats:
    """Clean studio render: even, matte skin, crisp shapes, pastel backdrop."""
    picture = _modelled(scene, config, softness=0.075, chroma=1.12)
    picture = _lit_by(scene, picture, "#fff6ea", "#c8b8ff", 0.75)
    picture = _cheeks(scene, picture, "#ff8a80", 0.06)
    picture = _bright_eyes(scene, picture)
    edge = rim(scene.relief.normals, 2.2) * scene.regions.person
    picture = screen(picture, 0.30 * edge[..., None] * colour("#ffd9f0"))
    wall = spotlit(scene, "#5a86b8", "#cfe6f2", 2.6)
    return blend(_ground(scene, config, wall, 1.1), picture, scene.regions.person)


@drawn_large
def tekken(scene: Scene, config: StylizeConfig) -> Floats:
    """Fighting game: hard contrast, oiled skin, cold light from behind, embers."""
    light = scene.light
    sharp = light + np.float32(0.9 * config.detail) * (light - blur(light, 0.018 * scene.unit))
    sharp = sharp + 0.5 * (light - blur(light, 0.10 * scene.unit))
    form = lit(scene.relief.normals, KEY, wrap=0.15)
    value = np.clip(sharp * (0.62 + 0.50 * form) * (1 - 0.4 * scene.relief.occlusion), 0, 1)
    value = 0.6 * value + 0.4 * smoothstep(value, 0.02, 0.92)
    lab = np.concatenate([100 * value[..., None], scene.lab[..., 1:] * np.float32(1.15)], -1)
    picture = to_rgb(lab.astype(np.float32)) * np.array([1.04, 1.0, 0.94], np.float32)
    picture = blend(picture, scene.picture, 0.5 * scene.regions.eyes)
    pores = noise(scene.side, 0.03 * scene.unit, scene.rng(21), 2)
    normals = scene.relief.bumped(
        np.float32(scene.unit) * (0.002 * pores + 0.10 * scene.relief.detail)
    )
    skin = scene.regions.skin + 0.6 * scene.regions.hair + 0.4 * scene.regions.clothes
    shine = 0.7 * gloss(normals, KEY, 22) + 0.3 * gloss(normals, (0.5, 0.3, 0.8), 40)
    picture = screen(picture, 0.42 * (shine * skin)[..., None] * colour("#fff0dc"))
    edge = rim(normals, 1.6) * scene.regions.person
    left = edge * smoothstep(-normals[..., 0], 0.2, 0.8)
    right = edge * smoothstep(normals[..., 0], 0.2, 0.8)
    picture = screen(picture, 0.9 * left[..., None] * colour("#3f8cff"))
    picture = screen(picture, 0.9 * right[..., None] * colour("#ff6a2a"))
    wall = _embers(scene, spotlit(scene, "#05060c", "#2a2038"))
    return blend(_ground(scene, config, wall, 0.6), picture, scene.regions.person)


def _modelled(scene: Scene, config: StylizeConfig, softness: float, chroma: float) -> Floats:
    """Smooth skin and clothes to shaded surfaces and hair to clumps; returns (P, P, 3) RGB."""
    regions, unit, lab = scene.regions, scene.unit, scene.lab
    smooth = keep_edges(lab, scene.light, softness * unit, 0.07 / max(config.detail, 0.2))
    flow = edge_flow(scene.light * np.float32(10), 0.03 * unit)
    clumps = np.stack([smooth_along(lab[..., k], flow.tangent, 0.05 * unit) for k in range(3)], -1)
    contrast = clumps[..., 0] - blur_within(clumps[..., 0], regions.hair, 0.12 * unit)
    clumps[..., 0] += 0.35 * contrast
    done = blend(smooth, clumps, regions.hair)
    fine = np.clip(regions.eyes + 0.5 * regions.brows + 0.4 * regions.lips + regions.mouth, 0, 1)
    done = blend(done, lab, fine)
    done = done * np.array([1, chroma, chroma], np.float32)
    # Rendered skin has light in its shadows.
    face = np.clip(regions.skin + regions.lips, 0, 1)
    shadow = smoothstep(done[..., 0], 55, 15) * face
    done[..., 0] += 9 * shadow
    done[..., 1] += 6 * shadow
    done[..., 2] += 6 * shadow
    return to_rgb(done.astype(np.float32))


def _lit_by(scene: Scene, picture: Floats, key: str, fill: str, amount: float) -> Floats:
    """Lay the relief's light over a picture: a coloured key, a coloured fill."""
    normals, person = scene.relief.normals, scene.regions.person
    warm = lit(normals, KEY, wrap=0.5)[..., None]
    cool = lit(normals, (0.8, -0.1, 0.4), wrap=0.3)[..., None]
    light = 0.52 + 0.52 * warm * colour(key) + 0.24 * cool * colour(fill)
    light = light * (1 - 0.35 * scene.relief.occlusion)[..., None]
    share = np.float32(amount) * person * (1 - 0.5 * scene.regions.eyes)
    return np.clip(blend(picture, picture * light, share), 0, 1)


def _cheeks(scene: Scene, picture: Floats, blush: str, amount: float) -> Floats:
    """Warm cheeks, nose tip and ears, where blood shines through."""
    rest = scene.overlay.rest
    x, y = np.abs(rest[..., 0]), rest[..., 1]
    cheeks = np.exp(-(((x - 0.42) / 0.20) ** 2) - ((y + 0.36) / 0.17) ** 2)
    nose = np.exp(-((x / 0.13) ** 2) - ((y + 0.36) / 0.13) ** 2)
    ears = smoothstep(x, 0.70, 0.82)
    share = (cheeks + 0.8 * nose + 0.8 * ears) * scene.overlay.covered * scene.regions.skin
    tone = picture * (0.35 + 0.65 * colour(blush)) * np.float32(1.18)
    return blend(picture, tone, np.clip(3 * amount * share, 0, 1))


def _bright_eyes(scene: Scene, picture: Floats) -> Floats:
    """Make irises richer and whites cleaner; add the window that eyes mirror."""
    regions = scene.regions
    lab = to_lab(picture)
    ring = np.clip(regions.irises - regions.pupils, 0, 1)
    white = np.clip(regions.eyes - regions.irises, 0, 1)
    lab[..., 0] += 8 * ring + 7 * white
    lab[..., 1:] *= (1 + 0.4 * ring - 0.5 * white)[..., None]
    done = to_rgb(lab)
    glint = np.zeros_like(ring)
    for centre, *rim_marks in contours.IRISES:
        middle = scene.landmarks[centre]
        radius = float(np.linalg.norm(scene.landmarks[rim_marks] - middle, axis=1).mean())
        at = middle + np.array([-0.32, -0.34], np.float32) * np.float32(radius)
        glint = np.maximum(glint, contours.disc(at, 0.22 * radius, scene.side))
        low = middle + np.array([0.30, 0.36], np.float32) * np.float32(radius)
        glint = np.maximum(glint, 0.35 * contours.disc(low, 0.26 * radius, scene.side))
    return screen(done, 0.9 * (glint * regions.irises)[..., None])


def _highlights(scene: Scene, power: float) -> Floats:
    normals = scene.relief.bumped(0.03 * np.float32(scene.unit) * own_shading(scene))
    hair = 0.8 * scene.regions.hair
    return np.asarray(gloss(normals, KEY, power) * (scene.regions.skin + hair), np.float32)


def _ground(scene: Scene, config: StylizeConfig, wall: Floats, chroma: float) -> Floats:
    if config.ground == "own":
        return own_ground(scene, 0.16, chroma)
    return wall


def _bokeh(scene: Scene, dark: str, light: str, lamp: str) -> Floats:
    """Paint a room out of focus: a warm glow and discs of light."""
    side, unit, rng = scene.side, scene.unit, scene.rng(31)
    wall = spotlit(scene, dark, light, 1.7)
    y, x = np.mgrid[:side, :side].astype(np.float32)
    for _ in range(26):
        at = rng.uniform(0, side, 2)
        radius = unit * rng.uniform(0.10, 0.24)
        away = np.hypot(x - at[0], y - at[1])
        disc = smoothstep(away, radius * 1.06, radius * 0.92) * (0.75 + 0.25 * away / radius)
        strength = rng.uniform(0.06, 0.26)
        wall = screen(wall, np.float32(strength) * disc[..., None] * colour(lamp))
    return wall


def _embers(scene: Scene, wall: Floats) -> Floats:
    """Let smoke drift and embers fly."""
    side, unit, rng = scene.side, scene.unit, scene.rng(41)
    smoke = smoothstep(noise(side, 1.2 * unit, rng, 5), -0.6, 2.0)
    wall = screen(wall, 0.28 * smoke[..., None] * colour("#8a4a34"))
    sparks = np.zeros((side, side), np.float32)
    for _ in range(46):
        x, y = (int(v) for v in rng.uniform(0, side, 2))
        sparks[y, x] = rng.uniform(0.4, 1.0)
    size = max(0.012 * unit, 0.7)
    glow = blur(sparks, size) * size**2 * 5 + blur(sparks, 4 * size) * size**2 * 14
    return screen(wall, np.clip(glow, 0, 1)[..., None] * colour("#ffa040"))
