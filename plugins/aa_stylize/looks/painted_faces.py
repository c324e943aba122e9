"""Skull and opera: faces under stage paint, the eyes left as they are."""

import numpy as np

from aa_stylize import contours
from aa_stylize.backdrops import own_ground, spotlit
from aa_stylize.canvas import drawn_large
from aa_stylize.carving import own_shading, own_tone
from aa_stylize.colour import blend, blur, colour, ramp, screen, smoothstep
from aa_stylize.config import StylizeConfig
from aa_stylize.creature import recoloured
from aa_stylize.makeup import FaceMap, face_map, line, liner, ring_distance, shape, spot
from aa_stylize.relief import KEY, gloss, lit
from aa_stylize.scene import Scene
from avatarartist_core.data import Floats

_CHALK = (
    (0.0, "#2a2624"),
    (0.25, "#7d7672"),
    (0.55, "#cfc8c0"),
    (0.85, "#f6f2ea"),
    (1.1, "#ffffff"),
)
_PORCELAIN = (
    (0.0, "#4a2a2a"),
    (0.25, "#a87f78"),
    (0.55, "#ead0c6"),
    (0.85, "#fdf1ea"),
    (1.1, "#ffffff"),
)


@drawn_large
def skeleton(scene: Scene, config: StylizeConfig) -> Floats:
    """Paint a skull over the face: black sockets and nose, teeth across the lips, cheek hollows."""
    face = face_map(scene)
    value = _value(scene, config, 1.1)
    picture = blend(scene.picture, _dimmed(scene, 0.35), 1 - scene.regions.ground)
    picture = blend(picture, recoloured(scene, "#17151a", 0.6), scene.regions.hair)
    skin = np.clip(scene.regions.skin + scene.regions.brows + scene.regions.lips, 0, 1)
    neck = smoothstep(face.y, -1.02, -1.18) * skin
    picture = blend(picture, ramp(value, _CHALK), skin * (1 - 0.85 * neck))
    picture = blend(picture, ramp(0.25 * value, _CHALK), 0.85 * neck)
    black = np.maximum(_sockets(scene, face), np.maximum(_nose(scene, face), _hollows(scene, face)))
    # Black paint lets the form through: lids, brows and nostrils stay to be seen.
    form = (0.10 + 0.30 * np.clip(own_tone(scene), 0, 1) ** 2)[..., None]
    picture = blend(picture, form * ramp(value, _CHALK), black * face.on)
    picture = blend(picture, colour("#141012"), _teeth(scene) * skin)
    picture = blend(picture, colour("#35302e"), 0.7 * _sutures(scene) * skin)
    picture = _petals(scene, face, picture, face.on)
    picture = blend(picture, scene.picture, scene.regions.eyes)
    picture = blend(picture, colour("#0c0a0c"), liner(scene, 0.028) * (1 - scene.regions.irises))
    return _before(scene, config, picture, "#08070a", "#3a2430")


@drawn_large
def peking_opera(scene: Scene, config: StylizeConfig) -> Floats:
    """Paint a face of the Peking opera: white, rose about the eyes, drawn-out lines, red lips."""
    face = face_map(scene)
    value = _value(scene, config, 0.8)
    skin = np.clip(scene.regions.skin + scene.regions.brows + scene.regions.lips, 0, 1)
    picture = blend(scene.picture, recoloured(scene, "#0d0c10", 0.55), scene.regions.hair)
    shine = gloss(scene.relief.normals, KEY, 12) * scene.regions.hair
    picture = screen(picture, 0.12 * shine[..., None] * colour("#8090c0"))
    base = ramp(value, _PORCELAIN)
    picture = blend(picture, base, skin)
    rose = _rose(scene, face)
    picture = blend(picture, picture * colour("#e0284a"), np.clip(0.9 * rose, 0, 1) * face.on)
    lips = blur(scene.regions.lips, 0.008 * scene.unit)
    picture = blend(picture, colour("#c4101c") * (0.35 + 0.9 * value[..., None]), 0.95 * lips)
    picture = blend(picture, colour("#160c10"), 0.95 * _brow_lines(scene))
    picture = blend(picture, scene.picture, scene.regions.eyes)
    picture = blend(
        picture, colour("#0c080a"), liner(scene, 0.045, 0.22) * (1 - scene.regions.irises)
    )
    picture = screen(picture, 0.10 * (gloss(scene.relief.normals, KEY, 20) * skin)[..., None])
    return _before(scene, config, picture, "#3c0609", "#b8281c")


