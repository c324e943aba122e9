"""Tone laid in pencil: strokes of graphite that run along a field, denser where it is darker."""

import cv2
import numpy as np

from aa_stylize.flow import smooth_along
from avatarartist_core.data import Floats


def strokes(tangent: Floats, width: float, length: float, rng: np.random.Generator) -> Floats:
    """Draw a field of strokes, each place ranked by when a darkening tone reaches it.

    White noise smeared along the directions (line integral convolution, Cabral and Leedom 1993),
    then spread so that the share of places below r is r.

    Args:
        tangent: (H, W, 2) unit vectors the strokes follow.
        width: of a stroke in pixels.
        length: of a stroke in pixels.
        rng: the chance of the noise.

    Returns:
        (H, W) ranks in [0, 1], evenly spread.
    """
    height, width_px = tangent.shape[:2]
    coarse = max(1.0, width / 1.6)
    size = (max(2, round(width_px / coarse)), max(2, round(height / coarse)))
    noise = rng.standard_normal((size[1], size[0]), np.float32)
    noise = cv2.resize(noise, (width_px, height), interpolation=cv2.INTER_CUBIC)
    smeared = smooth_along(noise, tangent, length / 3)
    return ranked(smeared)


def ranked(values: Floats) -> Floats:
    """Replace (H, W) values by their rank in [0, 1], through 1024 quantiles."""
    quantiles = np.quantile(values[::2, ::2], np.linspace(0, 1, 1024))
    return np.interp(values, quantiles, np.linspace(0, 1, 1024)).astype(np.float32)


def laid(tone: Floats, ranks: Floats, hardness: Floats | float) -> Floats:
    """Lay a tone in strokes: the mean of the graphite is the tone.

    Args:
        tone: (H, W) darkness wanted in [0, 1].
        ranks: (H, W) of ``strokes``.
        hardness: (H, W) or one for all; 0 smudges the strokes into an even tone, 1 leaves them
            black.

    Returns:
        (H, W) graphite in [0, 1].
    """
    soft = np.maximum(1 - np.asarray(hardness, np.float32), np.float32(0.02))
    stroke = np.clip((tone * (1 + soft) - ranks) / soft, 0, 1)
    return np.asarray(stroke * (1 - soft) + tone * soft, np.float32)


def bent(normals: Floats, slant: float, bend: float) -> Floats:
    """Return the directions of a hand that hatches at a slant and follows the form a little.

    Args:
        normals: (H, W, 3) x right, y up, z to the viewer; 0 where there is no surface.
        slant: angle of the strokes on a surface that faces the viewer, radians, y down.
        bend: radians by which strokes turn where the surface turns away to the right.

    Returns:
        (H, W, 2) unit vectors in pixels, y down.
    """
    angle = np.float32(slant) + np.float32(bend) * (normals[..., 0] + 0.6 * normals[..., 1])
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1).astype(np.float32)
