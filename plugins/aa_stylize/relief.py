"""The person as a carved surface: the head mesh's form, a bulge for hair and clothes, detail."""

from dataclasses import dataclass

import cv2
import numpy as np

from aa_stylize.colour import blur, blur_within
from aa_stylize.overlay import Overlay
from aa_stylize.regions import Regions
from avatarartist_core.data import Floats

KEY = (-0.45, 0.55, 0.70)
"""Direction of the default key light: from the upper left, in front."""


@dataclass(frozen=True, eq=False)
class Relief:
    """The surface of the person in every pixel; the ground is flat.

    Attributes:
        normals: (P, P, 3) unit, x right, y up, z to the viewer; the form without fine detail.
        height: (P, P) pixels towards the viewer, 0 at the contour.
        occlusion: (P, P) in [0, 1], 1 where the surroundings hide the sky: under chin and nose.
        detail: (P, P) lightness that stands out from its surroundings, about 0, in [-1, 1]:
            strands, wrinkles, folds; without the step from one part to the next.
    """

    normals: Floats
    height: Floats
    occlusion: Floats
    detail: Floats

    def bumped(self, bumps: Floats, depth: float = 1.0) -> Floats:
        """Return the normals with (P, P) bumps, in pixels of height, laid on."""
        dx = cv2.Sobel(bumps, cv2.CV_32F, 1, 0, ksize=3, scale=depth / 8)
        dy = cv2.Sobel(bumps, cv2.CV_32F, 0, 1, ksize=3, scale=depth / 8)
        z = np.maximum(self.normals[..., 2], np.float32(0.25))
        bent = np.stack(
            [self.normals[..., 0] - dx * z, self.normals[..., 1] + dy * z, self.normals[..., 2]], -1
        )
        return unit(bent)


def unit(vectors: Floats) -> Floats:
    """Scale (..., 3) vectors to length 1."""
    length = np.sqrt((vectors * vectors).sum(-1, keepdims=True))
    return np.asarray(vectors / np.maximum(length, np.float32(1e-6)), np.float32)


def lit(normals: Floats, towards: tuple[float, float, float] = KEY, wrap: float = 0.0) -> Floats:
    """Return (P, P) diffuse light; ``wrap`` in [0, 1] lets it reach around the form."""
    light = np.asarray(towards, np.float32)
    light = light / np.linalg.norm(light)
    return np.asarray(np.clip((normals @ light + wrap) / (1 + wrap), 0, 1), np.float32)


def gloss(normals: Floats, towards: tuple[float, float, float] = KEY, power: float = 30) -> Floats:
    """Return (P, P) Blinn-Phong highlight towards a viewer straight in front."""
    light = np.asarray(towards, np.float32)
    half = light / np.linalg.norm(light) + np.array([0, 0, 1], np.float32)
    half = half / np.linalg.norm(half)
    return np.asarray(np.clip(normals @ half, 0, 1) ** np.float32(power), np.float32)


def rim(normals: Floats, power: float = 3) -> Floats:
    """Return (P, P) grazing share: 1 where the surface turns away from the viewer."""
    return np.asarray((1 - np.clip(normals[..., 2], 0, 1)) ** np.float32(power), np.float32)


def make_relief(lab: Floats, regions: Regions, overlay: Overlay, unit_px: float) -> Relief:
    """Model the person.

    Args:
        lab: (P, P, 3) the picture's CIE Lab.
        regions: its parts.
        overlay: its head mesh.
        unit_px: pixels of a head unit.
    """
    bulge = _bulge(regions.person, unit_px)
    bare = overlay.covered * (1 - np.clip(regions.hair + regions.clothes, 0, 1)) * regions.person
    share = np.minimum(blur(bare, 0.03 * unit_px), bare)
    height = _joined(overlay, bulge, share, unit_px)
    slope = _normals(bulge)
    normals = unit(slope * (1 - share[..., None]) + overlay.normals * share[..., None])
    normals = unit(blur(normals, 0.012 * unit_px))
    return Relief(
        normals=normals,
        height=height,
        occlusion=_occlusion(overlay, share, unit_px),
        detail=_detail(lab[..., 0] / np.float32(100), regions, unit_px),
    )


def _bulge(person: Floats, unit_px: float) -> Floats:
    """Inflate the person's mask to a pillow: round at its contour, flat inside."""
    core = (person > 0.5).astype(np.uint8)
    core = cv2.copyMakeBorder(core, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    inside = np.asarray(cv2.distanceTransform(core, cv2.DIST_L2, 5)[1:-1, 1:-1], np.float32)
    radius = 0.9 * unit_px
    depth = np.minimum(inside, radius)
    round_ = np.sqrt(np.maximum(depth * (2 * radius - depth), 0)) * np.float32(0.75)
    return blur(round_, 0.06 * unit_px)


def _normals(height: Floats) -> Floats:
    dx = cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    dy = cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    return unit(np.stack([-dx, dy, np.ones_like(dx)], -1))


def _joined(overlay: Overlay, bulge: Floats, share: Floats, unit_px: float) -> Floats:
    """Join the mesh's depth and the bulge to one height without a step."""
    seen = share > 0.5
    if not seen.any():
        return bulge
    shift = float(np.median(bulge[seen] - overlay.depth[seen]))
    joined = bulge + (overlay.depth + shift - bulge) * share
    return blur(joined, 0.01 * unit_px)


def _occlusion(overlay: Overlay, share: Floats, unit_px: float) -> Floats:
    """Hide what lies deeper on the head than its surroundings, at three sizes."""
    hidden = np.zeros_like(share)
    for size, weight in ((0.04, 0.5), (0.10, 0.7), (0.25, 0.6)):
        sigma = size * unit_px
        below = (blur_within(overlay.depth, overlay.covered, sigma) - overlay.depth) / sigma
        hidden += np.float32(weight) * np.clip(below, 0, 0.8)
    return np.asarray(np.clip(hidden, 0, 1) * share, np.float32)


def _detail(light: Floats, regions: Regions, unit_px: float) -> Floats:
    """Take each part's fine lightness apart from the part's own tone."""
    found = np.zeros_like(light)
    for part, size in ((regions.skin, 0.10), (regions.hair, 0.14), (regions.clothes, 0.18)):
        around = blur_within(light, part, size * unit_px)
        found += part * (light - around)
    return np.asarray(np.clip(found, -1, 1), np.float32)
