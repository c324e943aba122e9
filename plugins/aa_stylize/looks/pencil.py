"""Pencil: calm contour lines and hatching along the form, on grained paper."""

import cv2
import numpy as np

from aa_stylize.attention import attention, modelled
from aa_stylize.canvas import drawn_large
from aa_stylize.colour import blend, blur, colour, keep_edges, smoothstep
from aa_stylize.config import StylizeConfig
from aa_stylize.flow import Flow, directed, edge_flow
from aa_stylize.hatching import bent, laid, strokes
from aa_stylize.lines import Pen, cleared, drawn_lines
from aa_stylize.paper import grain
from aa_stylize.scene import Scene
from avatarartist_core.data import Floats

_PAPER, _GRAPHITE = "#f6f3ea", "#2b2b31"
_SLANT, _BEND = -0.87, 0.9  # radians: the hand strokes up to the right


@drawn_large
def pencil(scene: Scene, config: StylizeConfig) -> Floats:
    """Draw with a pencil."""
    unit, person = scene.unit, scene.regions.person
    look = attention(scene)
    flow = edge_flow(scene.lab, max(1.5, 0.022 * unit))
    light = pencil_tone(scene, person)
    if config.ground == "look":
        light = 1 - (1 - light) * _faded(person, unit)
    graphite = _hatched(scene, flow, 1 - light, look, config.scale)
    graphite = np.maximum(graphite, _contours(scene, flow, look * config.detail))
    tooth = grain(scene.side, 0.008 * unit * config.scale, scene.rng(12))
    pressed = np.clip(graphite * (0.8 + 0.4 * tooth) - 0.08 * (1 - tooth), 0, 1)
    paper = colour(_PAPER) * (0.97 + 0.04 * tooth[..., None])
    return blend(paper, colour(_GRAPHITE), pressed)


def pencil_tone(scene: Scene, person: Floats) -> Floats:
    """Bring lightness to what a pencil lays: much paper, even greys, a few deep darks.

    Lu, Xu, Jia, "Combining Sketch and Tone for Pencil Drawing Production", 2012, section 3.2:
    the tones of the person are matched to a mixture of a peak at white, a plateau and a bell.
    """
    light = modelled(scene) - 0.006 * np.clip(scene.lab[..., 1] - 12, 0, 30) * scene.regions.lips
    local = light + 0.5 * (light - blur(light, 0.3 * scene.unit))
    bins = np.linspace(0, 1, 256)
    wanted = (
        0.34 * np.exp((bins - 1) / 0.15) / 0.15
        + 0.48 * ((bins > 0.35) & (bins < 0.95)) / 0.60
        + 0.18 * np.exp(-0.5 * ((bins - 0.25) / 0.12) ** 2) / (0.12 * 2.5066)
    )
    wanted = np.cumsum(wanted) / wanted.sum()
    inside = local[person > 0.5]
    if inside.size < 100:
        inside = local.ravel()
    found = np.quantile(inside, np.linspace(0, 1, 256))
    share = np.interp(local, found, np.linspace(0, 1, 256))
    matched = np.interp(share, wanted, bins).astype(np.float32)
    return np.asarray(0.6 * matched + 0.4 * np.clip(local, 0, 1), np.float32)


def _faded(person: Floats, unit: float) -> Floats:
    """Let the ground go to bare paper, with a little shade close to the head."""
    near = blur(person, 0.3 * unit)
    return np.maximum(person, 0.55 * smoothstep(near, 0.12, 0.8))


def _hatched(scene: Scene, flow: Flow, dark: Floats, look: Floats, scale: float) -> Floats:
    """Lay the tone: first strokes along the form, then across them where it is dark."""
    unit, regions = scene.unit, scene.regions
    form = bent(scene.relief.normals, _SLANT, _BEND)
    strong = flow.anisotropy * smoothstep(np.sqrt(flow.energy), 0.6, 4.0)
    strands = np.clip(1.4 * regions.hair + 0.8 * regions.clothes + 0.8 * regions.brows, 0, 1)
    field = directed(flow, form, np.clip(strong * strands, 0, 1))
    first = strokes(field, 0.010 * unit * scale, 0.26 * unit, scene.rng(10))
    second = strokes(_rotated(field, 0.8), 0.010 * unit * scale, 0.2 * unit, scene.rng(11))
    smooth = keep_edges(dark, dark, 0.02 * unit, 0.05)
    fine = np.maximum(look, 0.85 * regions.face)
    tone = smooth + fine * (dark - smooth)
    hard = 0.6 - 0.34 * regions.face - 0.14 * look
    base = laid(np.clip(tone * 0.9, 0, 0.9), first, hard)
    cross = laid(np.clip((tone - 0.5) * 1.1, 0, 0.7), second, hard)
    return np.asarray(np.clip(base + 0.5 * cross * tone, 0, 0.97), np.float32)


def _contours(scene: Scene, flow: Flow, look: Floats) -> Floats:
    """Draw the lines: fine ones on the features, calmer ones elsewhere."""
    unit = scene.unit
    light = 100 * modelled(scene)
    edge = 100 - 30 * scene.regions.person  # the outline, where head and ground are of one tone
    fine = drawn_lines(light, flow, Pen(max(0.7, 0.0055 * unit), 0.03 * unit, 0.8, 5.0))
    calm = drawn_lines(light, flow, Pen(max(0.9, 0.009 * unit), 0.07 * unit, 1.0, 6.0))
    calm = cleared(calm, round(0.003 * unit**2))
    outline = drawn_lines(edge, edge_flow(edge, 0.02 * unit), Pen(0.009 * unit, 0.06 * unit))
    calm = np.maximum(calm, 0.6 * outline)
    lines = np.maximum(calm * (1 - 0.5 * np.clip(look, 0, 1)), np.clip(look, 0, 1) * fine)
    return np.asarray(0.9 * cv2.GaussianBlur(lines, (0, 0), 0.6))


def _rotated(field: Floats, angle: float) -> Floats:
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    x, y = field[..., 0], field[..., 1]
    return np.stack([cos * x - sin * y, sin * x + cos * y], axis=-1)
