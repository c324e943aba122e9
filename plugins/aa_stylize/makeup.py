"""Paint on a face, in the coordinates of the head: it follows the form and the pose."""

from dataclasses import dataclass

import cv2
import numpy as np

from aa_stylize import contours
from aa_stylize.colour import blur, smoothstep
from aa_stylize.scene import Scene
from avatarartist_core.data import Floats


@dataclass(frozen=True, eq=False)
class FaceMap:
    """Where each pixel lies on the mean head, (P, P) float32, head units.

    The origin is between the eyes: brows at y 0.25, nose tip at -0.4, mouth at -0.7, chin at
    -1.1; the eyes' middles at x -0.32 and 0.32, x to the picture's right.

    Attributes:
        x, y, z: the place; 0 off the head.
        on: in [0, 1], where there is skin to paint on.
    """

    x: Floats
    y: Floats
    z: Floats
    on: Floats


def face_map(scene: Scene) -> FaceMap:
    """Read the face's coordinates off the overlay."""
    rest, regions = scene.overlay.rest, scene.regions
    skin = np.clip(regions.skin + regions.brows + regions.lips, 0, 1)
    front = smoothstep(rest[..., 2], -0.75, -0.45)
    on = scene.overlay.covered * skin * front
    return FaceMap(rest[..., 0], rest[..., 1], rest[..., 2], np.asarray(on, np.float32))


def ring_distance(scene: Scene, number: int) -> Floats:
    """Return (P, P) the distance from an eye's opening in head units, 0 inside it."""
    inside = contours.fill(scene.landmarks[list(contours.EYES[number])], scene.side) > 0.5
    away = cv2.distanceTransform((~inside).astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(away / np.float32(scene.unit), np.float32)


def band(distance: Floats, width: float, soft: float) -> Floats:
    """Draw a line where a distance is 0: ``width`` and ``soft`` edge in its own unit."""
    return smoothstep(np.abs(distance), 0.5 * width + soft, max(0.5 * width - soft, 0.0))


def spot(face: FaceMap, x: float, y: float, radius: float, soft: float = 0.02) -> Floats:
    """Fill a circle on the face, (P, P) in [0, 1]."""
    return smoothstep(np.hypot(face.x - x, face.y - y), radius + soft, radius - soft)


def shape(face: FaceMap, corners: list[tuple[float, float]], scene: Scene, soft: float) -> Floats:
    """Fill a closed smooth outline given by corners on the face.

    Args:
        face: the coordinates.
        corners: (x, y) in order.
        scene: the portrait.
        soft: sigma of the edge in head units.
    """
    drawn = drawn_at(scene, corners)
    ring = contours.curve(np.concatenate([drawn, drawn[:1]]), 5)
    return contours.fill(ring, scene.side, soft * scene.unit) * (face.on > 0.02)


def line(
    scene: Scene, corners: list[tuple[float, float]], width: float, soft: float = 0.006
) -> Floats:
    """Draw a smooth line through corners on the face, ``width`` head units wide."""
    run = contours.curve(drawn_at(scene, corners), 5)
    return contours.stroke(run, scene.side, width * scene.unit, soft * scene.unit)


def drawn_at(scene: Scene, corners: list[tuple[float, float]]) -> Floats:
    """Find the pixels of places on the face: each on the skin that faces the viewer there."""
    overlay = scene.overlay
    front = overlay.mean[:, 2] > -0.75
    points, mean = overlay.points[front], overlay.mean[front]
    found = []
    for x, y in corners:
        away = (mean[:, 0] - x) ** 2 + (mean[:, 1] - y) ** 2
        # The mouth's inside and the eyeballs lie behind the skin: of near ones take the foremost.
        order = np.argsort(away + 0.02 * np.maximum(0, 0.3 - mean[:, 2]))[:4]
        weight = 1 / (away[order] + 1e-4)
        found.append((points[order, :2] * weight[:, None]).sum(0) / weight.sum())
    return np.asarray(found, np.float32)


def liner(scene: Scene, width: float = 0.03, wing: float = 0.0) -> Floats:
    """Line the eyes: (P, P) in [0, 1]; ``wing`` draws the outer corner out, head units."""
    total = np.zeros((scene.side, scene.side), np.float32)
    for eye in contours.EYES:
        upper = scene.landmarks[list(eye[:9])]
        lower = scene.landmarks[[*eye[8:], eye[0]]]
        outer, inner = scene.landmarks[eye[0]], scene.landmarks[eye[8]]
        if wing > 0:
            away = (outer - inner) / max(float(np.linalg.norm(outer - inner)), 1e-6)
            up = np.array([away[1], -away[0]]) * np.sign(away[0])
            tip = outer + (away + 0.55 * up).astype(np.float32) * np.float32(wing * scene.unit)
            upper = np.concatenate([tip[None], upper]).astype(np.float32)
        top = contours.stroke(contours.curve(upper), scene.side, width * scene.unit)
        low = contours.stroke(contours.curve(lower), scene.side, 0.5 * width * scene.unit)
        total = np.maximum(total, np.maximum(top, 0.8 * low))
    return np.asarray(blur(total, 0.006 * scene.unit), np.float32)
