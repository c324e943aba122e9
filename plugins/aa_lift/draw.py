"""Draws one frame of a layered portrait."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from aa_lift.canvas import Canvas
from aa_lift.drive import Pose
from aa_lift.gape import paint_gape
from aa_lift.jaws import card_faces, card_texels
from aa_lift.regions import BLINKS, JAW_OPEN, LOWER_LIP, UPPER_LIP, regions, smoothstep
from aa_lift.shade import EYE, MOUTH, place, shade
from aa_lift.under import draw_map, reveal
from avatarartist_core.data import Floats, Picture
from avatarartist_core.heads.mesh import anny_mesh
from avatarartist_core.heads.raster import FAR, Raster, rasterize
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


@dataclass(frozen=True)
class Window:
    """A rectangle of the frame, drawn with several samples along a pixel's side."""

    left: int
    top: int
    width: int
    height: int
    samples: int

    def raster(self, points: Floats, faces: NDArray[np.int32], *, cull: bool = False) -> Raster:
        """Draw triangles given in frame pixels."""
        offset = np.array([self.left, self.top, 0], np.float32)
        factor = np.array([self.samples, self.samples, 1], np.float32)
        shift = np.array([1, 1, 0], np.float32) * ((self.samples - 1) / 2)
        inside = ((points - offset) * factor + shift).astype(np.float32)
        size = (self.height * self.samples, self.width * self.samples)
        return rasterize(inside, faces, *size, cull=cull)


def draw(canvas: Canvas, pose: Pose, *, samples: int, cutout: bool, transparent: bool) -> Picture:
    """Draw a (size, size, 3) frame, or (size, size, 4) when transparent."""
    points = canvas.rig.posed(pose)
    still, drawn = canvas.rig.drawn(points, pose)
    source = _sheet_map(canvas, pose, still)
    face = window_over(drawn[regions().face_weight > 0.01], canvas.size, samples)
    if face is None:
        return _below(canvas, source, cutout=cutout, transparent=transparent)
    seen = face.raster(drawn, regions().face, cull=True)
    eyes = _eyes(canvas, drawn, face)
    mouth = _mouth(canvas, pose, points, drawn, face)
    inside = np.zeros(seen.face.shape, np.uint8)
    for part, kind in ((eyes, EYE), (mouth, MOUTH)):
        rows = slice(part.row, part.row + part.known.shape[0])
        columns = slice(part.column, part.column + part.known.shape[1])
        inside[rows, columns] |= part.known * np.uint8(kind)
    np.minimum(inside, MOUTH, out=inside)
    values = _values(canvas, pose)
    balls = np.concatenate(regions().eyeballs)
    flags = np.zeros((face.height, face.width), np.uint8)
    window = (face.left, face.top, samples, seen.face, seen.weights, regions().face, values, inside)
    place(source, flags, *window)
    frame = _below(canvas, source, cutout=cutout, transparent=transparent)
    shade(
        frame,
        flags,
        *window,
        eyes.raster.face,
        eyes.raster.weights,
        regions().eyes,
        (eyes.column, eyes.row),
        mouth.colours,
        (mouth.column, mouth.row),
        canvas.picture,
        canvas.eyes,
        canvas.lids,
        canvas.hidden,
        _shut(canvas, pose),
        round((drawn[balls, 0].mean() - face.left) * samples),
    )
    return frame


def _shut(canvas: Canvas, pose: Pose) -> tuple[float, float]:
    """Say how far the eyes left and right in the picture are covered by painted lids."""
    change = pose.expression - canvas.rig.fit.expression
    left, right = (
        float(smoothstep(pose.expression[k], 0.75, 0.97) * np.clip(change[k] / 0.2, 0, 1))
        for k in BLINKS
    )
    return right, left  # the person's right eye is on the picture's left


@cache
def _identity(size: int) -> Floats:
    grid = np.meshgrid(np.arange(size, dtype=np.float32), np.arange(size, dtype=np.float32))
    return np.stack(grid, -1)


def _sheet_map(canvas: Canvas, pose: Pose, still: Floats) -> Floats:
    """Say for each pixel of the frame which point of the portrait the sheet shows there."""
    sheet, size = canvas.sheet, canvas.size
    moved = sheet.moved(canvas.rig.carried(sheet.points, pose), canvas.rest, still)
    source = _identity(size).copy()
    draw_map(moved, sheet.points, sheet.side, np.full((size, size), FAR, np.float32), source)
    return source


