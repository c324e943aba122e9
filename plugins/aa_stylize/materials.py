"""Tells skin, hair and clothes apart: by colours sampled where each surely is, and by place."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from aa_stylize import contours
from aa_stylize.colour import keep_edges, smoothstep
from avatarartist_core.data import Floats, Portrait

_WORK = 40.0  # pixels of a head unit at which materials are told apart
_COLOURS = 3  # colours that describe hair, and clothes
_FEW = 12  # samples below which a material is not there
_NEVER = 30.0
_EVEN = np.array([11.0, 7.0, 7.0], np.float32)  # differences in L, a, b that count alike
_TIGHT, _LOOSE = (9.0, 4.0, 4.5), (20.0, 9.0, 9.0)  # spread of skin in L, a, b


@dataclass(frozen=True, eq=False)
class Materials:
    """(P, P) shares that add up to 1 with each other."""

    skin: Floats
    hair: Floats
    clothes: Floats
    ground: Floats


@dataclass(frozen=True, eq=False)
class _Small:
    """The portrait on a coarse grid: (n, 3) Lab and, each (n,), what is known of its pixels."""

    lab: Floats
    x: Floats
    y: Floats
    face: Floats
    known: Floats
    person: Floats
    bare: Floats


def tell_materials(
    portrait: Portrait, lab: Floats, person: Floats, face: Floats, known: Floats, bare: Floats
) -> Materials:
    """Share out the person among materials.

    Args:
        portrait: where the head is.
        lab: (P, P, 3) CIE Lab.
        person: (P, P) mask of the person.
        face: (P, P) mask of the face's oval.
        known: (P, P) mask of eyes, brows, lips and mouth, which are none of them.
        bare: (P, P) mask of ears and neck, which are skin unless something covers them.
    """
    side, unit = lab.shape[0], float(portrait.fit.scale)
    size = int(np.clip(round(side * _WORK / unit), 48, side))
    small = _shrunk(portrait, (lab, person, face, known, bare), size)
    unlike_hair = _unlike_hair(small)
    costs = np.stack(
        [
            _skin_cost(small),
            unlike_hair + _hair_seldom(small),
            _unlike_clothes(small, unlike_hair) + _clothes_seldom(small),
        ]
    )
    shares = np.exp(-1.6 * (costs - costs.min(0)))
    shares = (shares / shares.sum(0)).reshape(3, size, size).transpose(1, 2, 0)
    shares = cv2.GaussianBlur(shares.astype(np.float32), (0, 0), 0.8)
    shares = cv2.resize(shares, (side, side), interpolation=cv2.INTER_LINEAR)
    shares = keep_edges(
        np.asarray(shares, np.float32), lab[..., 0] / np.float32(100), 0.04 * unit, 0.05
    )
    shares = smoothstep(shares, 0.15, 0.85)
    total = np.maximum(shares.sum(-1), np.float32(1e-6))
    skin, hair, clothes = (shares[..., k] / total * person for k in range(3))
    return Materials(skin, hair, clothes, 1 - skin - hair - clothes)


def _shrunk(portrait: Portrait, fields: tuple[Floats, ...], size: int) -> _Small:
    """Scale (lab, person, face, known, bare) down and place pixels in the upright head's units."""
    side, fit = portrait.picture.shape[0], portrait.fit
    lab, person, face, known, bare = (
        np.asarray(cv2.resize(f, (size, size), interpolation=cv2.INTER_AREA)) for f in fields
    )
    marks = portrait.landmarks
    top, chin = marks[list(contours.OVAL[:1]), :2].mean(0), marks[152, :2]
    down = (chin - top) / max(float(np.linalg.norm(chin - top)), 1e-6)
    step = side / size
    columns, rows = np.meshgrid(np.arange(size), np.arange(size))
    dx = (columns + 0.5) * step - 0.5 - (top + chin)[0] / 2
    dy = (rows + 0.5) * step - 0.5 - (top + chin)[1] / 2
    # The face's oval measures 1.75 from hairline to chin whatever the face: +-0.875 about 0.
    length = float(np.linalg.norm(chin - top)) / 1.75
    length = max(length, 0.5 * fit.scale)
    return _Small(
        lab=lab.reshape(-1, 3),
        x=np.asarray((dx * down[1] - dy * down[0]) / length, np.float32).ravel(),
        y=np.asarray(-(dx * down[0] + dy * down[1]) / length, np.float32).ravel(),
        face=face.ravel(),
        known=known.ravel(),
        person=person.ravel(),
        bare=bare.ravel(),
    )


