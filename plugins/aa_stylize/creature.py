"""Other skin on the same face: its tone, blotches, veins and sockets; other eyes and hair."""

from dataclasses import dataclass

import cv2
import numpy as np

from aa_stylize import contours
from aa_stylize.carving import own_shading, own_tone
from aa_stylize.colour import blend, blur, colour, ramp, screen, smoothstep, to_lab, to_rgb
from aa_stylize.config import StylizeConfig
from aa_stylize.relief import KEY, gloss, lit, rim
from aa_stylize.scene import Scene
from aa_stylize.textures import cracks, mottle, noise
from avatarartist_core.data import Floats

Stops = tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Creature:
    """What a being is made of; colours are "#rrggbb".

    Attributes:
        skin: ramp of the skin from shadow to light.
        blotches: ramp of the skin where it is blotched.
        blotch_size: of the blotches, 1 is a third of a head unit.
        rough: height of warts and pores in head units.
        contrast: of the picture's own shading on the skin.
        wet: strength of highlights.
        lips: colour of the lips.
        sockets: colour around the eyes.
        socket_share: how far it covers.
        veins: colour of veins, or empty.
        irises: colour of the irises, or empty: their own.
        glow: light that the irises give, in [0, 1].
        sclera: colour that the whites are tinted to, or empty.
        hair: colour the hair is tinted to, or empty.
        hair_light: factor on the hair's lightness.
        clothes: share of the clothes' colour that stays.
        rim: colour of the light from behind, or empty.
        teeth: colour that teeth are tinted to, or empty.
    """

    skin: Stops
    blotches: Stops
    blotch_size: float = 1.0
    rough: float = 0.006
    contrast: float = 1.0
    wet: float = 0.25
    lips: str = "#000000"
    lips_share: float = 0.6
    sockets: str = "#000000"
    socket_share: float = 0.0
    veins: str = ""
    irises: str = ""
    glow: float = 0.0
    sclera: str = ""
    hair: str = ""
    hair_light: float = 1.0
    clothes: float = 0.7
    rim: str = ""
    teeth: str = ""


def become(scene: Scene, being: Creature, config: StylizeConfig) -> Floats:
    """Paint the person as another being, over its own ground; returns (P, P, 3) RGB."""
    regions = scene.regions
    painted = scene.picture
    painted = blend(painted, _clothes(scene, being), regions.clothes)
    painted = blend(painted, _hair(scene, being), regions.hair)
    face = np.clip(regions.skin + regions.brows + regions.lips, 0, 1)
    skin = _skin(scene, being, config)
    painted = blend(painted, skin, face)
    painted = blend(painted, _brows(scene, skin, being), regions.brows)
    painted = _mouth(scene, painted, being)
    painted = eyes_of(scene, painted, being.irises, being.sclera, being.glow)
    if being.rim:
        edge = rim(scene.relief.normals, 2.5) * smoothstep(scene.relief.normals[..., 0], -0.1, 0.6)
        painted = screen(painted, 0.8 * (edge * regions.person)[..., None] * colour(being.rim))
    return np.asarray(painted, np.float32)


def _skin(scene: Scene, being: Creature, config: StylizeConfig) -> Floats:
    side, unit = scene.side, scene.unit
    bumps = noise(side, 0.07 * unit, scene.rng(11), 4) + 0.7 * noise(
        side, 0.2 * unit, scene.rng(12)
    )
    bumps = bumps * np.float32(being.rough) + 0.12 * scene.relief.detail * scene.regions.skin
    normals = scene.relief.bumped(bumps * np.float32(unit), config.detail)
    form = lit(normals, KEY, wrap=0.3)
    own = own_shading(scene)
    lit_anew = 0.16 + 0.62 * form + np.float32(being.contrast) * own
    lit_anew = lit_anew * (1 - 0.45 * scene.relief.occlusion)
    value = np.asarray(0.45 * lit_anew + 0.55 * own_tone(scene), np.float32)
    spots = mottle(side, unit * being.blotch_size, scene.rng(13))
    skin = ramp(value, being.skin)
    skin = blend(skin, ramp(value, being.blotches), spots)
    skin = blend(skin, skin * colour(being.lips), scene.regions.lips * np.float32(being.lips_share))
    if being.veins:
        lines = cracks(side, unit, scene.rng(14), 0.45) * _away_from_features(scene)
        skin = blend(skin, colour(being.veins) * (0.35 + value[..., None]), 0.55 * lines)
    dark = np.float32(being.socket_share) * sockets(scene)
    skin = blend(skin, skin * colour(being.sockets), dark)
    shine = gloss(normals, KEY, 26) * (1 - dark)
    return screen(skin, np.float32(being.wet) * shine[..., None])