def _value(scene: Scene, config: StylizeConfig, contrast: float) -> Floats:
    """Light the painted skin: the form's light and the picture's own shading."""
    form = lit(scene.relief.normals, KEY, wrap=0.4)
    own = own_shading(scene) * np.float32(contrast * config.detail)
    lit_anew = (0.30 + 0.58 * form + own) * (1 - 0.4 * scene.relief.occlusion)
    tone = 1.3 * own_tone(scene, bare=True)
    return np.asarray(0.45 * lit_anew + 0.55 * tone, np.float32)


def _dimmed(scene: Scene, chroma: float) -> Floats:
    grey = scene.light[..., None]
    return np.asarray(0.7 * (grey + (scene.picture - grey) * chroma), np.float32)


def _before(scene: Scene, config: StylizeConfig, person: Floats, dark: str, light: str) -> Floats:
    wall = spotlit(scene, dark, light)
    if config.ground == "own":
        wall = 2 * own_ground(scene, 0.1, chroma=0.4) * wall
    return blend(wall, person, scene.regions.person)


def _sockets(scene: Scene, face: FaceMap) -> Floats:
    """Blacken round hollows about the eyes."""
    total = np.zeros_like(face.x)
    for side in (-1, 1):
        dx, dy = (face.x - 0.33 * side) / 0.29, (face.y - 0.045) / 0.25
        total = np.maximum(total, smoothstep(np.hypot(dx, dy), 1.06, 0.90))
    return total


def _petals(scene: Scene, face: FaceMap, picture: Floats, skin: Floats) -> Floats:
    """Draw scallops and dots around the sockets, as on a sugar skull."""
    for side in (-1, 1):
        dx, dy = (face.x - 0.33 * side) / 0.29, (face.y - 0.045) / 0.25
        radius, angle = np.hypot(dx, dy), np.arctan2(dy, dx)
        wave = 1.05 + 0.13 * np.abs(np.sin(6.5 * angle))
        rim = smoothstep(radius, wave + 0.05, wave - 0.02) * smoothstep(radius, 0.94, 1.0)
        picture = blend(
            picture, colour("#c01848") * (0.4 + 0.7 * scene.light[..., None]), 0.9 * rim * skin
        )
    for k, (x, y) in enumerate([(0.0, 0.52), (0.0, 0.42), (-0.09, 0.47), (0.09, 0.47)]):
        tone = ("#1f7a8c", "#c01848", "#e0a020", "#e0a020")[k]
        picture = blend(picture, colour(tone), 0.85 * spot(face, x, y, 0.035, 0.01) * skin)
    for side in (-1, 1):
        for k, y in enumerate((-0.93, -0.99, -1.04)):
            dot = spot(face, 0.09 * side * (k + 1), y + 0.03 * k * k, 0.022, 0.008)
            picture = blend(picture, colour("#1f7a8c"), 0.85 * dot * skin)
    return picture


def _nose(scene: Scene, face: FaceMap) -> Floats:
    """Blacken the nose as an upturned heart."""
    left = [(-0.005, -0.12), (-0.10, -0.24), (-0.165, -0.36), (-0.12, -0.44), (-0.02, -0.40)]
    right = [(-x, y) for x, y in reversed(left)]
    return shape(face, left + right, scene, 0.012)


def _hollows(scene: Scene, face: FaceMap) -> Floats:
    """Darken the cheeks under their bones."""
    total = np.zeros_like(face.x)
    for side in (-1, 1):
        corners = [
            (0.66, -0.22),
            (0.52, -0.36),
            (0.36, -0.56),
            (0.40, -0.72),
            (0.54, -0.62),
            (0.68, -0.42),
        ]
        total = np.maximum(
            total, 0.8 * shape(face, [(x * side, y) for x, y in corners], scene, 0.05)
        )
    return total


