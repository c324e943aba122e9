"""Soft masks of a portrait's parts: by landmarks in the face, by place and colour around it."""

from dataclasses import dataclass

import cv2
import numpy as np

from aa_stylize import contours
from aa_stylize.colour import blur, blur_within, keep_edges, smoothstep
from aa_stylize.contours import fill
from aa_stylize.materials import Materials, tell_materials
from aa_stylize.overlay import Overlay
from avatarartist_core.data import Floats, Portrait

_SEES_FACE = 0.6  # of the face that a useful mask of the person holds


@dataclass(frozen=True, eq=False)
class Regions:
    """Shares of every pixel, (P, P) float32 in [0, 1].

    ``ground + hair + clothes + skin + brows + eyes + lips + mouth`` is 1 everywhere.

    Attributes:
        person: everything but the ground.
        ground: the background.
        hair: hair, and what is worn on the head.
        clothes: clothes and jewellery.
        skin: face, ears, neck, shoulders; without the parts below. Beards are skin.
        brows: the eyebrows' own hair.
        eyes: the openings between the lids.
        lips: the lips' red.
        mouth: the opening between the lips.
        face: the face's oval whole, features included, soft at its rim; overlaps the others.
        teeth: part of ``mouth``.
        irises: part of ``eyes``, pupils included.
        pupils: part of ``irises``.
    """

    person: Floats
    ground: Floats
    hair: Floats
    clothes: Floats
    skin: Floats
    brows: Floats
    eyes: Floats
    lips: Floats
    mouth: Floats
    face: Floats
    teeth: Floats
    irises: Floats
    pupils: Floats


def find_regions(portrait: Portrait, lab: Floats, overlay: Overlay) -> Regions:
    """Measure the parts of a portrait.

    Args:
        portrait: the portrait.
        lab: (P, P, 3) its CIE Lab.
        overlay: its head mesh.
    """
    side, unit = lab.shape[0], float(portrait.fit.scale)
    marks = portrait.landmarks[:, :2]
    face = fill(marks[list(contours.OVAL)], side, 0.03 * unit)
    eyes = np.maximum(*(fill(marks[list(eye)], side) for eye in contours.EYES))
    mouth = fill(marks[list(contours.INNER_LIPS)], side)
    lips = np.clip(fill(marks[list(contours.OUTER_LIPS)], side, 0.008 * unit) - mouth, 0, 1)
    brows = _brows(marks, lab, unit)
    person = _person(portrait, lab, face)
    known = np.clip(eyes + mouth + lips + brows, 0, 1)
    materials = tell_materials(portrait, lab, person, face, known, _bare(overlay))
    irises, pupils = _irises(marks, eyes)
    left = np.clip(1 - eyes - mouth - lips, 0, 1)
    brows = brows * left * (1 - 0.8 * materials.hair)
    left = left - brows
    return Regions(
        person=person,
        ground=_share(materials, "ground", left),
        hair=_share(materials, "hair", left),
        clothes=_share(materials, "clothes", left),
        skin=_share(materials, "skin", left),
        brows=brows,
        eyes=eyes,
        lips=lips,
        mouth=mouth,
        face=face,
        teeth=mouth * _teeth(lab, lips, mouth),
        irises=irises,
        pupils=pupils,
    )


def _bare(overlay: Overlay) -> Floats:
    """Mark ears and neck on the mesh."""
    x, y = np.abs(overlay.rest[..., 0]), overlay.rest[..., 1]
    ears = smoothstep(x, 0.72, 0.78) * smoothstep(np.abs(y + 0.2), 0.5, 0.4)
    neck = smoothstep(y, -0.8, -1.0) * smoothstep(y, -1.75, -1.5) * smoothstep(x, 0.75, 0.6)
    return np.asarray(overlay.covered * np.maximum(ears, neck), np.float32)


def _share(materials: Materials, name: str, left: Floats) -> Floats:
    return np.asarray(getattr(materials, name) * left, np.float32)