def sockets(scene: Scene, size: float = 1.0) -> Floats:
    """Mark the hollows about the eyes, soft, (P, P) in [0, 1]."""
    total = np.zeros((scene.side, scene.side), np.float32)
    for eye, brow in zip(contours.EYES, contours.BROWS, strict=True):
        ring = scene.landmarks[list(eye)]
        middle = ring.mean(0)
        upper = scene.landmarks[list(brow[:5])].mean(0)
        grown = middle + (ring - middle) * np.array([1.35, 2.6], np.float32) * size
        grown = grown + (upper - middle) * np.float32(0.12)
        hull = cv2.convexHull(grown.astype(np.float32))[:, 0]
        total = np.maximum(total, contours.fill(hull, scene.side, 0.07 * scene.unit))
    return total


def _away_from_features(scene: Scene) -> Floats:
    regions = scene.regions
    features = np.clip(regions.eyes + regions.lips + regions.mouth + 0.5 * regions.brows, 0, 1)
    return np.asarray(1 - smoothstep(blur(features, 0.06 * scene.unit), 0.02, 0.2), np.float32)


def _brows(scene: Scene, skin: Floats, being: Creature) -> Floats:
    dark = scene.picture * np.float32(0.55)
    if being.hair:
        dark = 0.5 * dark + 0.5 * skin * colour(being.hair) * np.float32(0.6)
    return np.asarray(np.minimum(dark, 0.6 * skin), np.float32)


def _hair(scene: Scene, being: Creature) -> Floats:
    return recoloured(scene, being.hair, being.hair_light) if being.hair else scene.picture


def recoloured(scene: Scene, tint: str, factor: float = 1.0) -> Floats:
    """Give the picture the hue of a colour and keep its light: (P, P, 3) RGB."""
    wanted = to_lab(colour(tint))
    light = scene.lab[..., 0] * np.float32(factor)
    pull = np.clip(light / max(float(wanted[0]), 20.0), 0, 1.3)[..., None]
    tinted = np.concatenate([light[..., None], wanted[1:] * pull], -1)
    return to_rgb(tinted.astype(np.float32))


def _clothes(scene: Scene, being: Creature) -> Floats:
    share = np.float32(being.clothes)
    lab = scene.lab * np.array([0.85, share, share], np.float32)
    return to_rgb(lab)


def _mouth(scene: Scene, painted: Floats, being: Creature) -> Floats:
    if not being.teeth:
        return painted
    tinted = scene.picture * colour(being.teeth)
    return blend(painted, tinted, scene.regions.mouth)


def eyes_of(
    scene: Scene, painted: Floats, irises: str, sclera: str = "", glow: float = 0.0
) -> Floats:
    """Recolour the eyes; pupils and the lights on them stay.

    Args:
        scene: the portrait.
        painted: (P, P, 3) picture to paint into.
        irises: "#rrggbb", or empty: as they are.
        sclera: "#rrggbb" to tint the whites with, or empty.
        glow: how far irises light their surroundings, in [0, 1].
    """
    regions, light = scene.regions, scene.light
    own = scene.picture
    if sclera:
        own = blend(own, own * colour(sclera), regions.eyes - regions.irises)
    if irises:
        tint = colour(irises)
        spark = smoothstep(light, 0.75, 0.95) * (1 - np.float32(0.6 * glow))
        ring = np.clip(regions.irises - regions.pupils, 0, 1)
        value = np.clip(0.55 + 1.4 * light, 0, 1.25) * (1 - 0.35 * glow) + 0.6 * glow
        eye = blend(own, tint * value[..., None], ring * (1 - spark))
        own = blend(eye, eye * np.float32(0.25), regions.pupils * (1 - spark))
    painted = blend(painted, own, regions.eyes)
    if irises and glow > 0:
        halo = blur(regions.irises, 0.06 * scene.unit) + 0.6 * blur(
            regions.irises, 0.02 * scene.unit
        )
        painted = screen(painted, np.clip(0.9 * glow * halo, 0, 1)[..., None] * colour(irises))
    return np.asarray(painted, np.float32)
