"""What shows through the holes of the face: eyes, and the painted inside of the mouth."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from aa_lift.canvas import Canvas
from aa_lift.drive import Pose
from aa_lift.gape import paint_gape
from aa_lift.jaws import card_faces, card_texels
from aa_lift.regions import JAW_OPEN, LOWER_LIP, UPPER_LIP, regions
from aa_lift.window import Window, window_over
from avatarartist_core.data import Floats, Picture
from avatarartist_core.heads.mesh import anny_mesh
from avatarartist_core.heads.raster import Raster
from avatarartist_core.motion import ARKIT

_PARTING = [
    ARKIT.index(name)
    for name in (
        "jawOpen",
        "mouthUpperUpLeft",
        "mouthUpperUpRight",
        "mouthLowerDownLeft",
        "mouthLowerDownRight",
        "mouthFunnel",
        "mouthPucker",
    )
]


@dataclass(frozen=True, eq=False)
class Opening:
    """What shows through the eyes or the mouth, in a window of samples inside the face's window.

    Attributes:
        at: column and row of the window among the samples of the face's window.
        known: (h, w) 1 where there is something to show.
        raster: (h, w) triangles behind it.
        colours: (h, w, 3) of the mouth; the eyes are read when they are shaded.
    """

    at: tuple[int, int]
    known: NDArray[np.uint8]
    raster: Raster
    colours: Picture


_SHUT = Opening(
    (0, 0),
    np.zeros((1, 1), np.uint8),
    Raster(
        np.zeros((1, 1), np.float32), np.full((1, 1), -1, np.int32), np.zeros((1, 1, 2), np.float32)
    ),
    np.zeros((1, 1, 3), np.uint8),
)


def open_eyes(canvas: Canvas, drawn: Floats, face: Window) -> Opening:
    """Find the eyeballs and sockets."""
    balls = np.concatenate(regions().eyeballs)
    window = window_over(drawn[balls], canvas.size, face.samples)
    window = window and window.within(face)
    if window is None:
        return _SHUT
    raster = window.raster(drawn, regions().eyes)
    return Opening(
        window.samples_from(face),
        (raster.face >= 0).astype(np.uint8),
        raster,
        _SHUT.colours,
    )


@cache
def _strip_faces() -> NDArray[np.int32]:
    """Triangles between the upper (0..10) and the lower (11..21) inner lip."""
    k = np.arange(10, dtype=np.int32)
    pairs = [np.stack([k, k + 1, k + 12], -1), np.stack([k, k + 12, k + 11], -1)]
    return np.ascontiguousarray(np.concatenate(pairs))


def open_mouth(canvas: Canvas, pose: Pose, points: Floats, drawn: Floats, face: Window) -> Opening:
    """Paint the inside of the mouth into its own window."""
    lips = anny_mesh().landmarks(drawn)[[*UPPER_LIP, *LOWER_LIP]]
    window = window_over(lips, canvas.size, face.samples)
    window = window and window.within(face)
    if window is None:
        return _SHUT
    strip = window.raster(lips, _strip_faces())
    deep = window.raster(drawn, regions().mouth)
    rows = []
    jaw = float(pose.expression[JAW_OPEN])
    for card in canvas.cards:
        still = canvas.rig.fit.project(card.moved(canvas.rig.neutral, points, jaw))
        rows.append(window.raster(canvas.rig.carried(still, pose), card_faces()))
    out = np.zeros((*strip.face.shape, 3), np.uint8)
    known = np.zeros(strip.face.shape, np.uint8)
    paint_gape(
        out,
        known,
        strip.face,
        strip.weights,
        _strip_faces(),
        _strip_values(canvas, lips),
        deep.face,
        deep.weights,
        deep.depth,
        regions().mouth,
        canvas.deep_colours,
        np.stack([row.face for row in rows]),
        np.stack([row.weights for row in rows]),
        np.stack([row.depth for row in rows]),
        card_faces(),
        card_texels(),
        canvas.teeth,
        canvas.picture,
        _still(canvas, pose),
        canvas.cavity,
        canvas.shadow,
    )
    return Opening(
        window.samples_from(face),
        known,
        strip,
        out,
    )


def _strip_values(canvas: Canvas, lips: Floats) -> Floats:
    """Return what ``paint_gape`` blends over the strip."""
    gap = np.linalg.norm(lips[:11, :2] - lips[11:, :2], axis=1) / canvas.rig.fit.scale
    below = np.concatenate([np.zeros(11), gap])
    corner = 0.5 - np.abs(np.linspace(-0.5, 0.5, 11))
    return np.concatenate([canvas.lips, below[:, None], np.tile(corner, 2)[:, None]], 1).astype(
        np.float32
    )


def _still(canvas: Canvas, pose: Pose) -> float:
    """Say how near the mouth is to the portrait's own, 1 at rest."""
    change = np.abs(pose.expression - canvas.rig.fit.expression)[_PARTING].sum()
    return float(np.clip(1 - change / (0.45 if canvas.is_open else 0.2), 0, 1))
