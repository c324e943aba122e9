"""Finds the 478 landmarks on the head by asking a landmark network about pictures of it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Floats
from avatarartist_core.errors import AvatarArtistError
from avatarartist_core.heads.build.closest import closest_on_triangles
from avatarartist_core.heads.build.makehuman import Doubles, Indices
from avatarartist_core.heads.build.sitters import Sitter
from avatarartist_core.heads.mesh import HeadMesh
from avatarartist_core.interfaces import FaceFinder

INNER_LIPS = (
    *(78, 191, 80, 81, 82, 13, 312, 311, 310, 415),
    *(308, 324, 318, 402, 317, 14, 87, 178, 88, 95),
)
"""Landmarks on the edge of the mouth opening: only an open mouth shows where they are."""

LID_EDGES = (
    *(246, 161, 160, 159, 158, 157, 173, 7, 163, 144, 145, 153, 154, 155),
    *(466, 388, 387, 386, 385, 384, 398, 249, 390, 373, 374, 380, 381, 382),
)
"""Landmarks on the edges of the lids, without the corners of the eyes."""

FACE_POINTS = 468
_IRISES = {"eye_right": 468, "eye_left": 473}  # by the person's side; centre, then four around it
_IRIS_RADIUS = 0.0585
_PAIRING = 16  # sitters whose mirror image is looked at too
_EARS = -0.42  # z where the ears begin: no landmark lies behind
_REACH = 14.0  # pixels that a landmark may lie off the skin


@dataclass(frozen=True, eq=False)
class Correspondence:
    """Where the landmarks are on a mesh.

    Attributes:
        faces: (478,) triangle.
        weights: (478, 3) barycentric weights in it.
        spread: (468,) standard deviation over the sitters in head units, largest axis.
    """

    faces: Indices
    weights: Doubles
    spread: Doubles


def correspond(mesh: HeadMesh, sitters: list[Sitter], finder: FaceFinder) -> Correspondence:
    """Place the landmarks: median over the sitters, made symmetric, laid onto the skin.

    Raises:
        AvatarArtistError: too few sitters were taken for faces.
    """
    depth = mesh.vertices[mesh.faces][..., 2].min(1)
    skin = mesh.faces_of("skin") & (depth > _EARS)
    eyes = mesh.faces_of("eye_left", "eye_right", "eye_socket")
    mouth = mesh.faces_of("mouth_cavity", "teeth_upper", "teeth_lower", "tongue")
    is_inner = np.isin(np.arange(FACE_POINTS), INNER_LIPS)
    seen = np.zeros(len(mesh.faces), bool)
    places = np.full((len(sitters), FACE_POINTS, 3), np.nan)
    rings: list[Floats] = []
    for place, sitter in zip(places, sitters, strict=True):
        drawn = sitter.raster.face
        seen[drawn[drawn >= 0]] = True
        found = finder.find(sitter.picture)
        if not found:
            continue
        pixels = found[0].landmarks[:, :2]
        usable = (drawn >= 0) & skin[drawn]
        place[:] = read_surface(mesh, sitter, pixels[:FACE_POINTS], usable)
        for points, inside in ((LID_EDGES, eyes), (INNER_LIPS, mouth)):
            edge = usable & _beside((drawn >= 0) & inside[drawn])
            place[list(points)] = read_surface(mesh, sitter, pixels[list(points)], edge)
        place[is_inner != sitter.is_open] = np.nan
        if not sitter.is_open:
            rings.append(pixels[FACE_POINTS:] - np.repeat(pixels[[468, 473]], 5, axis=0))
    if np.isnan(places).all(0).any():
        missing = int(np.isnan(places).all(0)[:, 0].sum())
        raise AvatarArtistError(f"no sitter shows {missing} of the landmarks", hint="Draw more.")
    middle = np.nanmedian(places, 0)
    even = evened(middle, partners(sitters[:_PAIRING], finder))
    faces, weights = closest_on_triangles(even, mesh.vertices, mesh.faces, skin & seen)
    iris_faces, iris_weights = _irises(mesh, np.median(rings, 0).astype(np.float64))
    return Correspondence(
        np.concatenate([faces, iris_faces]),
        np.concatenate([weights, iris_weights]),
        np.nanstd(places, 0).max(1),
    )


def read_surface(
    mesh: HeadMesh, sitter: Sitter, pixels: Floats, usable: NDArray[np.bool_]
) -> Doubles:
    """Say which points of the mean head lie under (L, 2) pixels.

    A pixel that is not usable gives way to the nearest one of (SIDE, SIDE) that is.

    Returns:
        (L, 3) points of the mean head, nan where nothing usable is near.
    """
    drawn = sitter.raster.face
    if not usable.any():
        return np.full((len(pixels), 3), np.nan)
    distance, label = cv2.distanceTransformWithLabels(
        (~usable).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    rows, columns = np.nonzero(usable)
    index = np.zeros(label.max() + 1, int)
    index[label[rows, columns]] = np.arange(len(rows))
    height, width = drawn.shape
    x = np.clip(np.round(pixels[:, 0]), 0, width - 1).astype(int)
    y = np.clip(np.round(pixels[:, 1]), 0, height - 1).astype(int)
    nearest = index[label[y, x]]
    row, column = rows[nearest], columns[nearest]
    corners = mesh.vertices[mesh.faces[drawn[row, column]]].astype(np.float64)
    u, v = sitter.raster.weights[row, column].T.astype(np.float64)
    points = np.einsum("lij,li->lj", corners, np.stack([1 - u - v, u, v], 1))
    points[distance[y, x] > _REACH] = np.nan
    return points


def _beside(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Grow an (H, W) mask by one pixel."""
    return cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)


