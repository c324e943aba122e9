"""The fitted head mesh laid exactly over the portrait's landmarks, drawn into its pixels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Floats, Portrait
from avatarartist_core.heads.mesh import anny_mesh
from avatarartist_core.heads.raster import Raster, interpolate, rasterize

_REACH = 0.12  # head units over which a landmark pulls the mesh to itself
_DRAWN = ("skin", "eye_left", "eye_right", "eye_socket", "teeth_upper", "teeth_lower")


@dataclass(frozen=True, eq=False)
class Overlay:
    """The head in the portrait's pixels.

    Attributes:
        mean: (V, 3) the mean head at rest in head units.
        head: (V, 3) this head as it is fitted, in head units, not turned.
        marks: (478, 3) landmarks on that head, in head units.
        points: (V, 3) pixel x, pixel y, depth in pixels (nearer is larger).
        faces: (F, 3) triangles drawn.
        raster: what each pixel sees.
        normals: (P, P, 3) x right, y up, z to the viewer; 0 where the head is not.
        depth: (P, P) pixels, nearer is larger; 0 where the head is not.
        skull: (P, P) 1 on the head, 0 on torso and ground: how far the skull carries the skin.
        covered: (P, P) 1 where the mesh is.
        rest: (P, P, 3) place on the mean head at rest in head units; 0 where the head is not.
    """

    mean: Floats
    head: Floats
    marks: Floats
    points: Floats
    faces: NDArray[np.int32]
    raster: Raster
    normals: Floats
    depth: Floats
    skull: Floats
    covered: Floats
    rest: Floats


def lay_over(portrait: Portrait) -> Overlay:
    """Draw the fitted head, pulled onto the landmarks so that lids and lips meet their pixels."""
    mesh, fit = anny_mesh(), portrait.fit
    head = mesh.vertices + np.tensordot(fit.identity, mesh.identity[: len(fit.identity)], 1)
    head = (head + np.tensordot(fit.expression, mesh.expression, 1)).astype(np.float32)
    points = fit.project(head)
    points[:, :2] += _pull(head, mesh.landmarks(head), portrait)
    side = portrait.picture.shape[0]
    faces = np.ascontiguousarray(mesh.faces[mesh.faces_of(*_DRAWN)])
    raster = rasterize(points, faces, side, side, cull=True)
    normals = vertex_normals(head, mesh.faces) @ fit.rotation.T
    values = np.concatenate(
        [normals, points[:, 2:], mesh.head_weight[:, None], mesh.vertices], 1
    ).astype(np.float32)
    drawn = interpolate(raster, faces, values)
    length = np.linalg.norm(drawn[..., :3], axis=-1, keepdims=True)
    return Overlay(
        mean=mesh.vertices,
        head=head,
        marks=mesh.landmarks(head),
        points=points,
        faces=faces,
        raster=raster,
        normals=np.asarray(drawn[..., :3] / np.maximum(length, 1e-6), np.float32),
        depth=drawn[..., 3],
        skull=drawn[..., 4],
        covered=(raster.face >= 0).astype(np.float32),
        rest=drawn[..., 5:8],
    )


def vertex_normals(points: Floats, faces: NDArray[np.int32]) -> Floats:
    """Return the (V, 3) unit normals of a mesh, each the mean of its triangles by area."""
    corners = points[faces]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros_like(points)
    for corner in range(3):
        np.add.at(normals, faces[:, corner], across)
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return np.asarray(normals / np.maximum(length, 1e-9), np.float32)


def _pull(head: Floats, found: Floats, portrait: Portrait) -> Floats:
    """Return the (V, 2) pixels by which landmarks move the vertices about them."""
    marks = portrait.landmarks[:468, :2]
    away = marks - portrait.fit.project(found[:468].copy())[:, :2]
    found = found[:468]
    squares = (head**2).sum(1)[:, None] + (found**2).sum(1) - 2 * head @ found.T
    weight = np.exp(-np.maximum(squares, 0) / (2 * (_REACH / 3) ** 2)).astype(np.float32)
    total = weight.sum(1, keepdims=True)
    near = np.exp(-np.maximum(squares.min(1), 0) / (2 * _REACH**2))[:, None]
    return np.asarray(weight @ away / np.maximum(total, 1e-6) * near, np.float32)
