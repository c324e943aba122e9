"""Paints and draws random heads so that a landmark network takes them for people."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Floats, Picture
from avatarartist_core.heads.build.contact import rim, smooth
from avatarartist_core.heads.build.surface import Surface
from avatarartist_core.heads.mesh import PARTS, HeadMesh
from avatarartist_core.heads.raster import Raster, interpolate, rasterize
from avatarartist_core.motion import ARKIT
from avatarartist_core.motion.angles import rotation_from_angles

SIDE = 640
_HALF = 1.45  # head units from the middle of the picture to its border
_MIDDLE = np.array([0, -0.25, 0], np.float32)
_BROW = np.array([[0.09, 0.165], [0.19, 0.188], [0.32, 0.205], [0.43, 0.19], [0.53, 0.145]])
_BROW_HALF = np.array([0.024, 0.038, 0.034, 0.024, 0.010])  # half its thickness at those points
_IRIS, _PUPIL = 0.0585, 0.022
_LIP, _DARK, _WHITE = (0.70, 0.33, 0.32), (0.16, 0.11, 0.09), (0.93, 0.92, 0.90)
_INSIDE = (0.25, 0.07, 0.07)


@dataclass(frozen=True, eq=False)
class Sitter:
    """One picture of a head.

    Attributes:
        picture: (SIDE, SIDE, 3) uint8.
        raster: the triangles under its pixels.
        is_open: whether the mouth is open.
    """

    picture: Picture
    raster: Raster
    is_open: bool


@dataclass(frozen=True, eq=False)
class Paint:
    """Where make-up goes, a share in [0, 1] for each of V vertices.

    Attributes:
        lips: (V,)
        lashes: (V,)
    """

    lips: Floats
    lashes: Floats


def paint(mesh: HeadMesh, surface: Surface, lips: NDArray[np.uint8]) -> Paint:
    """Find lips (by an (H, W) mask over the texture plane), brows and lashes of a head."""
    height, width = lips.shape
    column = np.clip(mesh.uv[:, 0] * width, 0, width - 1).astype(int)
    row = np.clip((1 - mesh.uv[:, 1]) * height, 0, height - 1).astype(int)
    red = np.zeros(len(mesh.vertices), np.float32)
    skin = mesh.faces_of("skin", "mouth_cavity")
    np.maximum.at(red, mesh.faces[skin], lips[row, column][mesh.faces_uv[skin]] / np.float32(255))
    edge = mesh.vertices[rim(surface, "eye_socket")]
    gap = np.linalg.norm(mesh.vertices[:, None] - edge, axis=2).min(1)
    return Paint(red, (1 - smooth(gap, 0.003, 0.012)).astype(np.float32))


def draw_sitters(
    mesh: HeadMesh, makeup: Paint, count: int, rng: np.random.Generator
) -> list[Sitter]:
    """Draw ``count`` random people nearly from the front, every fourth with an open mouth."""
    sitters = []
    for index in range(count):
        is_open = index % 4 == 3
        scores = rng.normal(0, 0.8, len(mesh.identity)).astype(np.float32) * (index >= 4)
        points = mesh.vertices + np.tensordot(scores, mesh.identity, 1)
        if is_open:
            points = points + rng.uniform(0.35, 0.6) * mesh.expression[ARKIT.index("jawOpen")]
        angles = rng.normal(0, [0.05, 0.06, 0.02]).astype(np.float32)
        sitters.append(_draw(mesh, makeup, points, angles, is_open, rng))
    return sitters


def _draw(
    mesh: HeadMesh,
    makeup: Paint,
    points: Floats,
    angles: Floats,
    is_open: bool,
    rng: np.random.Generator,
) -> Sitter:
    turned = (points - _MIDDLE) @ rotation_from_angles(angles).T
    scale = SIDE / 2 / _HALF
    pixels = np.stack(
        [SIDE / 2 + scale * turned[:, 0], SIDE / 2 - scale * turned[:, 1], scale * turned[:, 2]], 1
    )
    raster = rasterize(pixels.astype(np.float32), mesh.faces, SIDE, SIDE)
    light = np.array([rng.normal(0, 0.35), rng.uniform(0.2, 0.6), 0.85])
    normal = interpolate(raster, mesh.faces, normals(turned.astype(np.float32), mesh.faces))
    normal /= np.linalg.norm(normal, axis=2, keepdims=True) + 1e-9
    shade = 0.45 + 0.6 * np.clip(normal @ (light / np.linalg.norm(light)), 0, 1)
    lips = interpolate(raster, mesh.faces, makeup.lips[:, None])[..., 0]
    shade += np.clip(0.8 - shade, 0, 1) * lips  # so that they stand out from the mouth
    colour = _colours(mesh, makeup, raster, rng) * shade[..., None]
    background = rng.uniform(0.4, 0.85, 3)
    colour[raster.face < 0] = background
    return Sitter((np.clip(colour, 0, 1) * 255).astype(np.uint8), raster, is_open)


def _colours(
    mesh: HeadMesh, makeup: Paint, raster: Raster, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Colour every pixel by where on the mean head it lies."""
    tone = np.array([0.86, 0.67, 0.57]) * rng.uniform(0.55, 1.05)
    iris = np.array([0.30, 0.20, 0.12]) * rng.uniform(0.5, 1.6)
    share = interpolate(raster, mesh.faces, np.stack(list(vars(makeup).values()), 1))
    colour = np.broadcast_to(tone, (SIDE, SIDE, 3)).copy()
    place = interpolate(raster, mesh.faces, mesh.vertices)
    for ink, amount in ((_LIP, share[..., 0]), (_DARK, share[..., 1]), (_DARK, _brows(place))):
        colour += (np.array(ink) * tone.max() - colour) * amount[..., None]
    part = np.where(raster.face >= 0, mesh.part[raster.face], PARTS.index("skin"))
    colour[part == PARTS.index("eye_socket")] = _DARK
    for name in ("mouth_cavity", "tongue", "teeth_upper", "teeth_lower"):
        colour[part == PARTS.index(name)] = _INSIDE
    for side, name in enumerate(("eye_left", "eye_right")):
        off = np.linalg.norm((place - mesh.eye_centers[side])[..., :2], axis=2)
        ball = part == PARTS.index(name)
        colour[ball] = _WHITE
        colour[ball & (off < _IRIS)] = iris
        colour[ball & (off < _PUPIL)] = 0.03
    return colour


def _brows(place: Floats) -> NDArray[np.float64]:
    """Say how much of a brow is at (..., 3) points of the mean head's skin, in [0, 1]."""
    across = np.abs(place[..., 0])
    height = np.interp(across, *_BROW.T)
    half = np.interp(across, _BROW[:, 0], _BROW_HALF, left=0, right=0)
    off = np.abs(place[..., 1] - height) / np.maximum(half, 1e-6)
    return (1 - smooth(off, 0.7, 1.1)) * (place[..., 2] > 0)


def normals(points: Floats, faces: NDArray[np.int32]) -> Floats:
    """Return (V, 3) vertex normals, longer where more surface meets; not of unit length."""
    corner = points[faces]
    flat = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    summed = np.zeros_like(points)
    np.add.at(summed, faces, flat[:, None])
    return summed
