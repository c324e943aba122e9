"""Carries a picture's pixels back onto the head: into the texture plane and onto the front sheet.

The texture plane holds the face's surface; the front sheet is the surface seen straight from the
front, continued smoothly beyond the head's outline, where hair, neck and shoulders are. Both lie as
planes do: the column grows with u or x, the row with v or y. Letters: V mesh vertices, P side of
the picture, R side of a plane.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Floats, Picture
from avatarartist_core.heads.raster import Raster, interpolate, rasterize
from avatarartist_core.heads.view_map import projected
from avatarartist_core.heads.window import EXTENT, FaceWindow

_BEHIND = 0.02  # world units that a point may lie behind what the camera sees there
_GRAZING, _FACING = 0.02, 0.35  # cosines between which a surface comes into view
_SHEET_BACK = -0.1  # plane coordinate that the front sheet sinks to away from the head


@dataclass(frozen=True, eq=False)
class Unprojected:
    """One picture on the head.

    Attributes:
        texture: (R, R, 5) float32: RGB in [0, 1], how well each texel is seen in [0, 1], and how
            much of it is the person.
        front: (R, R, 7) float32: RGB, seen and person of the front sheet, whether the head itself
            lies there, and the sheet's z in plane coordinates.
    """

    texture: Floats
    front: Floats


def unproject(
    picture: Picture, mask: Floats, vertices: Floats, camera: Floats, window: FaceWindow, side: int
) -> Unprojected:
    """Look every texel up in a picture.

    Args:
        picture: (P, P, 3) uint8 RGB.
        mask: (P, P) of the person in [0, 1].
        vertices: (V, 3) of the head as it is in the picture, head units, unposed.
        camera: (25,) label under which the head is drawn where the picture shows it.
        window: the face window of the head.
        side: R.
    """
    world = window.world(vertices)
    view = _View.of(picture, mask, world, camera, window)
    normals = _normals(vertices, window.whole)
    texture = _texels(window, side)
    points = _smooth(texture, window.faces, world)
    facing = _smooth(texture, window.faces, normals)
    colours = view.looked_up(points, facing, texture.face >= 0)

    sheet, sheet_normals, hit = _front_sheet(window, world, normals, side)
    front = view.looked_up(sheet, sheet_normals, np.ones((side, side), bool))
    depth = sheet[..., 2:] / np.float32(EXTENT)
    return Unprojected(colours, np.concatenate([front, hit[..., None], depth], 2))


def merged(views: Sequence[Unprojected]) -> Unprojected:
    """Blend what several pictures of one head show, each where it sees best.

    The front sheets must be of one expression: their shape is that of the first.
    """
    first = views[0]
    texture = _blended([view.texture for view in views])
    front = _blended([view.front[..., :5] for view in views])
    return Unprojected(texture, np.concatenate([front, first.front[..., 5:]], 2))


@dataclass(frozen=True, eq=False)
class _View:
    """A picture, and how near the head is in each of its pixels."""

    pixels: Floats  # (P, P, 4): RGB and person in [0, 1]
    nearness: Floats  # (P, P): 1 / distance along the camera's axis, 0 where there is no head
    camera: Floats  # (25,) label

    @classmethod
    def of(
        cls, picture: Picture, mask: Floats, world: Floats, camera: Floats, window: FaceWindow
    ) -> _View:
        pixels = np.dstack([picture.astype(np.float32) / 255, mask]).astype(np.float32)
        seen = rasterize(projected(world, camera, len(picture)), window.whole, *picture.shape[:2])
        nearness = np.where(seen.face >= 0, seen.depth, 0).astype(np.float32)
        return cls(pixels, nearness, camera)

    def looked_up(self, points: Floats, normals: Floats, there: NDArray[np.bool_]) -> Floats:
        """Return (R, R, 5): colour, how well it is seen, and person, of (R, R, 3) world points."""
        place = projected(points, self.camera, len(self.pixels))
        column, row, near = (np.ascontiguousarray(place[..., k]) for k in range(3))
        linear, nearest = cv2.INTER_LINEAR, cv2.INTER_NEAREST
        looked = cv2.remap(self.pixels, column, row, linear, borderMode=cv2.BORDER_REPLICATE)
        before = cv2.remap(self.nearness, column, row, nearest, borderMode=cv2.BORDER_REPLICATE)
        hidden = before > 0
        away = np.where(hidden, 1 / np.maximum(before, 1e-3), np.inf)
        inside = (np.abs(place[..., :2] - (len(self.pixels) - 1) / 2) <= len(self.pixels) / 2).all(
            -1
        )
        towards = self.camera[[3, 7, 11]] - points
        towards /= np.linalg.norm(towards, axis=-1, keepdims=True)
        facing = np.einsum("ijk,ijk->ij", normals, towards)
        seen = np.clip((facing - _GRAZING) / (_FACING - _GRAZING), 0, 1)
        seen *= there & inside & (1 / near <= away + _BEHIND)
        colour = looked[..., :3] * there[..., None]
        person = looked[..., 3] * there
        return np.dstack([colour, seen, person]).astype(np.float32)


@cache
def _texels(window: FaceWindow, side: int) -> Raster:
    """Find the triangle under each texel of the texture plane."""
    shown = window.mask[window.faces_uv].min(1) > 0
    columns = (window.uv + 1) * (side / 2) - 0.5
    flat = np.concatenate([columns, np.zeros((len(columns), 1))], 1).astype(np.float32)
    drawn = rasterize(flat, window.faces_uv[shown], side, side)
    face = np.where(drawn.face >= 0, np.flatnonzero(shown)[drawn.face], -1)
    return Raster(drawn.depth, face.astype(np.int32), drawn.weights)


def _smooth(raster: Raster, faces: NDArray[np.int32], values: Floats) -> Floats:
    return interpolate(raster, faces, np.asarray(values, np.float32))


def _front_sheet(
    window: FaceWindow, world: Floats, normals: Floats, side: int
) -> tuple[Floats, Floats, Floats]:
    """Return (R, R, 3) points and normals of the sheet, and (R, R) 1 where the head is."""
    plane = world / np.float32(EXTENT)
    drawn = np.concatenate([(plane[:, :2] + 1) * (side / 2) - 0.5, plane[:, 2:]], 1)
    raster = rasterize(drawn.astype(np.float32), window.whole, side, side)
    hit = (raster.face >= 0).astype(np.float32)
    depth = _continued(np.where(hit > 0, raster.depth, 0).astype(np.float32), hit)
    steps = (np.arange(side, dtype=np.float32) + 0.5) * (2 / side) - 1
    x, y = np.meshgrid(steps, steps)
    points = np.dstack([x, y, depth]).astype(np.float32) * np.float32(EXTENT)
    facing = _smooth(raster, window.whole, normals)
    facing += (1 - hit[..., None]) * np.array([0, 0, 1], np.float32)
    return points, facing, hit


def _continued(depth: Floats, hit: Floats) -> Floats:
    """Continue (R, R) depths beyond the head, sinking back with the distance from it."""
    if not hit.any():
        return np.full_like(depth, _SHEET_BACK)
    away, labels = cv2.distanceTransformWithLabels(
        (hit == 0).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    at_edge = np.zeros(labels.max() + 1, np.float32)
    at_edge[labels[hit > 0]] = depth[hit > 0]
    near = np.minimum(at_edge[labels], np.percentile(depth[hit > 0], 30))
    sink = np.clip(away * (6 / len(depth)), 0, 1)
    sheet = near * (1 - sink) + np.minimum(near, _SHEET_BACK) * sink
    soft = cv2.GaussianBlur(np.where(hit > 0, depth, sheet).astype(np.float32), (0, 0), 2.0)
    return np.where(hit > 0, depth, soft).astype(np.float32)


def _normals(vertices: Floats, faces: NDArray[np.int32]) -> Floats:
    """Return (V, 3) unit normals, outwards."""
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    across = np.cross(b - a, c - a)
    total = np.zeros(vertices.shape, np.float64)
    for corner in range(3):
        for axis in range(3):
            total[:, axis] += np.bincount(faces[:, corner], across[:, axis], len(vertices))
    length = np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)
    return (total / length).astype(np.float32)


def _blended(layers: Sequence[Floats]) -> Floats:
    """Blend (R, R, 5) layers by the square of how well they are seen."""
    stack = np.stack(layers)
    weight = stack[..., 3:4] ** 2 + 1e-6
    share = weight / weight.sum(0)
    blend = (stack * share).sum(0)
    blend[..., 3] = stack[..., 3].max(0)
    return np.asarray(blend, np.float32)
