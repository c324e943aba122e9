"""Paints the opened mouth: cavity and tongue, two rows of teeth, the shadow of the lips."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from aa_lift.texture import bilinear
from avatarartist_core.data import Floats, Picture


@njit(cache=True, nogil=True, fastmath=True)  # type: ignore[untyped-decorator]
def paint_gape(
    out: Picture,
    known: NDArray[np.uint8],
    strip: NDArray[np.int32],
    strip_weights: Floats,
    strip_faces: NDArray[np.int32],
    strip_values: Floats,
    deep: NDArray[np.int32],
    deep_weights: Floats,
    deep_depth: Floats,
    deep_faces: NDArray[np.int32],
    deep_colours: Floats,
    cards: NDArray[np.int32],
    card_weights: Floats,
    card_depth: Floats,
    card_faces: NDArray[np.int32],
    card_texels: Floats,
    atlas: Picture,
    picture: Picture,
    still: float,
    cavity: Floats,
    shadow: float,
) -> None:
    """Fill ``out`` and mark what was painted in ``known``.

    Args:
        out: (h, w, 3) window over the mouth, a pixel a sample.
        known: (h, w) set to 1 where the mouth's inside was painted.
        strip: (h, w) triangles of the band between the inner lips.
        strip_weights: (h, w, 2) of these.
        strip_faces: (F, 3).
        strip_values: (N, 4) x, y in the portrait; head units below the upper lip; share of the
            mouth's width from the nearer corner, in [0, 0.5].
        deep: (h, w) triangles of cavity and tongue.
        deep_weights: (h, w, 2) of these.
        deep_depth: (h, w), larger is nearer.
        deep_faces: (F, 3).
        deep_colours: (V, 3) RGB in [0, 255].
        cards: (2, h, w) triangles of the upper and the lower teeth.
        card_weights: (2, h, w, 2) of these.
        card_depth: (2, h, w).
        card_faces: (F, 3).
        card_texels: (N, 2).
        atlas: (2, H, W, 4) painted teeth.
        picture: (P, P, 3) portrait.
        still: 1 where the portrait's own opening is shown as it is, 0 where it is painted.
        cavity: (3,) RGB.
        shadow: how strongly the lips shade what is painted, in [0, 1].
    """
    colour = np.zeros(3, np.float32)
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            t, d = strip[y, x], deep[y, x]
            if t < 0 and d < 0:
                continue
            known[y, x] = 1
            colour[:] = cavity
            if d >= 0:
                a, b, c = deep_faces[d, 0], deep_faces[d, 1], deep_faces[d, 2]
                p, q = deep_weights[y, x, 0], deep_weights[y, x, 1]
                for k in range(3):
                    near = deep_colours[a, k]
                    colour[k] = (
                        near + p * (deep_colours[b, k] - near) + q * (deep_colours[c, k] - near)
                    )
            for row in (1, 0):
                e = cards[row, y, x]
                if e >= 0 and (d < 0 or card_depth[row, y, x] > deep_depth[y, x]):
                    a, b, c = card_faces[e, 0], card_faces[e, 1], card_faces[e, 2]
                    p, q = card_weights[row, y, x, 0], card_weights[row, y, x, 1]
                    r = 1 - p - q
                    u = card_texels[a, 0] * r + card_texels[b, 0] * p + card_texels[c, 0] * q
                    v = card_texels[a, 1] * r + card_texels[b, 1] * p + card_texels[c, 1] * q
                    alpha = bilinear(atlas[row], u, v, 3) / 255
                    for k in range(3):
                        colour[k] += alpha * (bilinear(atlas[row], u, v, k) - colour[k])
            light = 0.5
            keep = 0.0
            u = v = 0.0
            if t >= 0:
                a, b, c = strip_faces[t, 0], strip_faces[t, 1], strip_faces[t, 2]
                p, q = strip_weights[y, x, 0], strip_weights[y, x, 1]
                r = 1 - p - q
                u = strip_values[a, 0] * r + strip_values[b, 0] * p + strip_values[c, 0] * q
                v = strip_values[a, 1] * r + strip_values[b, 1] * p + strip_values[c, 1] * q
                below = strip_values[a, 2] * r + strip_values[b, 2] * p + strip_values[c, 2] * q
                corner = strip_values[a, 3] * r + strip_values[b, 3] * p + strip_values[c, 3] * q
                light = 0.68 + 0.32 * min(max(below / 0.05, 0.0), 1.0)
                light *= 0.5 + 0.5 * min(max(corner / 0.2, 0.0), 1.0)
                light = 1 - shadow * (1 - light)
                keep = still
            for k in range(3):
                shown = colour[k] * light
                if keep > 0:
                    shown += keep * (bilinear(picture, u, v, k) - shown)
                out[y, x, k] = np.uint8(min(max(shown + 0.5, 0.0), 255.0))