def _teeth(scene: Scene) -> Floats:
    """Draw the line of the mouth on into the cheeks and teeth across it."""
    marks = scene.landmarks
    unit, side = scene.unit, scene.side
    corner_r, corner_l = marks[78], marks[308]
    upper, lower = marks[[78, 80, 13, 310, 308]], marks[[78, 88, 14, 318, 308]]
    middle = (upper + lower) / 2
    across = (corner_l - corner_r) / max(float(np.linalg.norm(corner_l - corner_r)), 1e-6)
    up = np.array([across[1], -across[0]], np.float32)
    reach = np.float32(0.20 * unit)
    ends = (
        corner_r - across * reach + 0.10 * up * unit,
        corner_l + across * reach + 0.10 * up * unit,
    )
    run = contours.curve(
        np.concatenate([ends[0][None], middle, ends[1][None]]).astype(np.float32), 8
    )
    total = contours.stroke(run, side, 0.016 * unit, 0.005 * unit)
    at = np.linspace(0.04, 0.96, 15)
    numbers = at * (len(run) - 1)
    for k in numbers:
        low = int(k)
        here = run[low] + (run[min(low + 1, len(run) - 1)] - run[low]) * np.float32(k - low)
        open_ = np.interp(k / (len(run) - 1), np.linspace(0.12, 0.88, 5), _gaps(upper, lower, up))
        tall = np.float32(0.085 * unit * (1 - 0.5 * abs(2 * k / (len(run) - 1) - 1) ** 2))
        for sign in (-1, 1):
            start = here + sign * up * np.float32(open_ / 2)
            tooth = np.stack([start, start + sign * up * tall]).astype(np.float32)
            total = np.maximum(total, contours.stroke(tooth, side, 0.013 * unit, 0.005 * unit))
    return np.asarray(total * (1 - 0.4 * scene.regions.mouth), np.float32)


def _gaps(upper: Floats, lower: Floats, up: Floats) -> Floats:
    return np.asarray(np.maximum(((upper - lower) * up).sum(1), 0), np.float32)


def _sutures(scene: Scene) -> Floats:
    """Crack the bone of the forehead and the cheekbones."""
    lines = (
        [(-0.55, 0.30), (-0.42, 0.38), (-0.46, 0.46), (-0.34, 0.50)],
        [(0.56, 0.26), (0.47, 0.36), (0.50, 0.42), (0.40, 0.50), (0.42, 0.54)],
        [(0.20, 0.54), (0.16, 0.46), (0.20, 0.40)],
    )
    total = np.zeros((scene.side, scene.side), np.float32)
    for corners in lines:
        total = np.maximum(total, line(scene, list(corners), 0.012, 0.004))
    return total


def _rose(scene: Scene, face: FaceMap) -> Floats:
    """Shade rose from the eyes to temples, brows and cheeks, strongest at the lids."""
    total = np.zeros_like(face.x)
    for number, side in ((0, -1), (1, 1)):
        away = ring_distance(scene, number)
        near = np.exp(-((away / 0.17) ** 2))
        out = (face.x * side - 0.30) / 0.40
        lift = (face.y - 0.02) / 0.34
        fan = np.exp(-((out * 0.75) ** 2) - lift**2) * 0.75
        total = np.maximum(total, np.maximum(near, fan))
    bridge = smoothstep(np.abs(face.x), 0.10, 0.03) * (face.y > -0.5)
    low = smoothstep(face.y, -0.62, -0.30)
    return np.asarray(total * low * (1 - 0.85 * bridge), np.float32)


def _brow_lines(scene: Scene) -> Floats:
    """Draw brows that rise to the temples, along the portrait's own."""
    total = np.zeros((scene.side, scene.side), np.float32)
    for brow, eye in zip(contours.BROWS, contours.EYES, strict=True):
        upper, lower = scene.landmarks[list(brow[:5])], scene.landmarks[list(brow[5:][::-1])]
        middle = ((upper + lower) / 2)[::-1]
        outer, inner = scene.landmarks[eye[0]], scene.landmarks[eye[8]]
        away = (outer - inner) / max(float(np.linalg.norm(outer - inner)), 1e-6)
        up = np.array([away[1], -away[0]]) * np.sign(away[0])
        tip = middle[-1] + (0.10 * away + 0.07 * up) * scene.unit
        run = contours.curve(np.concatenate([middle[:4], tip[None]]).astype(np.float32), 8)
        parts = len(run) - 1
        for k in range(parts):
            wide = 0.075 * np.sin(np.pi * min(1.0, 0.22 + 0.78 * k / parts)) + 0.012
            total = np.maximum(
                total, contours.stroke(run[k : k + 2], scene.side, wide * scene.unit)
            )
    return np.asarray(blur(total, 0.01 * scene.unit), np.float32)
