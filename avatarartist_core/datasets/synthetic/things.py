"""What people have on: glasses and knitted hats, as plain coloured meshes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Floats
from avatarartist_core.datasets.synthetic.geometry import vertex_normals
from avatarartist_core.datasets.synthetic.hair_grid import MIDDLE, grid, grid_faces
from avatarartist_core.datasets.synthetic.tones import any_colour, cloth_colour

_AROUND_RIM, _AROUND_TUBE = 32, 6
_HAT_ROWS = 20
_LEFT_EYE, _RIGHT_EYE, _BRIDGE, _LEFT_TEMPLE = (263, 362, 386, 374), (33, 133, 159, 145), 168, 356


@dataclass(frozen=True, eq=False)
class Things:
    """A mesh with a colour at each point (N points, F triangles), head units.

    Attributes:
        points: (N, 3)
        faces: (F, 3) int32
        normals: (N, 3)
        colours: (N, 4) linear, and gloss in [0, 1].
    """

    points: Floats
    faces: NDArray[np.int32]
    normals: Floats
    colours: Floats


Piece = tuple[Floats, Floats]
"""Points (R, C, 3) and colours (R, C, 4) of a grid."""


def joined(pieces: list[Piece]) -> Things:
    """Join grids of points into one mesh."""
    points, faces, colours, start = [], [], [], 0
    for place, colour in pieces:
        rows, columns = place.shape[:2]
        faces.append(grid_faces(rows, columns) + start)
        points.append(place.reshape(-1, 3))
        colours.append(colour.reshape(-1, 4))
        start += rows * columns
    whole = np.concatenate(points).astype(np.float32)
    triangles = np.ascontiguousarray(np.concatenate(faces))
    normals = vertex_normals(whole, triangles)
    return Things(whole, triangles, normals, np.concatenate(colours).astype(np.float32))


def random_glasses(rng: np.random.Generator, landmarks: Floats) -> list[Piece]:
    """Fit glasses to the (478, 3) landmarks of a face at rest: rims, bridge and temples."""
    frame = any_colour(rng) if rng.random() < 0.25 else np.full(3, rng.uniform(0.03, 0.3))
    colour = np.array([*(frame**2), rng.uniform(0.3, 1.0)])
    thick = float(rng.uniform(0.012, 0.032))
    half = np.array([rng.uniform(0.22, 0.26), rng.uniform(0.15, 0.22)])
    power = float(rng.choice([2.0, 2.6, 4.0]))  # round to square
    turn = np.linspace(0, 2 * np.pi, _AROUND_RIM + 1)
    bent = np.sign(np.cos(turn)) * np.abs(np.cos(turn)) ** (2 / power)
    risen = np.sign(np.sin(turn)) * np.abs(np.sin(turn)) ** (2 / power)
    pieces, inner, outer = [], [], []
    for side, corners in ((-1, _RIGHT_EYE), (1, _LEFT_EYE)):
        middle = landmarks[list(corners)].mean(0) + np.array([0.015 * side, -0.03, 0.1])
        middle[2] = max(middle[2], landmarks[_BRIDGE, 2] + 0.02)
        away = bent * half[0]
        rim = middle + np.stack([away, risen * half[1], -0.16 * np.maximum(away * side, 0)], 1)
        pieces.append(_tube(rim, thick, colour))
        inner.append(middle + np.array([-side * half[0], 0.05, 0]))
        outer.append(middle + np.array([side * half[0], 0.06, -0.04]))
    top = (inner[0] + inner[1]) / 2 + np.array([0, 0.03, 0.02])
    pieces.append(_tube(np.stack([inner[0], top, inner[1]]), thick, colour))
    ear = landmarks[_LEFT_TEMPLE] * (1, 0, 1) + np.array([0.09, outer[1][1], -0.55])
    for side, start in ((-1, outer[0]), (1, outer[1])):
        hinge = start + np.array([side * 0.06, 0, -0.05])
        bow = np.stack([start, hinge, ear * (side, 1, 1), ear * (side, 1, 1) + (0, -0.12, -0.15)])
        pieces.append(_tube(bow, thick, colour))
    return pieces


def random_hat(rng: np.random.Generator, radii: Floats) -> tuple[list[Piece], Floats]:
    """Knit a hat over a skull.

    Args:
        rng: decides its looks.
        radii: (R, C) of ``Grid.radii``.

    Returns:
        The pieces, and (R, C) 1 where the hat presses the hair down, 0 elsewhere.
    """
    skull = grid()
    around = np.abs(skull.around)
    edge = 0.95 + rng.uniform(-0.05, 0.12) + 0.62 * np.clip(around / 2.0, 0, 1) ** 1.5
    down = edge[None] * np.linspace(0, 1, _HAT_ROWS)[:, None]
    rows = np.clip(
        np.interp(down, skull.down, np.arange(len(skull.down))), 0, len(skull.down) - 1.001
    )
    low, columns = rows.astype(int), np.arange(len(around))[None]
    far = radii[low, columns] * (1 - rows + low) + radii[low + 1, columns] * (rows - low)
    share = down / edge[None]
    rib = np.cos(np.arange(len(around)) * np.pi)[None] * np.clip(share * 6, 0, 1)
    band = 0.06 * (share > 0.72) * rng.choice([0, 1], p=[0.3, 0.7])
    slack = rng.uniform(0.05, 0.28) * np.clip(1 - 1.3 * share, 0, 1) ** 1.5
    far = far + 0.13 + band + slack + 0.012 * rib
    far[-1] -= 0.1 + band[-1]  # the hem turns inwards
    directions = np.stack(
        [np.sin(down) * np.sin(skull.around), np.cos(down), np.sin(down) * np.cos(skull.around)], -1
    )
    first = cloth_colour(rng)
    second = cloth_colour(rng) if rng.random() < 0.5 else first * 0.7
    striped = (np.sin(share * rng.uniform(8, 40)) > 0.5) * rng.choice([0, 1], p=[0.6, 0.4])
    striped = np.maximum(striped, (band > 0) * rng.choice([0, 1]))
    colour = first + (second - first) * striped[..., None]
    colour = colour**2 * (1 + 0.18 * rib[..., None])
    pieces = [(MIDDLE + directions * far[..., None], _matt(colour))]
    if rng.random() < 0.3:
        top = MIDDLE + np.array([0, far[0].mean() + 0.12, 0])
        pieces.append(_ball(top, 0.2, second**2))
    pressed = np.clip((edge[None] + 0.1 - skull.down[:, None]) / 0.08, 0, 1)
    return pieces, pressed.astype(np.float32)


def _matt(colour: Floats) -> Floats:
    return np.concatenate([colour, np.zeros((*colour.shape[:-1], 1))], -1).astype(np.float32)


def _tube(line: Floats, thick: float, colour: Floats) -> Piece:
    """Sweep a ring along an (N, 3) line."""
    ahead = np.gradient(line, axis=0)
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True) + 1e-9
    across = np.cross(ahead, [0.05, 0.1, 1.0])
    across /= np.linalg.norm(across, axis=1, keepdims=True) + 1e-9
    up = np.cross(across, ahead)
    turn = np.linspace(0, 2 * np.pi, _AROUND_TUBE + 1)[None, :, None]
    points = line[:, None] + thick * (np.cos(turn) * across[:, None] + np.sin(turn) * up[:, None])
    return points.astype(np.float32), np.broadcast_to(colour, (*points.shape[:2], 4))


def _ball(middle: Floats, radius: float, colour: Floats) -> Piece:
    around, down = np.linspace(-np.pi, np.pi, 21), np.linspace(0.02, np.pi - 0.02, 11)[:, None]
    d = np.stack(
        [np.sin(down) * np.sin(around), np.cos(down) + 0 * around, np.sin(down) * np.cos(around)],
        -1,
    )
    spots = (1 + 0.15 * np.sin(around * 9)[None] * np.sin(down * 8))[..., None]
    points = np.asarray(middle + d * radius * (0.95 + 0.05 * spots), np.float32)
    return points, _matt(np.asarray(colour * spots, np.float32))
