"""Two anime manners: soft pastel gradients (aam) and a vivid painted illustration (counterfeit)."""

import numpy as np

from aa_stylize.attention import attention, modelled
from aa_stylize.canvas import drawn_large
from aa_stylize.colour import blend, blur, colour, ramp, screen, smoothstep, to_lab, to_rgb
from aa_stylize.config import StylizeConfig
from aa_stylize.flow import edge_flow
from aa_stylize.irises import shining_eyes
from aa_stylize.lines import Pen, drawn_lines
from aa_stylize.looks.toon import clean_lines
from aa_stylize.scene import Scene
from aa_stylize.shading import flattened, hair_rings, lifted, local_colour, tones
from aa_stylize.spray import splatter
from aa_stylize.strokes import painted
from aa_stylize.textures import noise
from avatarartist_core.data import Floats


@drawn_large
def aam(scene: Scene, config: StylizeConfig) -> Floats:
    """Draw with soft gradients, pastel colours and luminous eyes."""
    unit, regions, look = scene.unit, scene.regions, attention(scene)
    lab = _soft(scene, look)
    if config.ground == "look":
        lab = blend(lab, to_lab(_petals(scene)), regions.ground)
    picture = to_rgb(lab)
    cheeks = _blush(scene)
    picture = blend(picture, colour("#ff7f8e"), 0.30 * cheeks)
    picture = screen(picture, 0.34 * hair_rings(scene)[..., None])
    lines = clean_lines(scene, look, config, 0.72)
    ink = blend(np.broadcast_to(colour("#7a3b46"), picture.shape), colour("#43283f"), regions.hair)
    picture = blend(picture, ink, 0.85 * lines)
    picture = shining_eyes(picture, scene, vivid=1.0, lashes=0.026, ink=colour("#3a2038"))
    bloom = blur(np.clip(picture - 0.62, 0, 1), 0.10 * unit)
    return np.asarray(np.clip(screen(picture, 0.55 * bloom), 0, 1), np.float32)


@drawn_large
def counterfeit(scene: Scene, config: StylizeConfig) -> Floats:
    """Paint a vivid illustration: rich shadows, bright hair, light from behind."""
    unit, regions, look = scene.unit, scene.regions, attention(scene)
    lab = _rich(scene, look)
    if config.ground == "look":
        lab = blend(lab, to_lab(_evening(scene)), regions.ground)
    picture = painted(to_rgb(lab), 0.020 * unit * config.scale)
    picture = picture + (0.8 * np.clip(look * config.detail, 0, 1))[..., None] * (
        to_rgb(lab) - picture
    )
    rings = hair_rings(scene)
    picture = screen(picture, rings[..., None] * colour("#ffb27a") * 0.75)
    picture = _backlit(picture, scene)
    light = 100 * modelled(scene, 0.16, 0.08)
    flow = edge_flow(light, max(1.5, 0.022 * unit))
    line = drawn_lines(light, flow, Pen(max(0.8, 0.006 * unit), 0.05 * unit, 1.0, 4.5))
    picture = blend(picture, colour("#2b1030"), 0.75 * line)
    picture = shining_eyes(picture, scene, vivid=0.75, lashes=0.020, ink=colour("#22101f"))
    return np.asarray(np.clip(picture, 0, 1), np.float32)


def _soft(scene: Scene, look: Floats) -> Floats:
    """Shade each part by a wide gradient: (P, P, 3) Lab."""
    unit, regions = scene.unit, scene.regions
    flat = flattened(scene, 0.03)
    shade = blur(tones(scene, flat[..., 0] / np.float32(100), 0.35), 0.01 * unit)
    soft = flat.copy()
    for part, size, depth, keep in (
        (regions.skin, 0.8, 7.0, 0.2),
        (regions.hair, 0.35, 9.0, 0.45),
        (regions.clothes, 0.3, 9.0, 0.5),
    ):
        base = local_colour(scene.lab, part, size * unit)
        base[..., 0] += depth * shade
        base[..., 1] += 3 * np.clip(-shade, 0, 1)  # shadows on skin turn rosy
        soft += part[..., None] * (1 - keep) * (base - flat)
    soft[..., 0] = 100 * smoothstep(soft[..., 0] / np.float32(100), -0.32, 1.02)
    soft[..., 0] += 6 * regions.skin
    soft[..., 1:] *= 1.15
    soft[..., 1] += 8 * regions.lips
    kept = (0.5 * np.clip(look, 0, 1) * (1 - regions.skin) + 0.15 * look)[..., None]
    return np.asarray(soft + kept * (lifted(scene.lab, 8.0) - soft), np.float32)