def _skin_cost(small: _Small) -> Floats:
    """Cost of calling a pixel skin: unlike the cheeks, or where skin is rarely seen."""
    cost = _unlike_skin(small)
    off_face = smoothstep(small.face, 0.6, 0.1) * (1 - small.bare)
    cost = cost * (1 - 0.15 * small.bare)
    beside = smoothstep(np.abs(small.x), 0.75, 1.1) * smoothstep(small.y, -1.0, -0.6)
    cost = cost + 2.5 * off_face * beside + 2.0 * off_face * smoothstep(small.y, 0.85, 1.3)
    cost = cost + 1.2 * smoothstep(small.y, -1.3, -1.9)
    inner = _inner_face(small)
    return np.asarray(cost * (1 - 0.9 * inner), np.float32)


def _unlike_hair(small: _Small) -> Floats:
    """Distance from the colours about the skull that are not skin."""
    near = (np.abs(small.x) < 1.4) & (small.y > 0.0) & (small.face < 0.2)
    sure = near & (small.person > 0.8) & (_unlike_skin(small) > 1.6)
    return _unlike(small, sure)


def _hair_seldom(small: _Small) -> Floats:
    """Cost of hair where it is seldom: low, and in the inner face."""
    low = smoothstep(small.y, -0.75, -1.25) * np.float32(1.9)
    # On the forehead only hair that is plainly unlike skin is taken for hair.
    return low + 1.1 * smoothstep(small.face, 0.5, 0.95) + 5 * _inner_face(small)


def _unlike_clothes(small: _Small, unlike_hair: Floats) -> Floats:
    """Distance from the colours under the neck that are neither skin nor hair."""
    low = (small.y < -1.08) & (small.person > 0.8)
    return _unlike(small, low & (_unlike_skin(small) > 1.6) & (unlike_hair > 0.7))


def _clothes_seldom(small: _Small) -> Floats:
    """Cost of clothes where they are seldom: high, and in the inner face."""
    return smoothstep(small.y, -0.95, -0.6) * np.float32(6) + 6 * _inner_face(small)


def _inner_face(small: _Small) -> Floats:
    """Where nothing but skin is expected: the oval below the brows."""
    return smoothstep(small.face, 0.5, 0.95) * smoothstep(small.y, 0.5, 0.3)


def _unlike_skin(small: _Small) -> Floats:
    """Distance from the skin of cheeks, nose and chin, 1 where it begins to be unlike."""
    sure = (small.face > 0.95) & (small.y < 0.25) & (small.known < 0.05)
    if sure.sum() < _FEW:
        return np.zeros(len(small.lab), np.float32)
    found = small.lab[sure]
    middle = np.median(found, 0)
    spread = np.clip(2.4 * np.median(np.abs(found - middle), 0), _TIGHT, _LOOSE)
    off = (small.lab - middle) / spread
    off[:, 0] = np.where(off[:, 0] < 0, 0.72 * off[:, 0], off[:, 0])  # skin lies in shadow too
    away = np.linalg.norm(off, axis=1)
    return np.asarray(away / 1.6, np.float32)


def _unlike(small: _Small, sure: NDArray[np.bool_]) -> Floats:
    """Distance from the colours of sure samples, 1 where it begins to be unlike."""
    if sure.sum() < _FEW:
        return np.full(len(small.lab), _NEVER, np.float32)
    scaled, palette = small.lab / _EVEN, _colours(small.lab[sure]) / _EVEN
    away = np.linalg.norm(scaled[:, None] - palette[None], axis=-1).min(1)
    return np.asarray(away / 1.6, np.float32)


def _colours(samples: Floats) -> Floats:
    """Describe (n, 3) samples by a few colours: k-means from evenly dark to light."""
    order = np.argsort(samples[:, 0], kind="stable")
    places = ((np.arange(_COLOURS) + 0.5) / _COLOURS * len(order)).astype(int)
    centres: Floats = samples[order[places]]
    for _ in range(6):
        nearest = np.linalg.norm(samples[:, None] - centres[None], axis=-1).argmin(1)
        for k in range(_COLOURS):
            if (nearest == k).any():
                centres[k] = samples[nearest == k].mean(0)
    return centres
