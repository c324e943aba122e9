"""Haircuts to shells round a skull, each carrying where its strands run."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Floats
from avatarartist_core.datasets.synthetic.geometry import vertex_normals
from avatarartist_core.datasets.synthetic.hair_grid import HAIRLINE, MIDDLE, ROWS, grid, grid_faces
from avatarartist_core.datasets.synthetic.hair_styles import HairStyle
from avatarartist_core.datasets.synthetic.noise import smooth

_HEIGHTS = (0.25, 0.65, 1.0)  # of the shells, in shares of the thickness
_CURLED = (0.25, 0.5, 0.65, 0.82, 1.0)
_WIDEST = 1.5  # radians from the top at which hanging hair leaves the skull


@dataclass(frozen=True, eq=False)
class Hair:
    """Shells of hair (N points, F triangles), head units.

    Attributes:
        points: (N, 3)
        faces: (F, 3) int32, inner shells first.
        normals: (N, 3)
        tangents: (N, 3) along the strands, away from the roots.
        strand: (N, 6): two numbers whose angle says which strand; place along it; distance inside
            the edge of the haircut (negative: outside); height of the shell in [0, 1]; share of
            the way to the tips.
    """

    points: Floats
    faces: NDArray[np.int32]
    normals: Floats
    tangents: Floats
    strand: Floats


def grow(
    rng: np.random.Generator, style: HairStyle, radii: Floats, pressed: Floats | None = None
) -> Hair:
    """Grow a haircut.

    Args:
        rng: decides how uneven it is.
        style: the haircut.
        radii: (R, C) of ``Grid.radii``.
        pressed: (R, C) 1 where a hat presses it down, 0 elsewhere; None: no hat.
    """
    inside = _inside(style)
    thick = _thickness(rng, style) * np.clip(0.25 + inside / 0.3, 0.12, 1)
    if pressed is not None:
        thick = np.minimum(thick, 0.06 + 9 * (1 - pressed))
    heights = _CURLED if style.curl > 0.3 else _HEIGHTS
    parts = [_shell(style, radii, thick, inside, height) for height in heights]
    if style.bun is not None:
        parts += [_bun(style.bun, style, height) for height in (0.8, 1.0)]
    return _joined(parts)


def _inside(style: HairStyle) -> Floats:
    """Return (R, C): how far each direction lies inside the haircut, about head units."""
    skull = grid()
    around, down = np.abs(skull.around)[None], skull.down[:, None]
    angles, line = np.array(HAIRLINE).T
    edge = np.interp(around, angles, line)
    temple = np.exp(-(((around - 0.62) / 0.22) ** 2))
    front = np.clip((1.0 - around) / 0.25, 0, 1)
    edge = edge - style.temples * temple + style.front * front
    edge = edge + style.low * np.clip((around - 0.95) / 0.3, 0, 1)
    if style.length:
        hanging = np.clip((around - style.opening) / 0.12, 0, 1)
        edge = edge * (1 - hanging) + 9.0 * hanging
    inside = (edge - down) * 0.95
    if style.bare:
        inside = np.minimum(inside, (down - style.bare - 0.75 * np.clip(1.4 - around, 0, 1)) * 0.9)
    if style.strip:
        x = np.abs(skull.directions[..., 0])
        inside = np.minimum(inside, style.strip - x)
    return np.asarray(inside, np.float32)


def _thickness(rng: np.random.Generator, style: HairStyle) -> Floats:
    """Return (R, C) head units, uneven as hair is."""
    skull = grid()
    x, y, z = np.moveaxis(skull.directions, -1, 0)
    top = np.clip(y * 1.3, 0, 1)
    back = np.clip(-z, 0, 1) * (1 - top)
    thick = style.top * top + style.back * back + style.sides * np.clip(1 - top - back, 0, 1)
    thick += style.crest * np.exp(-(((z - 0.6) / 0.4) ** 2) - (x / 0.6) ** 2) * (y > 0.1)
    if style.parting is not None:
        thick *= 1 - 0.45 * np.exp(-(((x - style.parting) / 0.09) ** 2)) * (y > 0.2)
    bumps = smooth(rng, 32, 6)[..., 0][: x.shape[0]]
    uneven = np.concatenate([bumps, bumps[:, ::-1], bumps], 1)[:, : x.shape[1]]
    uneven = uneven * np.cos(skull.around / 2) ** 2  # alike at both sides of the seam
    return np.asarray(thick * np.clip(1 + 0.14 * uneven, 0.5, 1.5), np.float32)


Shell = tuple[Floats, Floats, Floats]
"""Points (R, C, 3), tangents (R, C, 3) and strands (R, C, 6) of a grid."""


def _shell(style: HairStyle, radii: Floats, thick: Floats, inside: Floats, height: float) -> Shell:
    """Lay one shell round the skull and, when it is long, down from its widest part."""
    skull = grid()
    d = skull.directions
    points = MIDDLE + d * (radii + np.float32(height) * thick + np.float32(0.02))[..., None]
    strand, tangents = _directions(style, d, radii)
    tip = np.clip(1 - inside / 0.5, 0, 1)
    if style.length:
        start = int(np.searchsorted(skull.down, _WIDEST))
        drop = np.linspace(0, 1, ROWS - start, dtype=np.float32)[:, None]
        held = points[start].copy()
        outwards = held * (1, 0, 1) - MIDDLE * (1, 0, 1)
        swell = 1 + 0.10 * np.sin(np.pi * np.minimum(drop * 1.2, 1)) - 0.16 * drop**1.5
        hung = MIDDLE * (1, 0, 1) + outwards * swell[..., None]
        hung[..., 1] = held[:, 1] - drop * style.length
        hung[..., 1] -= 0.15 * style.length * drop * (1 - np.cos(skull.around) ** 2)
        points[start:] = hung
        tangents[start:] = (0, -1, 0)
        for row in range(start - 5, start):  # strands bend before they hang
            share = np.float32((row - start + 6) / 6)
            tangents[row] = tangents[row] * (1 - share) + np.array([0, -share, 0], np.float32)
        strand[start:, :, :2] = strand[start, :, :2]
        strand[start:, :, 2] = strand[start, :, 2] + drop * style.length
        tip[start:] = drop
        ends = (1 - drop) * style.length
        inside = np.where(inside < 0, inside * 4, inside)  # no strands across the face
        inside[start:] = np.minimum(np.minimum(inside[start], 1.0), ends)
    strand[..., 3], strand[..., 4], strand[..., 5] = inside, height, tip
    return points.astype(np.float32), tangents, strand


def _directions(style: HairStyle, d: Floats, radii: Floats) -> tuple[Floats, Floats]:
    """Return (R, C, 6) strands with the first three numbers set, and (R, C, 3) tangents."""
    strand = np.zeros((*d.shape[:2], 6), np.float32)
    if style.parting is not None:
        off = d[..., 0] - style.parting
        strand[..., 0], strand[..., 1] = d[..., 1] + 0.2 * np.abs(off), d[..., 2]
        strand[..., 2] = np.abs(off) * radii
        along = np.stack([np.sign(off), -0.25 + 0 * off, 0 * off], -1)
    else:
        pole = np.array(style.pole) / np.linalg.norm(style.pole)
        across = np.cross([1.0, 0.0, 0.0], pole)
        across /= np.linalg.norm(across)
        strand[..., 0] = d @ np.cross(pole, across)
        strand[..., 1] = d @ across
        strand[..., 2] = np.arccos(np.clip(d @ pole, -1, 1)) * radii
        along = -np.ones_like(d) * pole
    along = along - (along * d).sum(-1, keepdims=True) * d
    along /= np.linalg.norm(along, axis=-1, keepdims=True) + 1e-4
    return strand, along.astype(np.float32)


def _bun(bun: tuple[float, float, float], style: HairStyle, height: float) -> Shell:
    """Wind a ball of hair."""
    radius, up, back = bun
    around, down = np.linspace(-np.pi, np.pi, 25), np.linspace(0.05, np.pi - 0.05, 13)[:, None]
    d = np.stack(
        [np.sin(down) * np.sin(around), np.cos(down) + 0 * around, np.sin(down) * np.cos(around)],
        -1,
    )
    middle = MIDDLE + np.array([0, up, back]) * 1.0
    points = middle + d * radius * (0.9 + 0.1 * height) * np.array([1.05, 0.9, 1.0])
    strand = np.zeros((*d.shape[:2], 6), np.float32)
    strand[..., 0], strand[..., 1] = d[..., 1] + 0.4 * d[..., 0], d[..., 2]
    strand[..., 2] = d[..., 0] * radius
    strand[..., 3], strand[..., 4], strand[..., 5] = 0.3, height, 0.4
    along = np.cross(d, [1.0, 0, 0])
    along /= np.linalg.norm(along, axis=-1, keepdims=True) + 1e-4
    return points.astype(np.float32), along.astype(np.float32), strand


def _joined(parts: list[Shell]) -> Hair:
    """Join shells into one mesh."""
    points, faces, tangents, strand, start = [], [], [], [], 0
    for shell_points, shell_tangents, shell_strand in parts:
        rows, columns = shell_points.shape[:2]
        faces.append(grid_faces(rows, columns) + start)
        points.append(shell_points.reshape(-1, 3))
        tangents.append(shell_tangents.reshape(-1, 3))
        strand.append(shell_strand.reshape(-1, 6))
        start += rows * columns
    whole, triangles = np.concatenate(points), np.ascontiguousarray(np.concatenate(faces))
    return Hair(
        points=whole,
        faces=triangles,
        normals=vertex_normals(whole, triangles),
        tangents=np.concatenate(tangents),
        strand=np.concatenate(strand),
    )
