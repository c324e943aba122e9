"""Toon: flat cel tones with hard shadows and clean, even lines."""

import numpy as np

from aa_stylize.attention import attention, modelled
from aa_stylize.canvas import drawn_large
from aa_stylize.colour import blend, blur, colour, screen, smoothstep, to_rgb
from aa_stylize.config import StylizeConfig
from aa_stylize.flow import edge_flow
from aa_stylize.irises import shining_eyes
from aa_stylize.lines import Pen, cleared, drawn_lines
from aa_stylize.scene import Scene
from aa_stylize.shading import flattened, hair_rings, local_colour, tones
from avatarartist_core.data import Floats

_INK = "#2a1620"


@drawn_large
def toon(scene: Scene, config: StylizeConfig) -> Floats:
    """Draw a frame of a cartoon."""
    look = attention(scene)
    lab = _cel(scene, look)
    if config.ground == "look":
        lab = blend(lab, _ground(scene), scene.regions.ground)
    picture = to_rgb(lab)
    shine = smoothstep(hair_rings(scene), 0.25, 0.45)
    picture = screen(picture, 0.22 * shine[..., None])
    picture = blend(picture, colour(_INK), clean_lines(scene, look, config, 1.0))
    return shining_eyes(picture, scene, vivid=0.45, lashes=0.022, ink=colour(_INK))


def clean_lines(scene: Scene, look: Floats, config: StylizeConfig, weight: float) -> Floats:
    """Draw the outline and the inner lines of a cel: (P, P) ink in [0, 1].

    Args:
        scene: the portrait.
        look: where features are.
        config: the size of lines.
        weight: 1 is a bold outline.
    """
    unit = scene.unit
    light = 100 * modelled(scene, 0.14, 0.0)
    calm = blur(light, 0.010 * unit)
    flow = edge_flow(calm, max(1.5, 0.025 * unit))
    width = 0.0105 * unit * config.scale * weight
    broad = drawn_lines(calm, flow, Pen(width, 0.08 * unit, 1.5, 2.2))
    broad = cleared(broad, round(0.008 * unit**2))
    fine = drawn_lines(light, flow, Pen(max(0.8, 0.6 * width), 0.035 * unit, 1.2, 3.5))
    edge = 100 - 45 * scene.regions.person
    outline = drawn_lines(edge, edge_flow(edge, 0.03 * unit), Pen(1.2 * width, 0.08 * unit))
    lines = np.maximum(np.maximum(broad, outline), fine * np.clip(look, 0, 1))
    return np.asarray(0.95 * lines, np.float32)


def _cel(scene: Scene, look: Floats) -> Floats:
    """Give each part its colour in three flat tones: (P, P, 3) Lab."""
    unit, regions = scene.unit, scene.regions
    flat = flattened(scene, 0.035)
    shade = tones(scene, flat[..., 0] / np.float32(100), 0.92)
    cel = flat.copy()
    for part, size, depth in (
        (regions.skin, 1.0, 15.0),
        (regions.hair, 0.7, 14.0),
        (regions.clothes, 0.35, 14.0),
    ):
        base = local_colour(scene.lab, part, size * unit)
        base = np.concatenate(
            [
                base[..., :1] + depth * np.where(shade < 0, shade, 0.6 * shade)[..., None],
                base[..., 1:] * (1.25 - 0.12 * shade)[..., None],
            ],
            axis=-1,
        )
        if part is regions.skin:
            base = _fresh(base)
        kept = 0.06 if part is not regions.clothes else 0.3
        cel += part[..., None] * (1 - kept) * (base - flat)
    cel[..., 1] += 8 * regions.lips
    cel[..., 1:] *= 1.15
    cel[..., 0] += 6 * regions.hair * np.clip(cel[..., 0] / 40, 0, 1)
    face = (0.65 * np.clip(look, 0, 1) * (1 - regions.skin) + 0.25 * look)[..., None]
    return np.asarray(cel + face * (scene.lab - cel), np.float32)


def _fresh(skin: Floats) -> Floats:
    """Give skin the light and the glow of animation paint: (P, P, 3) Lab."""
    fresh = skin.copy()
    fresh[..., 0] += 0.45 * np.clip(84 - fresh[..., 0], 0, 40)
    chroma = np.hypot(fresh[..., 1], fresh[..., 2])
    wanted = np.clip(chroma, 24, 34) / np.maximum(chroma, 4)
    fresh[..., 1:] *= wanted[..., None]
    fresh[..., 1] += 3
    return fresh


def _ground(scene: Scene) -> Floats:
    """Return the ground as two flat pastel tones: (P, P, 3) Lab."""
    y, x = np.mgrid[: scene.side, : scene.side].astype(np.float32) / scene.side
    ray = np.mod(np.arctan2(y - 0.55, x - 0.5) / np.pi * 9, 1) < 0.5
    light = np.where(ray, 90, 85).astype(np.float32)
    return np.stack([light, np.full_like(light, -9), np.full_like(light, -16)], axis=-1)
