"""Graffiti: stencil layers and spray on a brick wall, drips, splashes of neon."""

import cv2
import numpy as np

from aa_stylize.attention import attention, modelled
from aa_stylize.canvas import drawn_large
from aa_stylize.colour import blend, blur, colour, keep_edges, smoothstep
from aa_stylize.config import StylizeConfig
from aa_stylize.flow import edge_flow
from aa_stylize.lines import Pen, cleared, drawn_lines
from aa_stylize.scene import Scene
from aa_stylize.screens import thick_outline
from aa_stylize.spray import drips, speckled, splatter
from aa_stylize.textures import noise
from aa_stylize.walls import Wall, brick_wall
from avatarartist_core.data import Floats

_FACE = ("#1a1230", "#7a1f90", "#e0305f", "#ff7f3a", "#ffb95a", "#fff0b8")
_HAIR = ("#060a22", "#0e1f66", "#0d4fa8", "#0a86b8", "#19b8c0", "#8ff0d0")
_CLOTHES = ("#0d0d16", "#23263a", "#3c4a8a", "#7a5ad0", "#b48cff", "#f0e6ff")
_CLOUDS = ("#00d4ff", "#ff2fa8", "#b6ff2e", "#ffb300")


@drawn_large
def graffiti(scene: Scene, config: StylizeConfig) -> Floats:
    """Spray the portrait on a wall."""
    unit, person, look = scene.unit, scene.regions.person, attention(scene)
    wall = brick_wall(scene.side, unit, scene.rng(80))
    paint, cover = _background(scene, wall.picture)
    if config.ground == "own":
        paint, cover = scene.picture.copy(), np.full_like(person, 0.7)
    layers = _stencils(scene, look, config)
    body = speckled(blur(person, 0.010 * unit), 0.012 * unit, scene.rng(81))
    paint, cover = blend(paint, layers, body), np.maximum(cover, 0.97 * body)
    lines = _lines(scene, look, config)
    runs = drips(
        np.maximum(lines, (person > 0.5) * 0.0), 16, 0.018 * unit, 0.6 * unit, scene.rng(82)
    )
    runs = runs * (1 - smoothstep(blur(scene.regions.face, 0.03 * unit), 0.3, 0.9))
    paint = blend(paint, colour("#140d22"), np.maximum(lines, runs))
    cover = np.maximum(cover, np.maximum(lines, runs))
    halo = thick_outline(person, 0.035 * unit)
    paint = blend(paint, colour("#fdfdfd"), halo * (1 - runs))
    cover = np.maximum(cover, halo)
    fine = splatter(blur(person, 0.3 * unit) * (1 - person), 120, 0.03 * unit, scene.rng(83))
    paint = blend(paint, colour("#fff4f0"), 0.85 * fine)
    return _on_wall(wall, paint, np.maximum(cover, fine), np.maximum(look, scene.regions.face))


def _stencils(scene: Scene, look: Floats, config: StylizeConfig) -> Floats:
    """Cut the light into six layers, each part in colours of its own: (P, P, 3) RGB."""
    unit, regions = scene.unit, scene.regions
    light = modelled(scene, 0.10, 0.04)
    smooth = keep_edges(light, light, 0.05 * unit * config.scale, 0.09)
    fine = np.maximum(look, 0.85 * regions.face) * config.detail
    light = smooth + np.clip(fine, 0, 1) * (light - smooth)
    rough = 0.012 * noise(scene.side, 0.02 * unit, scene.rng(84), 2) * (1 - 0.7 * look)
    soft = 0.03 + 0.13 * regions.face
    picture = np.zeros((scene.side, scene.side, 3), np.float32)
    skin = np.clip(regions.skin + regions.brows + regions.lips + regions.eyes + regions.mouth, 0, 1)
    clothes = np.clip(regions.clothes + regions.ground, 0, 1)
    for part, colours in ((skin, _FACE), (regions.hair, _HAIR), (clothes, _CLOTHES)):
        levels = _levels(light, part)
        layer = np.broadcast_to(colour(colours[0]), picture.shape)
        for level, text in zip(levels, colours[1:], strict=True):
            share = np.clip(0.5 + (light + rough - level) / soft, 0, 1)
            layer = blend(layer, colour(text), share)
        picture += part[..., None] * layer
    white = np.clip(regions.eyes - regions.irises, 0, 1) + regions.teeth
    return blend(picture, colour("#ffffff"), np.clip(0.55 * white, 0, 1))


