"""Draws a person as the true perspective camera of a label sees them."""

from dataclasses import dataclass

import numpy as np

from avatarartist_core.data import Floats, HeadFit, Picture
from avatarartist_core.datasets.synthetic.expressions import with_look
from avatarartist_core.datasets.synthetic.geometry import seen_by
from avatarartist_core.datasets.synthetic.person import Person
from avatarartist_core.datasets.synthetic.scene import raster, scene, shade
from avatarartist_core.datasets.synthetic.views import fit_of
from avatarartist_core.heads.anny_window import anny_window
from avatarartist_core.heads.find import head_model

FINER = 2
"""Rows and columns of samples in a pixel."""


@dataclass(frozen=True, eq=False)
class Drawing:
    """A person before nothing (P side of the picture).

    Attributes:
        colour: (P, P, 3) float32 display values in [0, 1], multiplied by ``alpha``.
        alpha: (P, P) share of the pixel that the person covers.
        depth: (P, P) distance from the camera along the ray, world units; 0 where nothing is.
        landmarks: (478, 3) pixels; z grows away from the camera, in pixels too, 0 at the eyes.
        fit: the head by weak perspective: see ``views.fit_of``.
        camera: (25,) EG3D label.
    """

    colour: Floats
    alpha: Floats
    depth: Floats
    landmarks: Floats
    fit: HeadFit
    camera: Floats

    def over(self, background: Picture) -> Picture:
        """Return the (P, P, 3) picture of the person before a background."""
        behind = background * ((1 - self.alpha[..., None]) / np.float32(255))
        return np.clip((self.colour + behind) * 255 + 0.5, 0, 255).astype(np.uint8)


def draw(
    person: Person, expression: Floats, gaze: Floats, camera: Floats, side: int = 256
) -> Drawing:
    """Draw a person.

    Args:
        person: shape and looks.
        expression: (52,) ARKit coefficients; those of the look are set by ``gaze``.
        gaze: (2,) yaw and pitch of the eyes relative to the head, radians.
        camera: (25,) EG3D label in the world of the ``anny-head`` window.
        side: of the picture in pixels.
    """
    head, window = head_model("anny-head"), anny_window()
    expression = with_look(expression, gaze)
    vertices = head.looking(head.vertices(person.identity, expression), gaze)
    fit = fit_of(camera, side, person.identity, expression, gaze)
    shown = scene(person, vertices)
    seen = raster(shown, camera, side * FINER)
    hit = seen.face >= 0
    alpha = _shrunk(hit.astype(np.float32), side)
    depth = _shrunk(np.where(hit, 1 / np.where(hit, seen.depth, 1), 0).astype(np.float32), side)
    depth *= ray_lengths(camera, side) / np.maximum(alpha, 1e-6)
    landmarks = head.landmarks(vertices)
    at = seen_by(camera, window.world(landmarks))
    marks = np.concatenate([at[:, :2] * side - 0.5, -fit.project(landmarks)[:, 2:]], 1)
    return Drawing(
        colour=_shrunk(shade(shown, seen, fit, camera), side),
        alpha=alpha,
        depth=depth,
        landmarks=marks.astype(np.float32),
        fit=fit,
        camera=camera,
    )


def ray_lengths(camera: Floats, side: int) -> Floats:
    """Return (P, P) how long each pixel's ray is where its depth along the axis is 1."""
    focal_x, middle_x = camera[16], camera[18]
    focal_y, middle_y = camera[20], camera[21]
    place = (np.arange(side, dtype=np.float32) + 0.5) / side
    x, y = (place - middle_x) / focal_x, (place - middle_y) / focal_y
    return np.sqrt(1 + x[None] ** 2 + y[:, None] ** 2).astype(np.float32)


def _shrunk(picture: Floats, side: int) -> Floats:
    """Return the mean over each pixel's samples."""
    small = np.zeros((side, side, *picture.shape[2:]), np.float32)
    for row in range(FINER):
        for column in range(FINER):
            small += picture[row::FINER, column::FINER]
    return small * np.float32(1 / FINER**2)
