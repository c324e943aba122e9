"""The sheet: hair, ears, neck, shoulders and background as one grid carried by the head.

Every grid point is a point in space, tied to the nearest point of the mesh: it turns with the
head as far as that point does, and follows its expression. Displacements are smoothed, fade into
the background, and the grid reaches beyond the picture, so that nothing is torn at the border.
"""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from aa_lift.regions import regions, smoothstep
from avatarartist_core.data import Floats, HeadFit
from avatarartist_core.heads.raster import interpolate, rasterize

CELLS = 72
"""Grid cells along a side of the picture."""
MARGIN = 16
"""Grid cells beyond each border."""
_WORK = 384  # side of the picture at which distances are measured
_BEHIND = np.array([0, -0.3, -0.8], np.float32)  # hair is not taken for farther than this
_CHEEK_DEPTH = -0.25  # what lies behind this depth of the head is drawn nearer: see _relief
_COMPRESSION = 0.5


@dataclass(frozen=True, eq=False)
class Sheet:
    """N = side * side grid points in row order, in pixels of the crop.

    Attributes:
        points: (N, 3) at rest: x, y and depth (nearer is larger).
        corners: (N, 3) vertices of the mesh triangle each point is tied to.
        weights: (N, 3) barycentric weights in it.
        head: (N,) how far the head's motion carries the point.
        skin: (N,) how far the expression of its triangle carries the point.
        loose: (N,) 0 on the mesh, 1 well away from it, where displacements are smoothed.
        carry: (N,) factor on the whole displacement; fades into the background.
    """

    points: Floats
    corners: NDArray[np.int32]
    weights: Floats
    head: Floats
    skin: Floats
    loose: Floats
    carry: Floats

    @cached_property
    def side(self) -> int:
        """Grid points along a side."""
        return round(len(self.points) ** 0.5)

    def moved(self, rigid: Floats, rest: Floats, posed: Floats) -> Floats:
        """Carry the grid.

        Args:
            rigid: (N, 3) where the head's motion alone would take ``points``.
            rest: (V, 3) mesh at rest, drawn.
            posed: (V, 3) mesh with expression and without head motion, drawn.

        Returns:
            (N, 3) new points.
        """
        turn = (rigid - self.points) * self.head[:, None]
        change = (posed - rest)[self.corners]
        stir = (change * self.weights[..., None]).sum(1)
        shift = (turn + stir * self.skin[:, None]).reshape(self.side, self.side, 3)
        shift *= self.carry.reshape(self.side, self.side, 1)
        loose = self.loose.reshape(self.side, self.side, 1)
        shift = shift * (1 - loose) + cv2.GaussianBlur(shift, (0, 0), 1.9) * loose
        shift = cv2.GaussianBlur(shift, (0, 0), 0.8)
        return np.asarray(self.points + shift.reshape(-1, 3), np.float32)


def make_sheet(rest: Floats, fit: HeadFit, alpha: Floats) -> Sheet:
    """Tie a grid over a (P, P) picture to the mesh.

    Args:
        rest: (V, 3) mesh drawn over the picture.
        fit: the head over the picture.
        alpha: (P, P) person in [0, 1].
    """
    side = alpha.shape[0]
    cell = side / CELLS
    steps = (np.arange(CELLS + 2 * MARGIN + 1) - MARGIN) * cell - 0.5
    x, y = (axis.ravel().astype(np.float32) for axis in np.meshgrid(steps, steps))
    zoom, canvas = _WORK / side, round(_WORK * (1 + 2 * MARGIN / CELLS))
    shift = (canvas - _WORK) / 2
    near = _nearest(rest, zoom, shift, canvas)
    column, row = (
        np.clip(np.round((axis + 0.5) * zoom - 0.5 + shift).astype(int), 0, canvas - 1)
        for axis in (x, y)
    )
    at = (row, column)
    away = near.distance[at] / zoom
    corners = regions().surface[near.face[at]]
    depth = _relief(near.depth / zoom, near.head, fit)[at]
    inner = cv2.resize(alpha, (_WORK, _WORK), interpolation=cv2.INTER_AREA)
    person = np.pad(inner, int(shift), mode="edge")
    person = cv2.resize(person, (canvas, canvas))
    on_skin = np.exp(-((away / (0.22 * fit.scale)) ** 2))
    return Sheet(
        points=np.stack([x, y, depth], 1).astype(np.float32),
        corners=corners.astype(np.int32),
        weights=near.weights[at].astype(np.float32),
        head=near.head[at].astype(np.float32),
        skin=on_skin.astype(np.float32),
        loose=np.clip(away / (0.16 * fit.scale), 0, 1).astype(np.float32),
        carry=(_carry(person, near.head) * _fade(canvas, shift))[at].astype(np.float32),
    )


@dataclass(frozen=True, eq=False)
class _Nearest:
    """For every pixel of a square canvas the nearest visible point of the mesh."""

    distance: Floats
    face: NDArray[np.int32]
    weights: Floats
    depth: Floats
    head: Floats


def _nearest(rest: Floats, zoom: float, shift: float, canvas: int) -> _Nearest:
    parts = regions()
    points = (rest * np.float32(zoom)).astype(np.float32)
    points[:, :2] += np.float32(0.5 * zoom - 0.5 + shift)
    raster = rasterize(points, parts.surface, canvas, canvas)
    covered = raster.face >= 0
    distance, labels = cv2.distanceTransformWithLabels(
        (~covered).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    rows, columns = np.nonzero(covered)
    lookup = np.zeros(labels.max() + 1, np.intp)
    lookup[labels[covered]] = np.arange(len(rows))
    at = (rows[lookup[labels]], columns[lookup[labels]])
    head = interpolate(raster, parts.surface, parts.head_weight[:, None])[..., 0][at]
    depth = raster.depth[at]
    far = np.clip(distance / (0.025 * canvas), 0, 1)
    head = head * (1 - far) + cv2.GaussianBlur(head, (0, 0), 0.028 * canvas) * far
    depth = depth * (1 - far) + cv2.GaussianBlur(depth, (0, 0), 0.02 * canvas) * far
    inner = raster.weights[at]
    weights = np.concatenate([1 - inner.sum(-1, keepdims=True), inner], -1)
    return _Nearest(distance, raster.face[at], weights, depth, head)


def _relief(depth: Floats, head: Floats, fit: HeadFit) -> Floats:
    """Draw ears, temples and hair nearer than they are, so that a turn does not pull them long."""
    behind = (fit.rotation @ _BEHIND)[2] * fit.scale
    depth = np.where(head > 0.5, np.maximum(depth, behind), depth)
    cheek = _CHEEK_DEPTH * fit.scale
    flat = np.where(depth < cheek, cheek + _COMPRESSION * (depth - cheek), depth)
    return np.asarray(depth * (1 - head) + flat * head, np.float32)


def _carry(person: Floats, head: Floats) -> Floats:
    """Fade from 1 on the person to 0 in the background, more gently around the head."""
    carrier = ((person > 0.5) & (head > 0.5)).astype(np.uint8)
    away = cv2.distanceTransform(1 - carrier, cv2.DIST_L2, 5)
    return np.asarray(np.maximum(person, np.exp(-((away / (0.16 * _WORK)) ** 2))), np.float32)


def _fade(canvas: int, shift: float) -> Floats:
    """Fall from 1 inside the picture to 0 at the edge of the canvas."""
    ramp = np.arange(canvas, dtype=np.float32)
    ramp = smoothstep(np.minimum(ramp, canvas - 1 - ramp), 0.02 * shift, 0.9 * shift)
    return np.asarray(np.minimum(ramp[:, None], ramp[None]), np.float32)
