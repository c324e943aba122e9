"""Zombie, orc, devil: another skin, other eyes, and what grows on them."""

import numpy as np

from aa_stylize.attachments import Growth, grow, root, shadow_of
from aa_stylize.backdrops import own_ground, spotlit
from aa_stylize.canvas import drawn_large
from aa_stylize.colour import blend, colour, ramp, screen, smoothstep
from aa_stylize.config import StylizeConfig
from aa_stylize.creature import Creature, Stops, become
from aa_stylize.relief import KEY, gloss, lit
from aa_stylize.scene import Scene
from avatarartist_core.data import Floats

_ZOMBIE = Creature(
    skin=(
        (0.0, "#11150f"),
        (0.25, "#3d4a38"),
        (0.55, "#8b9a7c"),
        (0.85, "#c9d1b4"),
        (1.1, "#eef0dc"),
    ),
    blotches=(
        (0.0, "#0f0f12"),
        (0.25, "#3b3a3f"),
        (0.55, "#75756b"),
        (0.85, "#b3b496"),
        (1.1, "#dddcc4"),
    ),
    rough=0.0025,
    contrast=1.35,
    wet=0.10,
    lips="#6d5560",
    lips_share=0.9,
    sockets="#4a2f3a",
    socket_share=0.85,
    veins="#4a5a78",
    irises="#d8e2d2",
    glow=0.12,
    sclera="#e8dcb0",
    hair="#4c4a40",
    hair_light=0.8,
    clothes=0.35,
    rim="#3f6a58",
    teeth="#c9b87a",
)

_ORC = Creature(
    skin=(
        (0.0, "#0d140a"),
        (0.25, "#2c4720"),
        (0.55, "#5f8a3c"),
        (0.85, "#9dbf63"),
        (1.1, "#dcedaa"),
    ),
    blotches=(
        (0.0, "#0e1009"),
        (0.25, "#34401c"),
        (0.55, "#66743a"),
        (0.85, "#a3ab62"),
        (1.1, "#e0e0a8"),
    ),
    rough=0.003,
    contrast=1.5,
    wet=0.30,
    lips="#8a7a52",
    lips_share=0.6,
    sockets="#3c4a30",
    socket_share=0.75,
    irises="#e0a020",
    glow=0.15,
    sclera="#f0e4a8",
    hair="#2c2620",
    hair_light=0.75,
    clothes=0.55,
    rim="#c07830",
    teeth="#d8c890",
)

_DEVIL = Creature(
    skin=(
        (0.0, "#120304"),
        (0.25, "#5a0c0e"),
        (0.55, "#b4201c"),
        (0.85, "#ee5a3c"),
        (1.1, "#ffc29a"),
    ),
    blotches=(
        (0.0, "#100204"),
        (0.25, "#48080f"),
        (0.55, "#961722"),
        (0.85, "#d8403a"),
        (1.1, "#ffb090"),
    ),
    rough=0.002,
    contrast=1.35,
    wet=0.35,
    lips="#4a1418",
    lips_share=0.8,
    sockets="#300408",
    socket_share=0.8,
    irises="#ffc414",
    glow=0.55,
    sclera="#ffe08a",
    hair="#201416",
    hair_light=0.6,
    clothes=0.45,
    rim="#ff7a18",
    teeth="#f4e6c8",
)

_HORN: Stops = ((0.0, "#0c0908"), (0.35, "#3a2c26"), (0.7, "#8c7460"), (1.0, "#e8d8b8"))
_TUSK: Stops = ((0.0, "#4a3a20"), (0.4, "#b09a68"), (0.75, "#eadfb8"), (1.0, "#fffbe8"))


@drawn_large
def zombie(scene: Scene, config: StylizeConfig) -> Floats:
    """Dead, mottled skin, sunken eyes, veins."""
    person = become(scene, _ZOMBIE, config)
    return _before(scene, config, person, "#0b1210", "#48584a")


@drawn_large
def orc(scene: Scene, config: StylizeConfig) -> Floats:
    """Green, warty skin, amber eyes, two tusks."""
    person = become(scene, _ORC, config)
    picture = _before(scene, config, person, "#140e08", "#6a4c30")
    for side in (-1, 1):
        picture = _laid(scene, picture, _tusk(scene, side), _TUSK, ridges=0)
    return picture


@drawn_large
def devil(scene: Scene, config: StylizeConfig) -> Floats:
    """Red skin, burning eyes, horns."""
    person = become(scene, _DEVIL, config)
    picture = _before(scene, config, person, "#0a0203", "#6e160c")
    for side in (-1, 1):
        picture = _laid(scene, picture, _horn(scene, side), _HORN, ridges=9)
    return picture


def _before(scene: Scene, config: StylizeConfig, person: Floats, dark: str, light: str) -> Floats:
    """Set the person before a wall of the look, or before its own ground in the look's tones."""
    wall = spotlit(scene, dark, light)
    if config.ground == "own":
        own = own_ground(scene, 0.08, chroma=0.3)
        wall = 2 * own * (0.35 * own + 0.65 * wall)
    return blend(wall, person, scene.regions.person)


def horns(scene: Scene) -> Floats:
    """Mark the horns, which belong to the person: (P, P) in [0, 1]."""
    return np.maximum(_horn(scene, -1).cover, _horn(scene, 1).cover)


def _horn(scene: Scene, side: int) -> Growth:
    bend = np.array(
        [[0, 0, 0], [0.12, 0.10, 0.05], [0.25, 0.26, 0.02], [0.31, 0.46, -0.06], [0.25, 0.64, -0.1]]
    )
    start = root(scene, (0.36 * side, 0.86, -0.15))
    points = start + bend.astype(np.float32) * np.array([side, 1, 1], np.float32)
    return grow(scene, points, np.array([0.125, 0.105, 0.08, 0.045, 0.006], np.float32))


def _tusk(scene: Scene, side: int) -> Growth:
    lip = scene.overlay.marks[318 if side > 0 else 88]
    bend = np.array(
        [[0.01, -0.04, 0], [0.02, 0.02, 0.03], [0.04, 0.075, 0.04], [0.045, 0.115, 0.03]]
    )
    points = lip + bend.astype(np.float32) * np.array([side, 1, 1], np.float32)
    return grow(scene, points, np.array([0.026, 0.025, 0.017, 0.004], np.float32))


def _laid(scene: Scene, picture: Floats, growth: Growth, stops: Stops, ridges: int) -> Floats:
    """Light an attachment and lay it over the picture with its shadow."""
    normals = growth.normals
    wave = np.sin(2 * np.pi * ridges * growth.along) if ridges else np.zeros_like(growth.along)
    value = 0.10 + 0.75 * lit(normals, KEY, 0.25) + 0.10 * wave * (1 - growth.along)
    thing = ramp(value.astype(np.float32), stops)
    thing = screen(thing, 0.45 * gloss(normals, KEY, 30)[..., None] * colour("#ffffff"))
    rooted = growth.cover * smoothstep(growth.along, 0.0, 0.12)
    picture = picture * (1 - 0.5 * (shadow_of(scene, growth) * scene.regions.person)[..., None])
    return blend(picture, thing, rooted)
