"""Masquerade: a Venetian half mask with gold filigree that lies on the face."""

import cv2
import numpy as np

from aa_stylize import contours
from aa_stylize.backdrops import own_ground, spotlit
from aa_stylize.canvas import drawn_large
from aa_stylize.carving import own_tone
from aa_stylize.colour import blend, blur, colour, ramp, screen, smoothstep, to_rgb
from aa_stylize.config import StylizeConfig
from aa_stylize.makeup import drawn_at, face_map, liner, ring_distance
from aa_stylize.relief import KEY, gloss, lit
from aa_stylize.scene import Scene
from aa_stylize.textures import noise
from avatarartist_core.data import Floats

_VELVET = ((0.0, "#05030c"), (0.3, "#1a0f3a"), (0.6, "#3f2a78"), (0.9, "#8a74c8"), (1.1, "#d8ccff"))
_GOLD = ((0.0, "#1c0e02"), (0.3, "#6e4610"), (0.55, "#c8922c"), (0.8, "#f6d878"), (1.0, "#fffbe0"))

_HALF = (
    (0.0, 0.235), (0.13, 0.30), (0.30, 0.40), (0.50, 0.43), (0.66, 0.38), (0.73, 0.24),
    (0.70, 0.06), (0.62, -0.12), (0.48, -0.25), (0.32, -0.28), (0.19, -0.22), (0.10, -0.20),
    (0.0, -0.24),
)  # fmt: skip
"""Outline of the mask's left half from the middle of the brow to the nose, x and y."""


@drawn_large
def masque(scene: Scene, config: StylizeConfig) -> Floats:
    """Put a mask over the eyes and candlelight around the person."""
    picture = _candlelit(scene)
    wall = spotlit(scene, "#12060a", "#7a2c1c", 2.0)
    if config.ground == "own":
        wall = own_ground(scene, 0.14, 0.6) * colour("#ffb070")
    picture = blend(_candles(scene, wall), picture, scene.regions.person)
    mask, edge = _mask(scene)
    shadow = blur(mask, 0.03 * scene.unit) * (1 - mask) * scene.regions.person
    picture = picture * (1 - 0.55 * shadow)[..., None]
    picture = blend(picture, _velvet(scene, mask), mask)
    gold, raised = _filigree(scene, mask, edge)
    picture = blend(picture, _gilded(scene, raised), gold)
    picture = _gems(scene, picture, mask)
    dark = liner(scene, 0.030) * (1 - scene.regions.irises)
    return blend(picture, picture * np.float32(0.25), 0.8 * dark)


def _candlelit(scene: Scene) -> Floats:
    lab = scene.lab.copy()
    lab[..., 0] = 100 * smoothstep(scene.light, -0.02, 1.06)
    warm = to_rgb(lab) * colour("#ffdcae")
    light = 0.55 + 0.65 * lit(scene.relief.normals, KEY, wrap=0.4)
    return np.clip(warm * light[..., None], 0, 1)


def _candles(scene: Scene, wall: Floats) -> Floats:
    """Scatter soft flames over the ballroom's dark."""
    side, unit, rng = scene.side, scene.unit, scene.rng(61)
    lights = np.zeros((side, side), np.float32)
    for _ in range(40):
        x, y = rng.uniform(0, side), rng.uniform(0, side)
        spot = contours.disc(np.array([x, y], np.float32), unit * rng.uniform(0.03, 0.10), side)
        lights = np.maximum(lights, np.float32(rng.uniform(0.1, 0.55)) * spot)
    return screen(wall, blur(lights, 0.02 * unit)[..., None] * colour("#ffc070"))


def _mask(scene: Scene) -> tuple[Floats, Floats]:
    """Cut the mask; returns its cover and the (P, P) distance to its rims in head units."""
    half = list(_HALF)
    outline = half + [(-x, y) for x, y in reversed(half[1:-1])]
    ring = drawn_at(scene, outline)
    ring = contours.curve(np.concatenate([ring, ring[:1]]), 5)
    cover = contours.fill(ring, scene.side)
    for eye in contours.EYES:
        opening = scene.landmarks[list(eye)]
        middle = opening.mean(0)
        wide = middle + (opening - middle) * np.array([1.22, 1.75], np.float32)
        hole = contours.curve(np.concatenate([wide, wide[:1]]).astype(np.float32), 4)
        cover = cover * (1 - contours.fill(hole, scene.side))
    hair = smoothstep(scene.regions.hair, 0.5, 0.9) * smoothstep(
        scene.overlay.rest[..., 1], 0.2, 0.3
    )
    cover = cover * (1 - hair)
    inside = cv2.distanceTransform((cover > 0.5).astype(np.uint8), cv2.DIST_L2, 5)
    return cover, np.asarray(inside / np.float32(scene.unit), np.float32)


