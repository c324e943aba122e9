"""Shading as cel painters do: a local colour for each part, a shadow tone, a highlight."""

import numpy as np

from aa_stylize.colour import blur, blur_within, keep_edges
from aa_stylize.palettes import steps
from aa_stylize.relief import lit
from aa_stylize.scene import Scene
from avatarartist_core.data import Floats

_LIGHT = (-0.35, 0.55, 0.76)


def flattened(scene: Scene, size: float) -> Floats:
    """Paint over texture within each part, not across parts.

    Args:
        scene: the portrait.
        size: sigma in head units of what is painted over.

    Returns:
        (P, P, 3) Lab.
    """
    unit, lab = scene.unit, scene.lab
    smooth = keep_edges(lab, scene.light, 1.6 * size * unit, 0.07)
    return keep_edges(smooth, smooth[..., 0] / np.float32(100), size * unit, 0.05)


def local_colour(lab: Floats, part: Floats, size: float) -> Floats:
    """Return the (P, P, 3) colour a part has about each place, its shading averaged away."""
    return blur_within(lab, part, size)


def tones(scene: Scene, light: Floats, sharpness: float, own: float = 0.6) -> Floats:
    """Shade in three tones.

    Args:
        scene: the portrait.
        light: (P, P) lightness in [0, 1] with the picture's own light.
        sharpness: 0 leaves soft transitions, 1 makes them hard.
        own: share of the picture's own light; the rest is a key light on the head's form.

    Returns:
        (P, P): -1 in deep shadow, 0 in half-tone, 1 in the light.
    """
    unit, regions = scene.unit, scene.regions
    form = lit(scene.relief.normals, _LIGHT, 0.2) - 0.75 * scene.relief.occlusion
    total = np.zeros_like(light)
    for part in (regions.skin + regions.lips, regions.hair, regions.clothes):
        around = blur_within(light, part, 0.7 * unit)
        spread = np.sqrt(blur_within((light - around) ** 2, part, 0.7 * unit)) + 0.03
        total += part * np.clip((light - around) / (2 * spread), -1.5, 1.5)
    shade = own * total + (1 - own) * np.clip(3.0 * (form - 0.72), -1.5, 1)
    soft = 0.9 - 0.78 * sharpness
    return steps(blur(np.asarray(shade, np.float32), 0.008 * unit), (-0.42, 0.62), soft) - 1


def hair_rings(scene: Scene) -> Floats:
    """Return the bands of light around hair, broken up by its strands: (P, P) in [0, 1]."""
    unit, hair = scene.unit, scene.regions.hair
    rows = np.nonzero(hair.max(1) > 0.5)[0]
    if len(rows) == 0:
        return np.zeros_like(hair)
    y = np.mgrid[: scene.side, : scene.side][0].astype(np.float32)
    bent = 0.30 * scene.relief.normals[..., 0] ** 2
    level = (y - float(rows[0])) / np.float32(unit) - bent
    bands = np.exp(-(((level - 0.40) / 0.11) ** 2)) + 0.5 * np.exp(-(((level - 0.66) / 0.06) ** 2))
    strands = np.clip(0.35 + 9.0 * blur(scene.relief.detail, 0.006 * unit), 0, 1)
    return np.asarray(np.clip(bands, 0, 1) * strands * blur(hair, 0.02 * unit) * hair, np.float32)


def lifted(lab: Floats, by: float) -> Floats:
    """Raise the lightness of (P, P, 3) Lab, dark tones by ``by`` and white by none."""
    raised = lab.copy()
    raised[..., 0] += np.float32(by) * (1 - raised[..., 0] / 100)
    return raised
