"""Paints closed lids: skin from just outside the eye, and a lash line in the picture's own ink."""

import cv2
import numpy as np
from numpy.typing import NDArray

from aa_lift.eyes import eye_mask
from aa_lift.regions import LEFT_EYE, RIGHT_EYE
from avatarartist_core.data import Floats, Picture
from avatarartist_core.prepare.fill import membrane


def paint_lids(picture: Picture, landmarks: Floats, shut: Floats, alpha: Floats) -> Picture:
    """Return the (P, P, 3) picture with both eyes closed, lids where the open eyes were.

    Args:
        picture: (P, P, 3).
        landmarks: (478, 3).
        shut: (478, 3) where they are when the head model closes its eyes.
        alpha: (P, P) person in [0, 1]; colours come from there alone.
    """
    painted = picture.copy()
    for contour in (RIGHT_EYE, LEFT_EYE):
        _close(painted, landmarks[list(contour), :2], shut[list(contour[:9]), :2], alpha)
    return painted


def _close(painted: Picture, eye: Floats, edge: Floats, alpha: Floats) -> None:
    """Repaint the neighbourhood of one eye in place.

    Args:
        painted: (P, P, 3) to change.
        eye: (16, 2) contour of the open eye.
        edge: (9, 2) edge of the upper lid when closed.
        alpha: (P, P) person.
    """
    side = painted.shape[0]
    width = float(np.linalg.norm(eye[0] - eye[8]))
    middle = eye.mean(0)
    reach = np.array([1.0, 0.8]) * width
    left, top = np.maximum(np.floor(middle - reach).astype(int), 0)
    right, bottom = np.minimum(np.ceil(middle + reach).astype(int), side)
    if right - left < 6 or bottom - top < 6 or width < 4:
        return
    part = painted[top:bottom, left:right].astype(np.float32)
    corner = np.array([left, top], np.float32)
    local = eye - corner
    person = cv2.erode(alpha[top:bottom, left:right], np.ones((3, 3))) > 0.9
    skin = _lid_skin(part, local, width, person)
    line, ink = _lash_line(part, local, edge - corner, width)
    closed = skin * (1 - line) + ink * line
    painted[top:bottom, left:right] = np.clip(closed + 0.5, 0, 255).astype(np.uint8)


def _lid_skin(part: Floats, eye: Floats, width: float, person: NDArray[np.bool_]) -> Floats:
    """Fill the eye from skin around it, leaving out lashes, outlines and brow shadows."""
    shape = part.shape[:2]
    across = eye[0] - eye[8]
    across /= np.linalg.norm(across) + 1e-6
    up = np.array([across[1], -across[0]])
    up *= -np.sign(up[1]) if up[1] else 1.0
    grown = eye.copy()
    grown[1:8] += up * width * 0.20
    grown[9:] -= up * width * 0.12
    grown[0] += across * width * 0.22
    grown[8] -= across * width * 0.05
    hole = eye_mask(shape, grown)
    distance = cv2.distanceTransform((~hole).astype(np.uint8), cv2.DIST_L2, 5)
    ring = (distance > 0) & (distance < 0.18 * width) & person
    if ring.sum() < 8:
        return part
    brightness = part.mean(2)
    around = (distance > 0.25 * width) & (distance < 0.5 * width) & person
    typical = np.median(brightness[ring])
    if around.any():  # a made-up or shaded eye is judged by the skin farther out, too
        typical = max(typical, 0.5 * typical + 0.5 * np.percentile(brightness[around], 60))
    dark = brightness < typical - max(12.0, 0.12 * typical)
    dark = cv2.dilate(dark.astype(np.uint8), np.ones((3, 3))) > 0
    filled = membrane(part, person & ~(hole | (dark & (distance < 0.24 * width))))
    fade = np.clip((0.26 * width - distance) / (0.06 * width + 1e-6), 0, 1)
    fade = (fade * cv2.GaussianBlur(person.astype(np.float32), (0, 0), 1.0))[..., None]
    return filled * fade + part * (1 - fade)


def _lash_line(part: Floats, eye: Floats, edge: Floats, width: float) -> tuple[Floats, Floats]:
    """Return the (H, W, 1) cover of the line where the lids meet, and its (3,) colour."""
    upper = eye[:9]
    at = np.clip(np.round(upper).astype(int), 0, [part.shape[1] - 1, part.shape[0] - 1])
    lash = part[at[:, 1], at[:, 0]]
    ink = lash[np.argsort(lash.mean(1))[:4]].mean(0)
    line = np.zeros(part.shape[:2], np.uint8)
    thickness = max(1, round(width * 0.03))
    cv2.polylines(
        line, [np.round(edge * 16).astype(np.int32)], False, 255, thickness, cv2.LINE_AA, 4
    )
    soft = cv2.GaussianBlur(line, (0, 0), width * 0.012 + 0.3).astype(np.float32) / 255
    return soft[..., None] * 0.8, ink