def _velvet(scene: Scene, mask: Floats) -> Floats:
    nap = noise(scene.side, 0.05 * scene.unit, scene.rng(62), 3)
    normals = scene.relief.bumped(0.003 * np.float32(scene.unit) * nap)
    value = 0.10 + 0.50 * lit(normals, KEY, wrap=0.2) + 0.25 * (own_tone(scene, bare=True) - 0.5)
    return ramp(np.asarray(value, np.float32), _VELVET)


def _filigree(scene: Scene, mask: Floats, edge: Floats) -> tuple[Floats, Floats]:
    """Draw gold rims and scrolls; returns their cover and their height."""
    face = face_map(scene)
    rim = smoothstep(edge, 0.050, 0.040) * mask
    x, y = np.abs(face.x), face.y
    scroll = np.zeros_like(edge)
    for cx, cy, size, turn in (
        (0.58, 0.24, 0.11, 0.0),
        (0.40, 0.31, 0.07, 2.2),
        (0.52, -0.14, 0.09, 4.0),
        (0.12, 0.18, 0.06, 1.0),
        (0.33, -0.21, 0.045, 5.2),
    ):
        dx, dy = x - cx, y - cy
        far, angle = np.hypot(dx, dy) / size, np.arctan2(dy, dx) + turn
        coil = np.abs(np.mod(far * 2.2 - angle / (2 * np.pi), 1.0) - 0.5) * size / 2.2
        scroll = np.maximum(scroll, smoothstep(coil, 0.018, 0.008) * smoothstep(far, 1.0, 0.85))
    dots = np.zeros_like(edge)
    for number in (0, 1):
        away = ring_distance(scene, number)
        angle = np.arctan2(y - 0.02, x - 0.32)
        beads = smoothstep(np.abs(np.sin(11 * angle)), 0.5, 0.8)
        dots = np.maximum(dots, beads * smoothstep(np.abs(away - 0.155), 0.018, 0.008))
    raised = np.maximum(rim, np.maximum(scroll * mask * (edge > 0.055), dots * mask))
    return raised, blur(raised, 0.008 * scene.unit)


def _gilded(scene: Scene, raised: Floats) -> Floats:
    normals = scene.relief.bumped(raised * np.float32(0.035 * scene.unit))
    value = 0.14 + 0.72 * lit(normals, KEY, wrap=0.1)
    gold = ramp(np.asarray(value, np.float32), _GOLD)
    return screen(gold, 0.7 * gloss(normals, KEY, 26)[..., None] * colour("#fff4c8"))


def _gems(scene: Scene, picture: Floats, mask: Floats) -> Floats:
    """Set three stones along the brow."""
    for x, y, radius, tone in (
        (0.0, 0.13, 0.055, "#c01030"),
        (0.47, 0.37, 0.035, "#1080c0"),
        (-0.47, 0.37, 0.035, "#1080c0"),
    ):
        at = drawn_at(scene, [(x, y)])[0]
        wide = radius * scene.unit
        stone = contours.disc(at, wide, scene.side) * mask
        bezel = contours.disc(at, 1.3 * wide, scene.side) * mask
        picture = blend(picture, _gilded(scene, bezel), bezel)
        yy, xx = np.mgrid[: scene.side, : scene.side].astype(np.float32)
        slope = ((xx - at[0]) + (yy - at[1])) / max(wide, 1)
        shade = np.clip(0.75 + 0.45 * slope, 0.15, 1.3)
        picture = blend(picture, np.clip(colour(tone) * shade[..., None], 0, 1), stone)
        spark = contours.disc(at - np.float32(0.38 * wide), 0.26 * wide, scene.side)
        picture = screen(picture, 0.9 * (spark * stone)[..., None])
    return picture
