"""The portrait as a sculpture of one material: colour goes, form stays and is lit anew."""

from dataclasses import dataclass

import cv2
import numpy as np

from aa_stylize import contours
from aa_stylize.colour import blur, blur_within, keep_edges, smoothstep
from aa_stylize.flow import edge_flow, smooth_along
from aa_stylize.regions import Regions
from aa_stylize.relief import KEY, gloss, lit
from aa_stylize.scene import Scene
from avatarartist_core.data import Floats

_UPPER, _LOWER = (78, 80, 13, 310, 308), (78, 88, 14, 318, 308)  # along the inner lips


@dataclass(frozen=True, eq=False)
class Carving:
    """A lit sculpture, each (P, P) float32.

    Attributes:
        light: what the material returns of the light, in [0, 1] for a white one.
        shine: highlight in [0, 1].
        normals: (P, P, 3) of the carved surface.
        hollow: in [0, 1], how deep a place lies: grooves, pupils, strands' gaps.
    """

    light: Floats
    shine: Floats
    normals: Floats
    hollow: Floats


def carve(
    scene: Scene,
    detail: float = 1.0,
    towards: tuple[float, float, float] = KEY,
    gloss_power: float = 18,
) -> Carving:
    """Carve the portrait and light it.

    The head mesh gives the large form. The picture's own shading, rid of what is merely colour
    (each part's own tone, the red of lips, the dark of brows and irises), gives the rest.
    """
    regions, relief, unit = scene.regions, scene.relief, scene.unit
    own = own_shading(scene)
    strands = _strands(scene)
    eyes, pupils = _eyes(scene)
    bumps = (0.06 * own * regions.skin + 0.07 * strands + 0.05 * eyes) * np.float32(unit)
    normals = relief.bumped(bumps, detail)
    form = lit(normals, towards, wrap=0.25)
    fill = lit(normals, (0.6, 0.1, 0.8), wrap=0.4)
    light = 0.12 + 0.64 * form + 0.20 * fill
    light += np.float32(detail) * (0.75 * own + 0.16 * strands)
    hollow = np.clip(0.9 * pupils - eyes * 0.2 - 0.6 * strands, 0, 1)
    light *= (1 - 0.55 * relief.occlusion) * (1 - 0.75 * pupils) * (1 - _lid_shadow(scene))
    light *= 1 - 0.85 * _parting(scene)
    return Carving(
        light=np.asarray(np.clip(light, 0.02, 1.05), np.float32),
        shine=gloss(normals, towards, gloss_power),
        normals=normals,
        hollow=np.asarray(hollow, np.float32),
    )


def own_tone(scene: Scene, bare: bool = False) -> Floats:
    """Return (P, P) lightness of the face with its usual skin brought to 0.6, dark or fair.

    It keeps the fall of light on jaw and neck, by which landmarks are found again.

    Args:
        scene: the portrait.
        bare: fill brows, lips, eyes and mouth with the skin about them.
    """
    regions, light = scene.regions, scene.light
    face = regions.skin * regions.face
    usual = float(np.median(light[face > 0.8])) if (face > 0.8).any() else 0.6
    if bare:
        features = _features(regions, scene.unit)
        around = blur_within(light, np.clip(regions.skin - features, 0, 1), 0.06 * scene.unit)
        light = light + (around - light) * features
    return np.asarray(0.6 * (light / max(usual, 0.05)) ** np.float32(0.9), np.float32)


def own_shading(scene: Scene) -> Floats:
    """Return (P, P) lightness about 0 that is the fall of light in the picture, not colour."""
    regions, unit = scene.regions, scene.unit
    features = _features(regions, unit)
    bare = np.clip(regions.skin - features, 0, 1)
    around = blur_within(scene.light, bare, 0.06 * unit)
    flat = scene.light + (around - scene.light) * features
    flat = 0.35 * flat + 0.65 * keep_edges(flat, flat, 0.03 * unit, 0.05)
    face = np.clip(regions.skin + features, 0, 1) * (1 - regions.hair) * (1 - regions.clothes)
    shading = face * (flat - blur_within(flat, face, 0.45 * unit))
    inside = regions.lips * (scene.light - blur_within(scene.light, regions.lips, 0.10 * unit))
    teeth = regions.mouth * (scene.light - blur_within(scene.light, regions.mouth, 0.10 * unit))
    hairs = regions.brows * (scene.light - blur_within(scene.light, regions.brows, 0.03 * unit))
    shading = np.clip(shading, -0.30, 0.22) + 0.8 * inside + 0.6 * teeth + 0.7 * hairs
    return np.asarray(shading, np.float32)


