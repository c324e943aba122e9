"""Cuts the head and shoulders out of the body mesh and names its parts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatarartist_core.heads.build.makehuman import BodyMesh, Doubles, Indices
from avatarartist_core.heads.mesh import PARTS

BELOW_CROWN = 3.28
"""Decimetres of the average person kept below the top of the head: to the upper shoulders."""

_GROUPS = {
    "body": "skin",
    "helper-l-eye": "eye_left",
    "helper-r-eye": "eye_right",
    "helper-tongue": "tongue",
    "helper-upper-teeth": "teeth_upper",
    "helper-lower-teeth": "teeth_lower",
}
_COLOURS = {
    "skin": [(0, 0, 0), (90, 86, 255)],
    "eye_socket": [(253, 249, 16), (249, 108, 136)],
    "mouth_cavity": [(112, 172, 255)],
}


@dataclass(frozen=True, eq=False)
class Surface:
    """Triangles of the head (V kept vertices).

    Attributes:
        kept: (V,) index into the body's vertices.
        faces: (F, 3) into the kept vertices.
        kept_uv: (U,) index into the body's texture coordinates.
        faces_uv: (F, 3) into the kept texture coordinates.
        part: (F,) index into ``PARTS``.
        mirror: (V,) vertex on the other side.
    """

    kept: Indices
    faces: Indices
    kept_uv: Indices
    faces_uv: Indices
    part: NDArray[np.uint8]
    mirror: Indices

    def vertices_of(self, *parts: str) -> Indices:
        """List the vertices of the named parts."""
        return np.unique(self.faces[np.isin(self.part, [PARTS.index(part) for part in parts])])


def cut_head(body: BodyMesh, average: Doubles, segmentation: NDArray[np.uint8]) -> Surface:
    """Keep the head's triangles.

    Args:
        body: the whole mesh.
        average: (N, 3) the body's vertices as the average person has them.
        segmentation: (H, W, 3) colours of the parts over the texture plane.
    """
    skin = np.unique(body.quads["body"])
    floor = average[skin, 1].max() - BELOW_CROWN
    faces, faces_uv, part = [], [], []
    for group, name in _GROUPS.items():
        corners = split_quads(body.quads[group], average)
        rows = np.take_along_axis(np.tile(body.quads[group], (2, 1)), corners, 1)
        rows_uv = np.take_along_axis(np.tile(body.quads_uv[group], (2, 1)), corners, 1)
        inside = average[rows, 1].min(1) > floor
        faces.append(rows[inside])
        faces_uv.append(rows_uv[inside])
        number = np.full(int(inside.sum()), PARTS.index(name), np.uint8)
        if group == "body":
            number = parts_by_colour(body.uv[faces_uv[-1]].mean(1), segmentation)
        part.append(number)
    kept, local = np.unique(np.concatenate(faces), return_inverse=True)
    kept_uv, local_uv = np.unique(np.concatenate(faces_uv), return_inverse=True)
    return Surface(
        kept=kept,
        faces=local.reshape(-1, 3),
        kept_uv=kept_uv,
        faces_uv=local_uv.reshape(-1, 3),
        part=np.concatenate(part),
        mirror=mirror_index(body.vertices[kept]),
    )


def split_quads(quads: Indices, vertices: Doubles) -> Indices:
    """Choose (2Q, 3) corners of the triangles of (Q, 4) quads, cut along the shorter diagonal.

    The first triangle of every quad comes first, then the second of every quad.
    """
    corner = vertices[quads]
    across = np.linalg.norm(corner[:, 0] - corner[:, 2], axis=1)
    along = np.linalg.norm(corner[:, 1] - corner[:, 3], axis=1)
    shorter = (across <= along)[:, None]
    first = np.where(shorter, [0, 1, 2], [0, 1, 3])
    second = np.where(shorter, [0, 2, 3], [1, 2, 3])
    return np.concatenate([first, second])


def mirror_index(vertices: Doubles) -> Indices:
    """Find for each of (V, 3) vertices the one with x negated; the mesh mirrors exactly."""
    places = {place: index for index, place in enumerate(map(tuple, vertices.round(5) + 0.0))}
    mirrored = vertices.round(5) * [-1, 1, 1] + 0.0
    return np.array([places[place] for place in map(tuple, mirrored)])


def parts_by_colour(uv: Doubles, segmentation: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Name (F,) parts by the nearest of the known colours at (F, 2) texture coordinates."""
    height, width = segmentation.shape[:2]
    column = np.clip(np.round(uv[:, 0] * width), 0, width - 1).astype(int)
    row = np.clip(np.round((1 - uv[:, 1]) * height), 0, height - 1).astype(int)
    seen = segmentation[row, column].astype(float)
    names = [name for name, colours in _COLOURS.items() for _ in colours]
    palette = np.array([colour for colours in _COLOURS.values() for colour in colours], float)
    nearest = np.linalg.norm(seen[:, None] - palette, axis=2).argmin(1)
    return np.array([PARTS.index(name) for name in names], np.uint8)[nearest]