def partners(sitters: list[Sitter], finder: FaceFinder) -> Indices:
    """Find for each of the 468 face points its partner on the other side; a point may be its own.

    The network's answer about a mirrored picture has the partner where the point was.
    """
    apart = np.zeros((FACE_POINTS, FACE_POINTS))
    for sitter in sitters:
        pictures = sitter.picture, np.ascontiguousarray(sitter.picture[:, ::-1])
        answers = [finder.find(picture) for picture in pictures]
        if not all(answers):
            continue
        here, there = (answer[0].landmarks[:FACE_POINTS] for answer in answers)
        there = there * [-1, 1, 1] + [sitter.picture.shape[1] - 1, 0, 0]
        apart += np.linalg.norm(here[:, None] - there, axis=2)
    return assign(apart + apart.T)


def assign(cost: Doubles) -> Indices:
    """Choose for each row of (L, L) a column of its own so that the sum of costs is least.

    The Hungarian method by shortest augmenting paths, one row at a time.
    """
    count = len(cost)
    row_price, column_price = np.zeros(count), np.zeros(count)
    owner = np.full(count, -1)
    for start in range(count):
        reach = np.full(count, np.inf)
        came_from = np.full(count, -1)
        done = np.zeros(count, bool)
        row, column = start, -1
        rows = [start]
        while True:
            slack = cost[row] - row_price[row] - column_price
            shorter = ~done & (slack < reach)
            reach[shorter], came_from[shorter] = slack[shorter], column
            column = int(np.where(done, np.inf, reach).argmin())
            step = reach[column]
            row_price[rows] += step
            column_price[done] -= step
            reach[~done] -= step
            done[column] = True
            if owner[column] < 0:
                break
            row = int(owner[column])
            rows.append(row)
        while column >= 0:
            before = int(came_from[column])
            owner[column] = start if before < 0 else owner[before]
            column = before
    return np.argsort(owner)


def evened(points: Doubles, partner: Indices) -> Doubles:
    """Make (L, 3) points symmetric in x: each is averaged with its (L,) partner's mirror image."""
    return (points + points[partner] * [-1, 1, 1]) / 2


def _irises(mesh: HeadMesh, rings: Doubles) -> tuple[Indices, Doubles]:
    """Lay two irises on the eyeballs; (10, 2) pixel offsets say which way each ring point lies."""
    faces, weights = [], []
    for name, first in _IRISES.items():
        ball = mesh.faces_of(name)
        points = mesh.vertices[mesh.faces[ball]].reshape(-1, 3).astype(np.float64)
        center = mesh.eye_centers[0 if name == "eye_left" else 1].astype(np.float64)
        radius = np.linalg.norm(points - center, axis=1).max()
        off = rings[first - FACE_POINTS : first - FACE_POINTS + 5] * [1, -1]
        way = np.zeros((5, 2))
        axis = np.abs(off[1:]).argmax(1)
        way[np.arange(1, 5), axis] = np.sign(off[np.arange(1, 5), axis])
        front = np.sqrt(radius**2 - (_IRIS_RADIUS * np.linalg.norm(way, axis=1)) ** 2)
        places = center + np.column_stack([way * _IRIS_RADIUS, front])
        on, share = closest_on_triangles(places, mesh.vertices, mesh.faces, ball)
        faces.append(on)
        weights.append(share)
    return np.concatenate(faces), np.concatenate(weights)