def _below(canvas: Canvas, source: Floats, *, cutout: bool, transparent: bool) -> Picture:
    """Draw everything but the face."""
    size = canvas.size
    frame = np.empty((size, size, 4 if transparent else 3), np.uint8)
    if transparent:
        reveal(frame, source, canvas.person.reshape(-1), canvas.plate, canvas.alpha, canvas.alpha)
    else:
        cover = canvas.cover if cutout else np.full((size, size, 1), 255, np.uint8)
        touch = canvas.touch if cutout else cover
        reveal(frame, source, canvas.picture.reshape(-1), canvas.plate, cover, touch)
    return frame


def window_over(points: Floats, size: int, samples: int, margin: int = 2) -> Window | None:
    """Return the part of the frame that (N, 2 or 3) points span, None when outside."""
    left, top = np.maximum(np.floor(points[:, :2].min(0)).astype(int) - margin, 0)
    right, bottom = np.minimum(np.ceil(points[:, :2].max(0)).astype(int) + margin + 1, size)
    if right - left < 1 or bottom - top < 1:
        return None
    return Window(int(left), int(top), int(right - left), int(bottom - top), samples)


@dataclass(frozen=True, eq=False)
class _Part:
    """Eyes or mouth: samples of a window inside the face's window."""

    column: int
    row: int
    known: NDArray[np.uint8]
    raster: Raster
    colours: Picture


_NOTHING = _Part(
    0,
    0,
    np.zeros((1, 1), np.uint8),
    Raster(
        np.zeros((1, 1), np.float32), np.full((1, 1), -1, np.int32), np.zeros((1, 1, 2), np.float32)
    ),
    np.zeros((1, 1, 3), np.uint8),
)


def _within(window: Window | None, face: Window) -> Window | None:
    """Cut a window to the face's window."""
    if window is None:
        return None
    left, top = max(window.left, face.left), max(window.top, face.top)
    right = min(window.left + window.width, face.left + face.width)
    bottom = min(window.top + window.height, face.top + face.height)
    if right <= left or bottom <= top:
        return None
    return Window(left, top, right - left, bottom - top, face.samples)


def _eyes(canvas: Canvas, drawn: Floats, face: Window) -> _Part:
    balls = np.concatenate(regions().eyeballs)
    window = _within(window_over(drawn[balls], canvas.size, face.samples), face)
    if window is None:
        return _NOTHING
    raster = window.raster(drawn, regions().eyes)
    return _Part(
        (window.left - face.left) * face.samples,
        (window.top - face.top) * face.samples,
        (raster.face >= 0).astype(np.uint8),
        raster,
        _NOTHING.colours,
    )


@cache
def _strip_faces() -> NDArray[np.int32]:
    """Triangles between the upper (0..10) and the lower (11..21) inner lip."""
    k = np.arange(10, dtype=np.int32)
    pairs = [np.stack([k, k + 1, k + 12], -1), np.stack([k, k + 12, k + 11], -1)]
    return np.ascontiguousarray(np.concatenate(pairs))


def _mouth(canvas: Canvas, pose: Pose, points: Floats, drawn: Floats, face: Window) -> _Part:
    """Paint the inside of the mouth into its own window."""
    lips = anny_mesh().landmarks(drawn)[[*UPPER_LIP, *LOWER_LIP]]
    window = _within(window_over(lips, canvas.size, face.samples), face)
    if window is None:
        return _NOTHING
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
    return _Part(
        (window.left - face.left) * face.samples,
        (window.top - face.top) * face.samples,
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


def _values(canvas: Canvas, pose: Pose) -> Floats:
    """Return the (V, 9) ``ATTRIBUTES`` of this frame."""
    parts, mesh = regions(), anny_mesh()
    change = pose.expression - canvas.rig.fit.expression
    left, right = (np.clip(change[k] / 0.45, 0, 1) for k in BLINKS)
    lid = parts.lid_weight * np.where(mesh.vertices[:, 0] > 0, left, right)
    turned = np.arccos(np.clip((np.trace(pose.turn) - 1) / 2, -1, 1))
    hidden = canvas.hidden_share * smoothstep(turned, 0.0, 0.15)
    return np.concatenate(
        [
            canvas.rest[:, :2],
            canvas.face_cover[:, None],
            lid[:, None],
            canvas.closed,
            hidden[:, None],
            canvas.hidden_at,
        ],
        1,
    ).astype(np.float32)