def _features(regions: Regions, unit: float) -> Floats:
    """Cover what is coloured in a face and not shaded: brows, lashes and eyes, lips, mouth."""
    painted = np.clip(regions.brows + regions.eyes + regions.lips + regions.mouth, 0, 1)
    size = 2 * max(1, round(0.025 * unit)) + 1
    grown = cv2.dilate(painted, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    return blur(np.asarray(grown, np.float32), 0.012 * unit)


def _strands(scene: Scene) -> Floats:
    """Return (P, P) grooves of hair and folds of clothes about 0, as deep in black as in fair."""
    regions, unit = scene.regions, scene.unit
    flow = edge_flow(scene.light * np.float32(10), 0.025 * unit)
    total = np.zeros_like(scene.light)
    for part, size, spread in ((regions.hair, 0.11, 0.75), (regions.clothes, 0.16, 0.6)):
        if part.sum() < 16:
            continue
        fine = scene.light - blur_within(scene.light, part, size * unit)
        fine = smooth_along(fine, flow.tangent, 0.03 * unit)
        seen = fine[part > 0.9]
        usual = float(seen.std()) if len(seen) else 0.1
        gain = spread / max(usual, 0.03)
        total += part * np.tanh(gain * fine)
    # At the contour the ground's light leaks in: leave it plain.
    return np.asarray(total * smoothstep(blur(regions.person, 0.02 * unit), 0.6, 1.0), np.float32)


def _eyes(scene: Scene) -> tuple[Floats, Floats]:
    """Carve irises: returns (P, P) height of their rims, about 0, and depth of drilled pupils."""
    side = scene.side
    y, x = np.mgrid[:side, :side].astype(np.float32)
    height, depth = np.zeros_like(x), np.zeros_like(x)
    for centre, *rim in contours.IRISES:
        middle = scene.landmarks[centre]
        radius = float(np.linalg.norm(scene.landmarks[rim] - middle, axis=1).mean())
        away = np.hypot(x - middle[0], y - middle[1]) / max(radius, 1e-3)
        height -= np.exp(-(((away - 0.92) / 0.16) ** 2))
        hole = smoothstep(away, 0.62, 0.36)
        # A sculptor leaves a little stone standing in the drilled pupil, to catch the light.
        spark = np.hypot(x - middle[0] + 0.22 * radius, y - middle[1] + 0.28 * radius)
        hole = hole * smoothstep(spark / max(radius, 1e-3), 0.12, 0.30)
        depth = np.maximum(depth, hole)
    eyes = scene.regions.eyes
    return np.asarray(height * eyes, np.float32), np.asarray(depth * eyes, np.float32)


def _lid_shadow(scene: Scene) -> Floats:
    """Shade the eyeball below its upper lid, and cut the lids' edges."""
    unit, eyes = scene.unit, scene.regions.eyes
    shift = np.array([[1, 0, 0], [0, 1, 0.035 * unit]], np.float32)
    lowered = cv2.warpAffine(eyes, shift, eyes.shape[::-1])
    under = np.clip(eyes - blur(np.asarray(lowered, np.float32), 0.012 * unit), 0, 1)
    edges = np.zeros_like(eyes)
    for eye in contours.EYES:
        upper = contours.curve(scene.landmarks[list(eye[:9])])
        lower = contours.curve(scene.landmarks[[*eye[8:], eye[0]]])
        edges = np.maximum(edges, contours.stroke(upper, scene.side, 0.018 * unit, 0.008 * unit))
        edges = np.maximum(
            edges, 0.5 * contours.stroke(lower, scene.side, 0.010 * unit, 0.008 * unit)
        )
    return np.asarray(np.clip(0.40 * under + 0.42 * edges, 0, 0.8), np.float32)


def _parting(scene: Scene) -> Floats:
    """Darken the line between the lips, and the dark inside an open mouth."""
    unit, regions = scene.unit, scene.regions
    upper, lower = scene.landmarks[list(_UPPER)], scene.landmarks[list(_LOWER)]
    line = contours.curve(np.asarray((upper + lower) / 2, np.float32))
    cut = contours.stroke(line, scene.side, 0.014 * unit, 0.008 * unit)
    shut = float(np.clip(1.5 - 50 * regions.mouth.sum() / unit**2, 0, 1))
    rims = [
        contours.stroke(contours.curve(r), scene.side, 0.014 * unit, 0.01 * unit)
        for r in (upper, lower)
    ]
    cut = np.maximum(cut * shut, (rims[0] + 0.5 * rims[1]) * (1 - shut))
    inside = regions.mouth * (1 - regions.teeth) * smoothstep(scene.light, 0.5, 0.15)
    return np.asarray(np.clip(0.5 * cut + 0.7 * inside, 0, 1), np.float32)
