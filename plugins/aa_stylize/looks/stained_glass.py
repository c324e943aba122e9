"""Stained glass: leaded panes of glowing colour, fine in the face, features painted on."""

import cv2
import numpy as np

from aa_stylize.attention import attention, modelled
from aa_stylize.canvas import drawn_large
from aa_stylize.colour import blend, blur, colour, smoothstep, to_lab, to_rgb
from aa_stylize.config import StylizeConfig
from aa_stylize.flow import edge_flow
from aa_stylize.lines import Pen, drawn_lines
from aa_stylize.mosaics import Labels, borders, cell_means, cells, leads
from aa_stylize.scene import Scene
from aa_stylize.textures import noise
from avatarartist_core.data import Floats

_LEAD = "#17161a"
_PANES = ("#1d3f9e", "#0f6fb5", "#128a8c", "#5b2a91", "#a3195b", "#c8501e", "#d99a1a")
"""Glass of the ground: the blues of old windows, and the warm ones that set them off."""


@drawn_large
def stained_glass(scene: Scene, config: StylizeConfig) -> Floats:
    """Set the portrait in glass."""
    unit, look = scene.unit, attention(scene, 0.08)
    parts = _parts(scene)
    size = _sizes(scene, look) * np.float32(unit * config.scale)
    calm = blur(scene.lab, 0.03 * unit)
    own = cells(calm, parts, size, scene.rng(30), colour=0.003)
    glass = _glass(scene, parts, own, config)
    lead = _leading(own, size, look, scene)
    glow = glass * _sheet(scene, own, lead)[..., None]
    glow = glow + 0.35 * blur(glow * np.clip(glow - 0.35, 0, 1), 0.06 * unit)
    painted = _painted(scene, look * config.detail)
    glow = blend(glow, colour("#1a0f12"), painted)
    return np.asarray(np.clip(blend(glow, _came(lead), lead), 0, 1), np.float32)


def _parts(scene: Scene) -> Labels:
    """Number what no pane may cross: ground, hair, clothes, skin, brows, lips, eyes, neck."""
    r = scene.regions
    face = r.skin * r.face
    shares = [r.ground, r.hair, r.clothes, r.skin - face, face, r.brows, r.lips, r.mouth, r.eyes]
    smooth = [cv2.GaussianBlur(share, (0, 0), 1.0) for share in shares]
    parts = np.argmax(np.stack(smooth), axis=0).astype(np.int32)
    return np.where(r.irises > 0.5, len(shares), parts).astype(np.int32)


def _sizes(scene: Scene, look: Floats) -> Floats:
    """Return the width of a pane in head units; panes of the face are finer than the ground's."""
    r = scene.regions
    wide = 0.42 * r.ground + 0.26 * r.clothes + 0.20 * r.hair + 0.20 * (1 - r.ground)
    inner = blur(r.face, 0.10 * scene.unit)
    size = wide + inner * (0.30 - wide)
    return np.asarray(size + np.clip(look, 0, 1) * (0.26 - size), np.float32)


def _glass(scene: Scene, parts: Labels, own: Labels, config: StylizeConfig) -> Floats:
    """Choose one saturated colour a pane."""
    lab = scene.lab.copy()
    lab[..., 0] = 100 * modelled(scene, 0.1, 0.12)
    of_pane = cell_means(lab, own)
    part = cell_means(parts[..., None].astype(np.float32), own)[:, 0].round()
    rng = scene.rng(31)
    light = of_pane[:, 0]
    of_pane[:, 0] = 18 + 0.92 * np.clip((light - 12) * 1.08, 0, 100) * 0.86
    of_pane[:, 0] += rng.normal(0, 3.0, len(light)).astype(np.float32)
    chroma = np.hypot(of_pane[:, 1], of_pane[:, 2])
    wanted = np.clip(1.7 * chroma + 10, 0, 85)
    of_pane[:, 1:] *= (wanted / np.maximum(chroma, 2.0))[:, None]
    of_pane[:, 1:] += rng.normal(0, 1.5, (len(light), 2)).astype(np.float32)
    eyes, irises = part == 8, part == 9
    of_pane[eyes] = [88, -2, 2]
    of_pane[irises, 0] = np.clip(of_pane[irises, 0], 26, 52)
    of_pane[part == 6, 1] += 18
    if config.ground == "look":
        _set_ground(of_pane, part == 0, config.palette or _PANES, scene)
    glass = of_pane[own]
    # Glass painters shade the panes of a face: its own tones, laid thin over the flat colour.
    face = 0.92 * blur(scene.regions.face, 0.04 * scene.unit)
    glass[..., 0] += face * (14 + 0.9 * lab[..., 0] - glass[..., 0])
    return to_rgb(glass)