def _rich(scene: Scene, look: Floats) -> Floats:
    """Deepen shadows towards violet and lights towards orange: (P, P, 3) Lab."""
    unit, regions = scene.unit, scene.regions
    lab = flattened(scene, 0.018)
    shade = blur(tones(scene, lab[..., 0] / np.float32(100), 0.6, 0.5), 0.012 * unit)
    rich = lab.copy()
    rich[..., 0] = 50 + 1.22 * (lab[..., 0] - 48) + 7 * shade * regions.person
    rich[..., 1:] *= (1.55 - 0.15 * regions.skin)[..., None]
    cool, warm = np.clip(-shade, 0, 1), np.clip(shade, 0, 1)
    rich[..., 1] += 8 * cool + 2 * warm
    rich[..., 2] += -12 * cool + 8 * warm
    rich[..., 1] += 10 * regions.lips
    keep = (0.35 * np.clip(look, 0, 1))[..., None]
    return np.asarray(rich + keep * (scene.lab * np.array([1, 1.3, 1.3]) - rich), np.float32)


def _backlit(picture: Floats, scene: Scene) -> Floats:
    """Let an evening light touch the outline from behind."""
    unit, person = scene.unit, scene.regions.person
    inner = np.clip(1 - blur(person, 0.035 * unit), 0, 1) * person
    turned = np.clip(scene.relief.normals[..., 0] * 0.8 + 0.35, 0, 1)
    rim = np.clip(3.2 * inner, 0, 1) * turned
    return screen(picture, rim[..., None] * colour("#ff9d5c") * 0.9)


def _blush(scene: Scene) -> Floats:
    """Redden the cheeks and the tip of the nose: (P, P) in [0, 1]."""
    unit, at = scene.unit, scene.landmarks
    y, x = np.mgrid[: scene.side, : scene.side].astype(np.float32)
    total = np.zeros((scene.side, scene.side), np.float32)
    for mark, size, weight in ((50, 0.16, 1.0), (280, 0.16, 1.0), (4, 0.07, 0.4)):
        square = ((x - at[mark, 0]) / size) ** 2 + ((y - at[mark, 1]) / (0.7 * size)) ** 2
        total += weight * np.exp(-square / (2 * unit**2))
    return total * scene.regions.skin


def _petals(scene: Scene) -> Floats:
    """Paint a pale sky with drifting petals and light: (P, P, 3) RGB."""
    y = np.mgrid[: scene.side, : scene.side][0].astype(np.float32) / scene.side
    cloud = noise(scene.side, 1.2 * scene.unit, scene.rng(51), 4)
    sky = ramp(y + 0.07 * cloud, ((0.0, "#a9d3ff"), (0.5, "#d9d6ff"), (1.0, "#ffdfe8")))
    even = np.ones((scene.side, scene.side), np.float32)
    drops = splatter(even, 26, 0.10 * scene.unit, scene.rng(52))
    drops = blur(drops, 0.012 * scene.unit)
    return blend(sky, colour("#fff4f8"), 0.75 * drops)


def _evening(scene: Scene) -> Floats:
    """Paint an evening sky with clouds lit from below: (P, P, 3) RGB."""
    y = np.mgrid[: scene.side, : scene.side][0].astype(np.float32) / scene.side
    cloud = noise(scene.side, 1.0 * scene.unit, scene.rng(53), 5)
    sky = ramp(
        y + 0.05 * cloud,
        (
            (0.0, "#1f2f7a"),
            (0.35, "#5a3f9e"),
            (0.65, "#d65a86"),
            (0.85, "#ff9a5a"),
            (1.1, "#ffd27a"),
        ),
    )
    lit = smoothstep(cloud, 0.2, 1.6)
    return blend(sky, colour("#ffb48a"), 0.55 * lit)
