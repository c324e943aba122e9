"""What must stay readable: the features, that keep their finest marks, and the face's form."""

import numpy as np

from aa_stylize.colour import blur
from aa_stylize.contours import (
    BROWS,
    EYES,
    INNER_LIPS,
    NOSE_BRIDGE,
    NOSE_WINGS,
    OUTER_LIPS,
    OVAL,
    curve,
    fill,
    stroke,
)
from aa_stylize.scene import Scene
from avatarartist_core.data import Floats

_JAW = OVAL[8:29]
"""The lower outline of the face from ear to ear."""


def attention(scene: Scene, reach: float = 0.1) -> Floats:
    """Weigh places by the face's features.

    Args:
        scene: the portrait.
        reach: head units over which the weight falls.

    Returns:
        (P, P) in [0, 1]: 1 on eyes and mouth, 0.6 on brows and under the nose.
    """
    at, side, unit = scene.landmarks, scene.side, scene.unit
    weight = np.zeros((side, side), np.float32)
    for ring in (*EYES, OUTER_LIPS, INNER_LIPS):
        weight = np.maximum(weight, fill(_grown(at[list(ring)], 0.05 * unit), side))
    for brow in BROWS:
        weight = np.maximum(weight, 0.6 * fill(at[list(brow)], side))
    weight = np.maximum(weight, 0.6 * stroke(at[list(NOSE_WINGS)], side, 0.06 * unit))
    weight = np.maximum(weight, 0.4 * stroke(at[list(NOSE_BRIDGE[2:])], side, 0.16 * unit))
    return np.clip(np.maximum(weight, 1.2 * blur(weight, reach * unit / 2)), 0, 1)


def modelled(scene: Scene, jaw: float = 0.16, rim: float = 0.12) -> Floats:
    """Return the (P, P) lightness in [0, 1] with the face's form made plain.

    Few marks tell less than many pixels: where chin and neck are of one tone, a drawing needs the
    shadow that a draughtsman puts under the jaw, and a darker turn at the edge of the face.

    Args:
        scene: the portrait.
        jaw: lightness taken under the jaw.
        rim: lightness taken where the face turns away.
    """
    at, side, unit = scene.landmarks, scene.side, scene.unit
    inside = fill(at[list(OVAL)], side, 0.012 * unit)
    line = stroke(curve(at[list(_JAW)]), side, max(1.0, 0.012 * unit), 0.008 * unit)
    under = (1 - inside) * np.clip(1.6 * blur(inside, 0.10 * unit), 0, 1) + 0.5 * line
    y = np.mgrid[:side, :side][0].astype(np.float32)
    low = float(at[[13, 14], 1].mean())
    under *= np.clip((y - low) / (0.25 * unit) + 0.5, 0, 1) * scene.regions.skin
    away = 1 - np.clip(scene.relief.normals[..., 2] / 0.75, 0, 1)
    turned = away * inside * scene.regions.skin
    return np.clip(scene.light - jaw * under - rim * turned, 0, 1).astype(np.float32)


def _grown(ring: Floats, pixels: float) -> Floats:
    """Push the corners of a ring away from its middle."""
    away = ring - ring.mean(0)
    length = np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-6)
    return np.asarray(ring + away / length * np.float32(pixels), np.float32)
