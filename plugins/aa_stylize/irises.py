"""Eyes as illustrators paint them, in their own places: whites, irises that shine, lashes."""

import cv2
import numpy as np

from aa_stylize.colour import blend, blur, smoothstep, to_lab, to_rgb
from aa_stylize.contours import EYES, IRISES, curve, disc, fill, stroke
from aa_stylize.scene import Scene
from avatarartist_core.data import Floats

_UPPER = slice(0, 9)  # of an eye's ring: from the outer corner over the lid to the inner one


def shining_eyes(
    picture: Floats, scene: Scene, *, vivid: float, lashes: float, ink: Floats
) -> Floats:
    """Repaint the eyes.

    Args:
        picture: (P, P, 3) RGB to paint on.
        scene: where the eyes are, and their colour.
        vivid: 0 leaves the irises' own colour, 1 makes it glow.
        lashes: width of the upper lid's line in head units.
        ink: (3,) RGB of lids and rims.
    """
    unit, at, side = scene.unit, scene.landmarks, scene.side
    for ring, (centre, *rim) in zip(EYES, IRISES, strict=True):
        opening = fill(at[list(ring)], side, 0.004 * unit)
        high = float(np.ptp(at[list(ring), 1]))
        radius = float(np.linalg.norm(at[rim] - at[centre], axis=1).mean())
        if high < 0.25 * radius:  # shut: the lid's line alone
            picture = _lid(picture, at, ring, lashes * unit, ink)
            continue
        white = np.array([0.97, 0.97, 0.985], np.float32)
        shade = _lid_shadow(at, ring, side, unit)
        picture = blend(picture, white * (1 - 0.28 * shade[..., None]), 0.85 * opening)
        picture = _iris(picture, scene, at[centre], radius, opening, vivid, ink)
        picture = _lid(picture, at, ring, lashes * unit, ink)
    return picture


def _iris(
    picture: Floats,
    scene: Scene,
    middle: Floats,
    radius: float,
    opening: Floats,
    vivid: float,
    ink: Floats,
) -> Floats:
    side = scene.side
    share = disc(middle, radius, side) * opening
    own = to_lab(_own_colour(scene, middle, radius)[None])[0]
    chroma = max(float(np.hypot(own[1], own[2])), 4.0)
    lift = 1 + vivid * (max(30.0, 1.8 * chroma) / chroma - 1)
    y = (np.mgrid[:side, :side][0].astype(np.float32) - middle[1]) / radius
    lab = np.empty((side, side, 3), np.float32)
    lab[..., 0] = (1 - vivid) * (own[0] + 12 * y) + vivid * (40 + 30 * smoothstep(y, -0.8, 0.9))
    lab[..., 1:] = own[1:] * lift
    painted = to_rgb(lab)
    rim = disc(middle, radius, side) - disc(middle, 0.84 * radius, side)
    painted = blend(painted, ink, np.clip(0.75 * blur(rim, 0.06 * radius), 0, 1))
    painted = blend(painted, ink, 0.95 * disc(middle, 0.42 * radius, side))
    picture = blend(picture, painted, share)
    spark = disc(middle + radius * np.array([-0.32, -0.36], np.float32), 0.27 * radius, side)
    small = disc(middle + radius * np.array([0.36, 0.40], np.float32), 0.13 * radius, side)
    return blend(picture, np.ones(3, np.float32), np.maximum(spark, 0.7 * vivid * small) * opening)


def _own_colour(scene: Scene, middle: Floats, radius: float) -> Floats:
    """Return the (3,) RGB of the iris between pupil and rim."""
    ring = disc(middle, 0.85 * radius, scene.side) - disc(middle, 0.45 * radius, scene.side)
    ring = ring * scene.regions.eyes
    if ring.sum() < 1:
        return np.array([0.35, 0.25, 0.2], np.float32)
    return np.asarray(np.average(scene.picture.reshape(-1, 3), axis=0, weights=ring.ravel()))


def _lid_shadow(at: Floats, ring: tuple[int, ...], side: int, unit: float) -> Floats:
    """Shade the eyeball under the upper lid."""
    upper = curve(at[list(ring[_UPPER])]) + np.array([0, 0.03 * unit], np.float32)
    return stroke(upper, side, 0.05 * unit, 0.02 * unit)


def _lid(picture: Floats, at: Floats, ring: tuple[int, ...], width: float, ink: Floats) -> Floats:
    """Draw the upper lid's line, thicker to the outside, and a faint lower one."""
    side = picture.shape[0]
    upper = curve(at[list(ring[_UPPER])])
    line = stroke(upper, side, width)
    outer = stroke(upper[: len(upper) // 2], side, 1.6 * width)
    lower = curve(at[[ring[0], *ring[:7:-1]]])
    drawn = np.maximum(np.maximum(line, outer), 0.4 * stroke(lower, side, 0.5 * width))
    return blend(picture, ink, 0.92 * cv2.GaussianBlur(drawn, (0, 0), 0.6))