def _set_ground(
    of_pane: Floats, ground: np.ndarray, palette: tuple[str, ...], scene: Scene
) -> None:
    """Give the panes of the ground colours of the palette, mostly its first ones."""
    rng = scene.rng(32)
    colours = to_lab(np.stack([colour(text) for text in palette]))
    weight = np.linspace(1.0, 0.25, len(colours))
    chosen = rng.choice(len(colours), len(of_pane), p=weight / weight.sum())
    varied = colours[chosen] + rng.normal(0, (5, 4, 4), (len(of_pane), 3))
    of_pane[ground] = varied[ground].astype(np.float32)


def _leading(own: Labels, size: Floats, look: Floats, scene: Scene) -> Floats:
    """Draw the cames: as wide as the panes allow, thin between those of the features."""
    unit, face = scene.unit, scene.regions.face
    broad, thin = leads(own, max(1.6, 0.030 * unit)), leads(own, max(1.1, 0.011 * unit))
    share = np.clip(smoothstep(size / np.float32(unit), 0.36, 0.30) + look, 0, 1)
    line = broad + share * (thin - broad)
    return np.asarray(line * (1 - 0.85 * np.clip(look, 0, 1)) * (1 - 0.6 * face), np.float32)


def _sheet(scene: Scene, own: Labels, lead: Floats) -> Floats:
    """Return the light that comes through: brighter within a pane, uneven as hand-made glass."""
    unit = scene.unit
    inside = cv2.distanceTransform((~borders(own)).astype(np.uint8), cv2.DIST_L2, 3)
    depth = np.clip(inside / np.float32(0.08 * unit), 0, 1)
    depth = depth + scene.regions.face * (0.75 - depth)  # a face is one even sheet
    ripple = noise(scene.side, 0.10 * unit, scene.rng(33), 4)
    seeds = noise(scene.side, max(1.5, 0.02 * unit), scene.rng(34), 1)
    y, x = np.mgrid[: scene.side, : scene.side].astype(np.float32) / scene.side
    sun = 1.12 - 0.30 * np.hypot(x - 0.42, y - 0.30)
    return np.asarray((0.72 + 0.30 * depth + 0.055 * ripple + 0.015 * seeds) * sun, np.float32)


def _painted(scene: Scene, look: Floats) -> Floats:
    """Fire dark paint on the glass where features are drawn, as glass painters do."""
    unit = scene.unit
    light = 100 * modelled(scene)
    flow = edge_flow(light, max(1.2, 0.02 * unit))
    line = drawn_lines(light, flow, Pen(max(0.8, 0.008 * unit), 0.03 * unit, 0.8, 4.0))
    around = blur(light, 0.16 * unit)
    tone = np.clip((around - light) / 60, 0, 0.5)
    wide = np.maximum(np.clip(1.15 * look, 0, 1), 0.6 * scene.regions.face)
    return np.asarray(np.clip(np.maximum(line * 0.85, tone) * wide, 0, 0.9), np.float32)


def _came(lead: Floats) -> Floats:
    """Round the lead: a dull highlight along its upper left flank."""
    dx = cv2.Sobel(lead, cv2.CV_32F, 1, 0, ksize=3)
    dy = cv2.Sobel(lead, cv2.CV_32F, 0, 1, ksize=3)
    shine = np.clip(0.6 * dx + 0.8 * dy, 0, 1)[..., None]
    return np.asarray(colour(_LEAD) + 0.16 * shine * lead[..., None], np.float32)
