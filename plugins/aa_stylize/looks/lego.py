"""Bricks: glossy yellow plastic, printed features, moulded hair, a wall of studs."""

import numpy as np

from aa_stylize import contours
from aa_stylize.canvas import drawn_large
from aa_stylize.carving import own_shading, own_tone
from aa_stylize.colour import (
    blend,
    blur,
    blur_within,
    colour,
    keep_edges,
    ramp,
    screen,
    smoothstep,
    to_rgb,
)
from aa_stylize.config import StylizeConfig
from aa_stylize.flow import edge_flow, smooth_along
from aa_stylize.makeup import liner
from aa_stylize.relief import KEY, gloss, lit
from aa_stylize.scene import Scene
from avatarartist_core.data import Floats

_YELLOW = (
    (0.0, "#5a3200"),
    (0.25, "#b87400"),
    (0.5, "#f2b400"),
    (0.75, "#ffd21e"),
    (1.0, "#fff08a"),
)
_BRICKS = ("#c91a09", "#0055bf", "#237841", "#f2cd37", "#fe8a18", "#a0a5a9")


@drawn_large
def lego(scene: Scene, config: StylizeConfig) -> Floats:
    """Mould the portrait of toy plastic."""
    regions, unit = scene.regions, scene.unit
    tone = own_tone(scene, bare=True)
    smooth = keep_edges(tone, tone, 0.05 * unit, 0.10)
    form = lit(scene.relief.normals, KEY, wrap=0.5)
    value = 0.40 * smooth + 0.50 * form + 0.02 + 0.5 * blur(own_shading(scene), 0.012 * unit)
    value = value * (1 - 0.4 * scene.relief.occlusion)
    skin = ramp(np.asarray(value, np.float32), _YELLOW)
    picture = blend(scene.picture, _moulded(scene, regions.hair, 0.75), regions.hair)
    picture = blend(picture, _moulded(scene, regions.clothes, 1.25), regions.clothes)
    face = np.clip(regions.skin + regions.lips + regions.brows, 0, 1)
    picture = blend(picture, skin, face)
    picture = _printed(scene, picture)
    shine = gloss(scene.relief.normals, KEY, 40) + 0.5 * gloss(
        scene.relief.normals, (0.5, 0.6, 0.7), 60
    )
    picture = screen(picture, 0.55 * (shine * (1 - regions.eyes))[..., None])
    wall = _studs(scene) if config.ground == "look" else scene.picture
    return blend(wall, picture, regions.person)


def _moulded(scene: Scene, part: Floats, chroma: float) -> Floats:
    """Simplify hair or clothes to a few smooth, glossy ridges of even colour."""
    lab, unit = scene.lab, scene.unit
    even = blur_within(lab, part, 0.30 * unit)
    flow = edge_flow(scene.light * np.float32(10), 0.05 * unit)
    ridges = smooth_along(lab[..., 0] - even[..., 0], flow.tangent, 0.08 * unit)
    ridges = blur(ridges, 0.015 * unit)
    height = np.tanh(ridges / 9) * part
    normals = scene.relief.bumped(height * np.float32(0.09 * unit))
    light = 0.42 + 0.80 * lit(normals, KEY, 0.2)
    base = even * np.array([1, chroma, chroma], np.float32)
    base[..., 0] = np.maximum(base[..., 0] * light + 0.5 * ridges, 4)
    done = to_rgb(base.astype(np.float32))
    return screen(done, 0.5 * gloss(normals, KEY, 22)[..., None])


def _printed(scene: Scene, picture: Floats) -> Floats:
    """Print brows, lips and lids in flat ink; the eyes stay the portrait's own."""
    regions, unit = scene.regions, scene.unit
    brows = smoothstep(blur(regions.brows, 0.008 * unit), 0.25, 0.5)
    picture = blend(picture, colour("#2a1608"), brows)
    picture = blend(picture, picture * colour("#d06a38"), 0.8 * regions.lips)
    picture = blend(picture, scene.picture, np.clip(regions.eyes + regions.mouth, 0, 1))
    upper, lower = scene.landmarks[[78, 80, 13, 310, 308]], scene.landmarks[[78, 88, 14, 318, 308]]
    for run in (upper, lower):
        parting = contours.stroke(contours.curve(run), scene.side, 0.018 * unit)
        picture = blend(picture, colour("#3a1a08"), 0.75 * parting)
    return blend(picture, colour("#140a04"), 0.9 * liner(scene, 0.030) * (1 - regions.irises))


def _studs(scene: Scene) -> Floats:
    """Build the ground of studded plates in a few colours, lit from the upper left."""
    side, unit, rng = scene.side, scene.unit, scene.rng(97)
    pitch = max(0.21 * unit, 7.0)
    count = int(side / pitch) + 3
    y, x = np.mgrid[:side, :side].astype(np.float32)
    column, row = (x / pitch).astype(int), (y / pitch).astype(int)
    # Bricks of two by four studs, every other course set off by two.
    course = row // 2
    brick = (column + 2 * (course % 2)) // 4
    picks = rng.integers(0, len(_BRICKS), (count, count + 2))
    tones = np.stack([colour(tone) for tone in _BRICKS])
    wall = tones[picks[course, brick]] * np.float32(0.62)
    across = np.mod(column + 2 * (course % 2), 4) * pitch + np.mod(x, pitch)
    down = np.mod(row, 2) * pitch + np.mod(y, pitch)
    rim = np.minimum(np.minimum(across, 4 * pitch - across), np.minimum(down, 2 * pitch - down))
    wall = wall * (0.55 + 0.45 * smoothstep(rim, 0.0, 0.05 * pitch + 0.8))[..., None]
    dx, dy = np.mod(x, pitch) / pitch - 0.5, np.mod(y, pitch) / pitch - 0.5
    far = np.hypot(dx, dy)
    soft = 1.0 / pitch
    stud = smoothstep(far, 0.31 + soft, 0.31 - soft)
    shadow = smoothstep(np.hypot(dx - 0.07, dy - 0.09), 0.36, 0.28) * (1 - stud)
    bevel = smoothstep(np.abs(far - 0.29), 0.05, 0.0) * np.clip(-(dx + dy) * 2.4, -1, 1)
    wall = wall * (1 - 0.45 * shadow)[..., None] * (1 + 0.10 * stud)[..., None]
    wall = wall + 0.28 * bevel[..., None] * (wall + 0.15)
    return np.asarray(np.clip(blur(wall.astype(np.float32), 0.010 * unit), 0, 1), np.float32)