def _levels(light: Floats, part: Floats) -> Floats:
    """Return the five lightnesses that share a part out among six layers."""
    inside = light[part > 0.5]
    if inside.size < 50:
        return np.linspace(0.15, 0.85, 5, dtype=np.float32)
    spread = np.quantile(inside, (0.05, 0.17, 0.40, 0.68, 0.90)).astype(np.float32)
    even = np.linspace(spread[0], spread[-1], 5, dtype=np.float32)
    return np.asarray(np.maximum.accumulate(0.35 * spread + 0.65 * even + np.arange(5) * 1e-3))


def _lines(scene: Scene, look: Floats, config: StylizeConfig) -> Floats:
    unit = scene.unit
    light = 100 * modelled(scene, 0.18, 0.0)
    flow = edge_flow(light, max(1.5, 0.025 * unit))
    bold = drawn_lines(light, flow, Pen(0.016 * unit * config.scale, 0.08 * unit, 2.0, 2.5))
    bold = cleared(bold, round(0.010 * unit**2))
    fine = drawn_lines(light, flow, Pen(0.008 * unit, 0.03 * unit, 1.2, 3.0))
    bold *= 1 - 0.7 * np.maximum(np.clip(look, 0, 1), scene.regions.face)
    return np.asarray(np.maximum(bold, fine * np.clip(look, 0, 1)), np.float32)


def _background(scene: Scene, bricks: Floats) -> tuple[Floats, Floats]:
    """Spray clouds of colour behind the head and a few thrown strokes; returns paint, cover."""
    unit, side, rng = scene.unit, scene.side, scene.rng(85)
    paint, cover = bricks.copy(), np.zeros((side, side), np.float32)
    middle = scene.portrait.fit.translation
    y, x = np.mgrid[:side, :side].astype(np.float32)
    for number, text in enumerate(_CLOUDS):
        angle = 2 * np.pi * (number + rng.uniform(0, 0.6)) / len(_CLOUDS)
        at = middle + 1.15 * unit * np.array([np.cos(angle), 0.8 * np.sin(angle)])
        away = np.hypot(x - at[0], y - at[1]) / (unit * rng.uniform(0.75, 1.05))
        away = away + 0.10 * noise(side, 0.5 * unit, rng, 3)
        share = speckled(smoothstep(away, 1.25, 0.45), 0.010 * unit, rng)
        paint = blend(paint, colour(text), share)
        cover = np.maximum(cover, share)
    runs = drips(cover, 22, 0.022 * unit, 0.9 * unit, rng)
    drops = splatter(blur(cover, 0.2 * unit) + 0.02, 90, 0.07 * unit, rng)
    tint = colour(_CLOUDS[1])
    paint = blend(blend(paint, tint, runs), colour(_CLOUDS[2]), drops)
    cover = np.maximum(np.maximum(cover, runs), drops)
    strokes = _tag(scene, rng)
    return blend(paint, colour("#101018"), strokes), np.maximum(cover, strokes)


def _tag(scene: Scene, rng: np.random.Generator) -> Floats:
    """Scribble a tag left and right of the head: (P, P) in [0, 1]."""
    side, unit = scene.side, scene.unit
    drawn = np.zeros((side, side), np.uint8)
    for start in (-1.55, 1.05):
        steps = np.arange(60) / 59
        wave = np.cumsum(rng.normal(0, 1, (2, 7)), axis=1)
        knots = np.linspace(0, 1, 7)
        x = scene.portrait.fit.translation[0] + unit * (start + 0.75 * steps)
        x = x + 0.10 * unit * np.interp(steps, knots, wave[0])
        y = 0.22 * side + 0.16 * unit * np.sin(steps * rng.uniform(16, 22)) * (1.1 - steps)
        y = y + 0.05 * unit * np.interp(steps, knots, wave[1])
        points = np.rint(np.stack([x, y], 1) * 16).astype(np.int32)
        cv2.polylines(drawn, [points], False, 255, max(2, round(0.03 * unit)), cv2.LINE_AA, 4)
    return speckled(
        blur(drawn.astype(np.float32) / np.float32(255), 0.008 * unit), 0.008 * unit, rng
    )


def _on_wall(wall: Wall, paint: Floats, cover: Floats, face: Floats) -> Floats:
    """Let the relief of the wall show through the paint, least in the face."""
    calm = 1 - 0.95 * np.clip(face, 0, 1)
    share = np.asarray(np.clip(cover, 0, 1) * (0.98 - 0.14 * wall.joints * calm), np.float32)
    shown = blend(wall.picture, paint, share)
    return np.asarray(np.clip(shown * (1 + 0.85 * (wall.light - 1) * calm)[..., None], 0, 1))
