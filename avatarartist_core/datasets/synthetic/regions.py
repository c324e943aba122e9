"""Where lips, brows, lids and beard are in the painting of the skin."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from avatarartist_core.data import Floats
from avatarartist_core.datasets.synthetic.geometry import places
from avatarartist_core.datasets.synthetic.hair_grid import HAIRLINE, MIDDLE, grid
from avatarartist_core.datasets.synthetic.surface import surface

SIDE = 512
"""Of the painting in texels."""

OUTER_LIPS = (
    61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185,
)  # fmt: skip
INNER_LIPS = (
    78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191,
)  # fmt: skip
RIGHT_BROW = ((46, 53, 52, 65, 55), (70, 63, 105, 66, 107))
LEFT_BROW = ((276, 283, 282, 295, 285), (300, 293, 334, 296, 336))
"""Lower and upper edge, from the temple to the nose."""
RIGHT_LIDS = (
    (33, 246, 161, 160, 159, 158, 157, 173, 133),
    (33, 7, 163, 144, 145, 153, 154, 155, 133),
)
LEFT_LIDS = (
    (263, 466, 388, 387, 386, 385, 384, 398, 362),
    (263, 249, 390, 373, 374, 380, 381, 382, 362),
)
"""Edge of the upper and the lower lid, from the temple to the nose."""

OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152,
    148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Regions:
    """Masks over the painting, (512, 512) float32 in [0, 1], and the landmarks' texels.

    Attributes:
        texels: (478, 2) column and row of each landmark.
        lips: of both lips, the inner side included.
        seam: where the lips meet.
        eyes: inside of the lids' edges.
        lids: the upper lids up to their fold.
        under: below the eyes.
        cheeks: where blood shows.
        nose: its tip and wings.
        beard: chin, jaw and cheeks as far as a full beard grows.
        moustache: between nose and upper lip.
        scalp: where hair grows.
        face: all of the face, soft at its outline.
        flat: where the painting is not stretched: 1 in the face, little on the neck.
    """

    texels: Floats
    lips: Floats
    seam: Floats
    eyes: Floats
    lids: Floats
    under: Floats
    cheeks: Floats
    nose: Floats
    beard: Floats
    moustache: Floats
    scalp: Floats
    face: Floats
    flat: Floats


@cache
def regions() -> Regions:
    """Find the regions by the landmarks on the laid open head."""
    texels = places(surface().landmarks) * np.float32(SIDE) - np.float32(0.5)
    lips = filled(texels[list(OUTER_LIPS)], 1.3)
    inner = filled(texels[list(INNER_LIPS)], 1.5)
    eyes = np.maximum(
        *(filled(texels[[*up, *low[::-1]]], 0.8) for up, low in (RIGHT_LIDS, LEFT_LIDS))
    )
    lids, under = _round_the_eyes(texels)
    mouth = texels[list(OUTER_LIPS)]
    around_mouth = filled((mouth - mouth.mean(0)) * 1.08 + mouth.mean(0), 2)
    beard = filled(
        texels[[132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361,
                401, 433, 434, 430, 410, 287, 375, 321, 405, 314, 17, 84, 181, 91, 146, 57, 186,
                210, 214, 213, 177]] + np.array([0, 6], np.float32), 6)  # fmt: skip
    under_chin = filled(
        texels[[58, 172, 150, 176, 152, 400, 379, 397, 288]] * (1, 1) + np.array([0, 26]), 14
    )
    moustache = filled(
        texels[
            [
                57,
                186,
                92,
                165,
                167,
                164,
                393,
                391,
                322,
                410,
                287,
                409,
                270,
                269,
                267,
                0,
                37,
                39,
                40,
                185,
            ]
        ],
        2.5,
    )
    face = filled(texels[list(OVAL)], 10)
    return Regions(
        texels=texels,
        lips=lips,
        seam=inner,
        eyes=eyes,
        lids=lids,
        under=under,
        cheeks=np.maximum(
            _blob(texels[[50, 205, 101]].mean(0), 26, 22),
            _blob(texels[[280, 425, 330]].mean(0), 26, 22),
        ),
        nose=np.maximum.reduce(
            [_blob(texels[4], 13, 11), _blob(texels[98], 8, 8), _blob(texels[327], 8, 8)]
        ),
        beard=np.clip(np.maximum(beard, under_chin * 0.9) - around_mouth, 0, 1),
        moustache=np.clip(moustache - lips, 0, 1),
        scalp=_scalp() * (1 - _ears()),
        face=face,
        flat=np.float32(0.15) + np.float32(0.85) * face,
    )


def filled(outline: Floats, blur: float) -> Floats:
    """Fill an (N, 2) outline of texels and blur its edge by so many texels."""
    mask = np.zeros((SIDE, SIDE), np.float32)
    cv2.fillPoly(mask, [np.round(outline * 16).astype(np.int32)], 1.0, cv2.LINE_8, 4)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), blur) if blur else mask, np.float32)


def _blob(middle: Floats, width: float, height: float) -> Floats:
    rows, columns = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    away = ((columns - middle[0]) / width) ** 2 + ((rows - middle[1]) / height) ** 2
    return np.maximum(np.exp(-away) * 1.01 - 0.01, 0).astype(np.float32)  # an end spares work


def _round_the_eyes(texels: Floats) -> tuple[Floats, Floats]:
    """Return the upper lids and the skin below the eyes."""
    lids, under = np.zeros((2, SIDE, SIDE), np.float32)
    for (up, low), brow in ((RIGHT_LIDS, RIGHT_BROW), (LEFT_LIDS, LEFT_BROW)):
        upper, lower = texels[list(up)], texels[list(low)]
        raised = upper + (texels[list(brow[0])].mean(0) - upper.mean(0)) * 0.55
        lids = np.maximum(lids, filled(np.concatenate([upper, raised[::-1]]), 3))
        sunk = lower + np.array([0, 16], np.float32)
        under = np.maximum(under, filled(np.concatenate([lower, sunk[::-1]]), 4.5))
    return lids, under


def _scalp() -> Floats:
    """Return where hair grows: above the natural hairline, round the ears, down to the nape."""
    skull, body = grid(), surface()
    around = np.linspace(-np.pi, np.pi, 73)
    angles, line = np.array(HAIRLINE).T
    down = np.interp(np.abs(around), angles, line) - 0.05
    radii = skull.radii(body.mesh.vertices)
    rows = np.interp(down, skull.down, np.arange(len(skull.down)))
    far = radii[np.round(rows).astype(int), np.arange(73)]
    flat = np.sin(down)
    edge = np.stack([flat * np.sin(around), np.cos(down), flat * np.cos(around)], 1)
    texels = places(MIDDLE + edge * far[:, None]) * SIDE - 0.5
    columns, lowest = texels.T
    order = np.argsort(columns)
    limit = np.interp(np.arange(SIDE), columns[order], lowest[order])
    return np.clip((limit[None] - np.arange(SIDE)[:, None]) / 14 + 0.5, 0, 1).astype(np.float32)


def _ears() -> Floats:
    """Return the ears: what sticks out of the smoothed skull at its sides."""
    body = surface()
    ears = np.zeros((SIDE, SIDE), np.float32)
    vertices = body.mesh.vertices
    x, y, z = vertices.T
    for side in (-1, 1):
        box = (x * side > 0.7) & (y > -0.55) & (y < 0.3) & (z > -1.05) & (z < -0.3)
        texels = places(body.rest[: len(vertices)][box]) * np.float32(SIDE) - np.float32(0.5)
        ears = np.maximum(ears, filled(cv2.convexHull(texels)[:, 0], 2.0))
    return ears