def _person(portrait: Portrait, lab: Floats, face: Floats) -> Floats:
    """Snap the mask to edges of the picture; where it misses the face, add the face."""
    unit, mask = float(portrait.fit.scale), portrait.mask
    on_face = face > 0.5
    if on_face.any() and mask[on_face].mean() < _SEES_FACE:
        mask = np.maximum(mask, face)
    mask = _doubted(mask, lab, unit)
    snapped = keep_edges(mask, lab[..., 0] / np.float32(100), 0.035 * unit, 0.04)
    return _whole(np.maximum(smoothstep(snapped, 0.35, 0.75), smoothstep(face, 0.4, 0.9)), face)


def _doubted(mask: Floats, lab: Floats, unit: float) -> Floats:
    """Lower an unsure mask where the picture looks like the ground around."""
    size = int(np.clip(round(mask.shape[0] * 30 / unit), 32, mask.shape[0]))
    small = np.asarray(cv2.resize(lab, (size, size), interpolation=cv2.INTER_AREA))
    coarse = np.asarray(cv2.resize(mask, (size, size), interpolation=cv2.INTER_AREA))
    ground = blur_within(small, (coarse < 0.1).astype(np.float32), 12.0)
    unlike = smoothstep(np.linalg.norm(small - ground, axis=-1).astype(np.float32), 4, 18)
    sure = smoothstep(coarse, 0.75, 0.97)
    factor = cv2.resize(sure + (1 - sure) * unlike, mask.shape[::-1])
    return np.asarray(mask * factor, np.float32)


def _whole(person: Floats, face: Floats) -> Floats:
    """Drop what does not hang together with the face."""
    _, labels = cv2.connectedComponents((person > 0.3).astype(np.uint8))
    own = np.unique(labels[(face > 0.5) & (labels > 0)])
    if len(own) == 0:
        return person
    kept = cv2.dilate(np.isin(labels, own).astype(np.uint8), np.ones((5, 5)))
    return np.asarray(person * kept, np.float32)


def _brows(marks: Floats, lab: Floats, unit: float) -> Floats:
    """Find what is darker than the skin about it inside the brows' outline."""
    side, light = lab.shape[0], lab[..., 0]
    shape = np.maximum(*(fill(marks[list(b)], side, 0.015 * unit) for b in contours.BROWS))
    band = np.asarray(cv2.dilate(shape, np.ones((3, 3)), iterations=max(1, round(0.02 * unit))))
    around = blur_within(light, np.clip(1.02 - band, 0, 1), 0.12 * unit)
    darker = smoothstep(around - light, 2.0, 14.0)
    return np.asarray(smoothstep(band, 0.05, 0.6) * np.maximum(darker, 0.25 * shape), np.float32)


def _irises(marks: Floats, eyes: Floats) -> tuple[Floats, Floats]:
    irises, pupils = np.zeros_like(eyes), np.zeros_like(eyes)
    for centre, *rim in contours.IRISES:
        radius = float(np.linalg.norm(marks[rim] - marks[centre], axis=1).mean())
        irises = np.maximum(irises, contours.disc(marks[centre], radius, eyes.shape[0]))
        pupils = np.maximum(pupils, contours.disc(marks[centre], 0.42 * radius, eyes.shape[0]))
    return irises * eyes, pupils * eyes


def _teeth(lab: Floats, lips: Floats, mouth: Floats) -> Floats:
    """Tell how tooth-like pixels are: lighter and less red than the lips are."""
    if mouth.sum() < 12 or lips.sum() < 12:
        return np.zeros_like(mouth)
    light, red = (float(np.average(lab[..., k], weights=lips)) for k in (0, 1))
    lighter = smoothstep(lab[..., 0], light - 6, light + 10)
    paler = smoothstep(lab[..., 1], red, red - 10)
    return blur(lighter * paler, 0.7)
