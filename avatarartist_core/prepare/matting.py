"""Cuts the person out of the portrait: soft alpha, colours without background, filled plate."""

from dataclasses import dataclass

import cv2
import numpy as np

from avatarartist_core.data import Floats, Picture
from avatarartist_core.prepare.fill import membrane, push_pull

_DOUBT = 192  # side at which a mask is compared with the colours
_MORE = 1.25  # times the face's area that a useful mask has
_SEES_FACE = 0.6  # of the face that a useful mask holds
_WORK = 512  # largest side at which the plate is filled


@dataclass(frozen=True, eq=False)
class Cutout:
    """The person and what lies behind, all (P, P).

    Attributes:
        alpha: float32 person in [0, 1], for transparent output.
        person: uint8 RGB free of background colours; continued beyond the contour.
        carried: float32 in [0, 1]: what goes along with the head, the person and a soft band.
        cover: float32 in [0, 1]: the person with a soft band of background around it, or
            everything where the mask cannot be trusted. The picture over the plate by this cover
            gives the picture back exactly.
        plate: uint8 RGB background with the person filled away; the picture where cover < 1.
    """

    alpha: Floats
    person: Picture
    carried: Floats
    cover: Floats
    plate: Picture


def cut_out(picture: Picture, mask: Floats, face: Floats) -> Cutout:
    """Split a (P, P, 3) picture by a coarse (P, P) mask; ``face`` (P, P) is surely the person."""
    side = picture.shape[0]
    colours = picture.astype(np.float32)
    on_face = face > 0.5
    # A mask that misses the face, or little more than sees it, would leave the hair behind.
    trusted = on_face.any() and mask[on_face].mean() > _SEES_FACE
    trusted = trusted and (mask > 0.5).sum() > _MORE * on_face.sum()
    if not trusted:
        mask = np.maximum(mask, _smoothstep(face, 0.2, 0.6))
    carried = _cover(mask)
    cover = carried if trusted else np.ones_like(mask)
    alpha = _one_person(_refined(picture, _doubted(colours, mask), side), face)
    core = (cv2.erode(alpha, np.ones((5, 5))) > 0.95).astype(np.float32)
    inner = push_pull(colours, core)
    sure = _smoothstep(alpha, 0.5, 1.0)[..., None]
    return Cutout(
        alpha=alpha,
        person=_bytes(colours * sure + inner * (1 - sure)),
        carried=carried,
        cover=cover,
        plate=_bytes(_plate(colours, cover, side)),
    )


def _one_person(alpha: Floats, face: Floats) -> Floats:
    """Drop what does not hang together with the face."""
    _, labels = cv2.connectedComponents((alpha > 0.4).astype(np.uint8))
    own = np.unique(labels[(face > 0.5) & (labels > 0)])
    if len(own) == 0:
        return alpha
    kept = cv2.dilate(np.isin(labels, own).astype(np.uint8), np.ones((5, 5)))
    return alpha * kept


def _doubted(colours: Floats, mask: Floats) -> Floats:
    """Lower an unsure mask where the picture looks like the ground around."""
    small = cv2.resize(colours, (_DOUBT, _DOUBT), interpolation=cv2.INTER_AREA)
    coarse = cv2.resize(mask, (_DOUBT, _DOUBT), interpolation=cv2.INTER_AREA)
    ground = membrane(small, coarse < 0.1)
    unlike = _smoothstep(np.abs(small - ground).max(-1), 6, 30)
    sure = _smoothstep(coarse, 0.7, 0.95)
    factor = sure + (1 - sure) * unlike
    return mask * cv2.resize(factor, mask.shape[::-1], interpolation=cv2.INTER_LINEAR)


def _refined(picture: Picture, mask: Floats, side: int) -> Floats:
    """Snap the mask's border to edges of the picture (guided filter)."""
    guide = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    radius = max(2, round(side * 6 / 512))

    def mean(values: Floats) -> Floats:
        return cv2.boxFilter(values, -1, (2 * radius + 1, 2 * radius + 1))

    mask = mask.astype(np.float32)
    mean_guide, mean_mask = mean(guide), mean(mask)
    slope = (mean(guide * mask) - mean_guide * mean_mask) / (
        mean(guide * guide) - mean_guide**2 + 2e-3
    )
    refined = mean(slope) * guide + mean(mean_mask - slope * mean_guide)
    return _smoothstep(refined, 0.25, 0.75)


def _cover(person: Floats) -> Floats:
    """Widen the person by a band that grows where the mask is unsure, and let it fade out."""
    side = person.shape[0]
    core = (person > 0.5).astype(np.uint8)
    unsure = ((person > 0.1) & (person < 0.9)).sum() / max(4.0 * np.sqrt(core.sum()), 1.0)
    width = side * float(np.clip(0.012 + 0.004 * unsure, 0.012, 0.06))
    away = cv2.distanceTransform(1 - (person > 0.1).astype(np.uint8), cv2.DIST_L2, 5)
    return 1 - _smoothstep(away, width, 2.5 * width)


def _plate(colours: Floats, cover: Floats, side: int) -> Floats:
    """Fill the person from the background; what the cover does not hide stays as it is."""
    work = min(side, _WORK)
    small = cv2.resize(colours, (work, work), interpolation=cv2.INTER_AREA)
    hidden = cv2.resize(cover, (work, work), interpolation=cv2.INTER_AREA)
    filled = membrane(small, hidden < 0.99)
    filled = cv2.resize(filled, (side, side), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.where(cover[..., None] < 0.999, colours, filled), np.float32)


def _bytes(colours: Floats) -> Picture:
    return np.clip(colours + 0.5, 0, 255).astype(np.uint8)


def _smoothstep(values: Floats, low: float, high: float) -> Floats:
    share = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)
