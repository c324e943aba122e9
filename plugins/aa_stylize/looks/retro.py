"""Retro game: sixteen neon colours, bold outlines, a sunset, all on a tube with scan lines."""

import cv2
import numpy as np

from aa_stylize.attention import attention, modelled
from aa_stylize.canvas import drawn_large
from aa_stylize.colour import blend, blur, colour, keep_edges, to_lab
from aa_stylize.config import StylizeConfig
from aa_stylize.flow import edge_flow
from aa_stylize.lines import Pen, cleared, drawn_lines
from aa_stylize.palettes import blocks, dithered, enlarged, read_palette
from aa_stylize.scene import Scene
from aa_stylize.screens import sunset, thick_outline, tube
from avatarartist_core.data import Floats

_COLOURS = (
    *("#120824", "#c4685a", "#5a1a86", "#99279c", "#d42a8c", "#ff4f6d", "#ff7a4e", "#ffb03a"),
    *("#ffe27a", "#fff6d8", "#1b2a6b", "#f6c49c", "#2fa8e8", "#6ff0e8", "#7a3b2e", "#e8a07a"),
)
_DOT = 0.015  # head units


@drawn_large
def retro(scene: Scene, config: StylizeConfig) -> Floats:
    """Show the portrait as the hero of an old game."""
    unit = scene.unit
    dot = max(2, round(_DOT * unit * config.scale))
    picture = _recoloured(scene, config)
    lines = _outlines(scene, config)
    picture = blend(picture, colour("#120824"), lines)
    if config.ground == "look":
        sky = sunset(scene.side, unit, scene.portrait.fit.translation)
        person = scene.regions.person
        halo = np.clip(1.3 * blur(person, 0.10 * unit) - 0.2, 0, 1) * (1 - person)
        sky = blend(sky, colour("#120824"), 0.35 * halo)
        picture = blend(sky, picture, person)
        picture = blend(picture, colour("#120824"), thick_outline(person, 0.022 * unit))
    palette = read_palette(config.palette or _COLOURS)
    dots = blocks(to_lab(np.clip(picture, 0, 1)), dot)
    calm = 1 - 0.5 * blocks(attention(scene), dot)
    shown = enlarged(dithered(dots, palette, 11.0 * calm), scene.side, scene.side)
    return tube(cv2.GaussianBlur(shown, (0, 0), 0.25 * dot), 2.0 * dot)


def _recoloured(scene: Scene, config: StylizeConfig) -> Floats:
    """Light the head from two sides, magenta and cyan, over its own colours."""
    unit, regions = scene.unit, scene.regions
    light = modelled(scene, 0.15, 0.0)
    light = light + 0.35 * (light - blur(light, 0.08 * unit)) * config.detail
    smooth = keep_edges(light, light, 0.03 * unit, 0.06)
    fine = np.maximum(attention(scene), 0.8 * regions.face)
    light = smooth + fine * (light - smooth)
    lab = scene.lab.copy()
    lab[..., 0] = np.clip(50 + 1.25 * (100 * light - 48), 0, 100)
    lab[..., 1:] *= 1.5
    lab[..., 1] += 8
    picture = np.clip(cv2.cvtColor(lab.astype(np.float32), cv2.COLOR_Lab2RGB), 0, 1)
    normals = blur(scene.relief.normals, 0.10 * unit)  # the large form: noses keep their tones
    left = np.clip(-normals[..., 0] - 0.45, 0, 1) * 1.6
    right = np.clip(normals[..., 0] - 0.45, 0, 1) * 1.6
    shade = (1 - 0.85 * regions.eyes) * regions.person
    picture = blend(picture, colour("#ff4fd8"), np.clip(0.7 * left * shade, 0, 0.8))
    return blend(picture, colour("#2fa8e8"), np.clip(0.8 * right * shade, 0, 0.85))


def _outlines(scene: Scene, config: StylizeConfig) -> Floats:
    unit = scene.unit
    light = 100 * modelled(scene)
    flow = edge_flow(light, max(1.5, 0.022 * unit))
    bold = drawn_lines(light, flow, Pen(0.014 * unit * config.scale, 0.07 * unit, 2.0, 3.0))
    fine = drawn_lines(light, flow, Pen(0.008 * unit, 0.03 * unit, 1.5, 4.0))
    bold = cleared(bold, round(0.006 * unit**2))
    return np.asarray(np.maximum(bold, fine * attention(scene)), np.float32)
