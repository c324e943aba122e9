"""A small green sage: wrinkled skin, wide ears, thin white hair, brown eyes."""

import numpy as np

from aa_stylize.attachments import Growth, grow, root
from aa_stylize.backdrops import own_ground, spotlit
from aa_stylize.canvas import drawn_large
from aa_stylize.colour import blend, blur_within, colour, ramp, screen, smoothstep
from aa_stylize.config import StylizeConfig
from aa_stylize.creature import Creature, become
from aa_stylize.makeup import line
from aa_stylize.relief import KEY, gloss, lit
from aa_stylize.scene import Scene
from aa_stylize.textures import noise
from avatarartist_core.data import Floats

_GREEN = (
    (0.0, "#12170b"),
    (0.25, "#404e26"),
    (0.55, "#87985a"),
    (0.85, "#bccb8c"),
    (1.1, "#eef4cc"),
)
_MOSS = (
    (0.0, "#141408"),
    (0.25, "#4a4a24"),
    (0.55, "#8c8a54"),
    (0.85, "#c4c08a"),
    (1.1, "#f2eccc"),
)
_INNER = ((0.0, "#2a1a12"), (0.3, "#6e5240"), (0.6, "#b89878"), (0.9, "#e8d0ac"), (1.1, "#fff4dc"))

_SAGE = Creature(
    skin=_GREEN,
    blotches=_MOSS,
    rough=0.002,
    contrast=1.2,
    wet=0.12,
    lips="#8a8a5c",
    lips_share=0.75,
    sockets="#7a8250",
    socket_share=0.5,
    irises="#7a5426",
    sclera="#f0e8d0",
    clothes=0.3,
)

_WRINKLES = (
    ((-0.42, 0.40), (-0.20, 0.44), (0.0, 0.42), (0.20, 0.44), (0.42, 0.40)),
    ((-0.46, 0.48), (-0.20, 0.52), (0.0, 0.50), (0.20, 0.52), (0.46, 0.48)),
    ((-0.36, 0.34), (-0.16, 0.36), (0.0, 0.33), (0.16, 0.36), (0.36, 0.34)),
    ((-0.56, 0.06), (-0.62, 0.10), (-0.68, 0.16)),
    ((-0.56, 0.00), (-0.63, 0.00), (-0.69, 0.02)),
    ((-0.55, -0.05), (-0.61, -0.09), (-0.66, -0.14)),
    ((0.56, 0.06), (0.62, 0.10), (0.68, 0.16)),
    ((0.56, 0.00), (0.63, 0.00), (0.69, 0.02)),
    ((0.55, -0.05), (0.61, -0.09), (0.66, -0.14)),
    ((-0.24, -0.14), (-0.36, -0.20), (-0.50, -0.18)),
    ((0.24, -0.14), (0.36, -0.20), (0.50, -0.18)),
)


@drawn_large
def yoda(scene: Scene, config: StylizeConfig) -> Floats:
    """Age the portrait nine hundred years."""
    regions = scene.regions
    picture = become(scene, _SAGE, config)
    picture = blend(picture, _white_hair(scene), np.clip(regions.hair + 0.6 * regions.brows, 0, 1))
    picture = _wrinkled(scene, picture)
    wall = spotlit(scene, "#0e120c", "#59604a", 2.0)
    if config.ground == "own":
        wall = own_ground(scene, 0.12, 0.4)
    picture = blend(wall, picture, regions.person)
    for side in (-1, 1):
        picture = _laid(scene, picture, _ear(scene, side))
    return picture


def ears(scene: Scene) -> Floats:
    """Mark the ears, which belong to the person: (P, P) in [0, 1]."""
    return np.maximum(_ear(scene, -1).cover, _ear(scene, 1).cover)


def _ear(scene: Scene, side: int) -> Growth:
    start = root(scene, (0.80 * side, -0.12, -0.80))
    bend = np.array([[-0.10, 0.0, 0.1], [0.22, 0.10, 0], [0.58, 0.14, -0.1], [1.02, 0.05, -0.2]])
    points = start + bend.astype(np.float32) * np.array([side, 1, 1], np.float32)
    return grow(scene, points, np.array([0.20, 0.25, 0.17, 0.008], np.float32))


def _laid(scene: Scene, picture: Floats, ear: Growth) -> Floats:
    """Draw an ear: green rim and back, a pale hollow with veins."""
    rough = noise(scene.side, 0.12 * scene.unit, scene.rng(81), 4)
    edge = np.abs(ear.across) + 0.03 * rough
    hollow = smoothstep(edge, 0.78, 0.42) * smoothstep(ear.along, 0.96, 0.6)
    light = 0.30 + 0.52 * lit(ear.normals, KEY, 0.3) + 0.025 * rough
    outer = ramp(np.asarray(light, np.float32), _GREEN)
    deep = 0.62 - 0.30 * smoothstep(ear.along, 0.55, 0.05) - 0.12 * ear.across * 0.5 + 0.02 * rough
    inner = ramp(np.asarray(deep, np.float32), _INNER)
    drawn = screen(blend(outer, inner, 0.9 * hollow), 0.15 * gloss(ear.normals, KEY, 20)[..., None])
    front = smoothstep(scene.overlay.rest[..., 2], -0.85, -0.6) * scene.overlay.covered
    behind = 1 - np.clip(front * (scene.regions.skin + scene.regions.hair), 0, 1)
    return blend(picture, drawn, ear.cover * behind)


def _wrinkled(scene: Scene, picture: Floats) -> Floats:
    """Fold the forehead, the corners of the eyes and the bags under them."""
    folds = np.zeros((scene.side, scene.side), np.float32)
    for corners in _WRINKLES:
        folds = np.maximum(folds, line(scene, list(corners), 0.020, 0.012))
    shift = max(1, round(0.016 * scene.unit))
    lights = np.roll(folds, shift, axis=0)
    skin = scene.regions.skin
    picture = picture * (1 - 0.42 * (folds * skin)[..., None])
    return screen(picture, 0.16 * (lights * (1 - folds) * skin)[..., None] * colour("#e8f0c0"))


def _white_hair(scene: Scene) -> Floats:
    fine = scene.light - blur_within(scene.light, scene.regions.hair, 0.3 * scene.unit)
    value = 0.72 + 1.4 * fine + 0.2 * (lit(scene.relief.normals, KEY, 0.4) - 0.5)
    stops = ((0.0, "#2a2c24"), (0.4, "#8a8c80"), (0.75, "#d8d8cc"), (1.0, "#fbfbf4"))
    return ramp(np.asarray(value, np.float32), stops)
