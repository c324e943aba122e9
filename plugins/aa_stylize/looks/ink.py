"""Ink: wet washes and dark brush lines on handmade paper, black and white."""

import numpy as np

from aa_stylize.attention import attention, modelled
from aa_stylize.canvas import drawn_large
from aa_stylize.colour import blend, blur, colour, keep_edges, smoothstep
from aa_stylize.config import StylizeConfig
from aa_stylize.flow import edge_flow
from aa_stylize.lines import Pen, cleared, drawn_lines
from aa_stylize.paper import washi
from aa_stylize.scene import Scene
from aa_stylize.spray import splatter
from aa_stylize.textures import noise
from aa_stylize.wash import washes
from avatarartist_core.data import Floats

_PAPER, _INK = "#f4f1e9", "#121214"


@drawn_large
def ink(scene: Scene, config: StylizeConfig) -> Floats:
    """Paint with a wet brush."""
    unit, look = scene.unit, np.clip(attention(scene) * config.detail, 0, 1)
    light = modelled(scene, 0.22, 0.22)
    smooth = keep_edges(light, light, 0.035 * unit * config.scale, 0.07)
    smooth = smooth + np.maximum(look, 0.75 * scene.regions.hair) * (light - smooth)
    if config.ground == "look":
        smooth = 1 - (1 - smooth) * _soaked(scene)
    inside = np.quantile(smooth[scene.regions.face > 0.5], (0.08, 0.3, 0.62))
    levels = (float(inside[2]), float(inside[1]) * 0.93, float(inside[0]) * 0.85, 0.2)
    dense = washes(smooth, _falling(levels), unit, 1 - 0.85 * look, scene.rng(20))
    dense = np.maximum(dense, _brush(scene, light, look, config.scale))
    if config.ground == "look":
        dense = np.maximum(dense, _splashed(scene))
    paper = colour(_PAPER) * washi(scene.side, unit, scene.rng(21))[..., None]
    return blend(paper, colour(_INK), np.clip(dense, 0, 0.97))


def _falling(levels: tuple[float, ...]) -> tuple[float, ...]:
    """Keep each level at least 0.08 below the one before."""
    kept: list[float] = []
    for level in levels:
        kept.append(min(level, kept[-1] - 0.08) if kept else level)
    return tuple(kept)


def _soaked(scene: Scene) -> Floats:
    """Leave the ground as paper but for ink that runs out of hair and clothes."""
    unit, person = scene.unit, scene.regions.person
    torn = blur(person, 0.07 * unit) + 0.10 * noise(scene.side, 0.25 * unit, scene.rng(22), 4)
    fringe = smoothstep(torn, 0.42, 0.72)
    height = np.linspace(0, 1, scene.side, dtype=np.float32)[:, None]
    faded = 1 - 0.75 * smoothstep(
        height + 0.06 * noise(scene.side, 0.5 * unit, scene.rng(23), 4), 0.86, 1.02
    )
    return np.maximum(person, 0.5 * fringe) * np.maximum(faded, scene.regions.face)


def _brush(scene: Scene, light: Floats, look: Floats, scale: float) -> Floats:
    """Draw the lines: broad, broken ones around, pointed ones on the features."""
    unit = scene.unit
    flow = edge_flow(100 * light, max(1.5, 0.025 * unit))
    broad = drawn_lines(100 * light, flow, Pen(0.014 * unit * scale, 0.09 * unit, 1.3, 3.0))
    broad = cleared(broad, round(0.006 * unit**2))
    dry = noise(scene.side, 0.06 * unit, scene.rng(24), 3)
    broad *= np.clip(0.95 + 0.2 * dry, 0, 1)
    edge = 100 - 40 * scene.regions.person
    rim = drawn_lines(edge, edge_flow(edge, 0.02 * unit), Pen(0.011 * unit, 0.06 * unit))
    rim *= np.clip(0.8 + 0.35 * noise(scene.side, 0.4 * unit, scene.rng(25), 3), 0, 1)
    fine = drawn_lines(100 * light, flow, Pen(max(0.8, 0.0065 * unit), 0.03 * unit, 0.8, 3.5))
    return np.asarray(np.maximum(np.maximum(broad, 0.8 * rim), fine * look))


def _splashed(scene: Scene) -> Floats:
    """Throw a few drops and a pale cloud of wash behind the head."""
    unit, person = scene.unit, scene.regions.person
    around = blur(person, 0.5 * unit) * (1 - person)
    drops = splatter(around**2, 40, 0.05 * unit, scene.rng(26)) * (1 - person)
    cloud = smoothstep(noise(scene.side, 1.3 * unit, scene.rng(27), 5) + 1.6 * around, 0.9, 2.2)
    return np.asarray(np.maximum(0.75 * drops, 0.20 * cloud * (1 - person)), np.float32)
