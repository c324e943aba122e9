"""Draws a person as the true perspective camera of a label sees them."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Floats, HeadFit, Picture
from avatarartist_core.datasets.synthetic.expressions import with_look
from avatarartist_core.datasets.synthetic.geometry import seen_by, vertex_normals
from avatarartist_core.datasets.synthetic.hair_draw import draw_hair, shade_hair
from avatarartist_core.datasets.synthetic.person import Person
from avatarartist_core.datasets.synthetic.shade_head import shade_head
from avatarartist_core.datasets.synthetic.shadow import Shadow, cast
from avatarartist_core.datasets.synthetic.surface import surface
from avatarartist_core.datasets.synthetic.views import fit_of
from avatarartist_core.heads.anny_window import anny_window
from avatarartist_core.heads.find import head_model
from avatarartist_core.heads.raster import FAR, draw_triangles
from avatarartist_core.motion import ARKIT
from avatarartist_core.motion.angles import rotation_from_angles

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
    head, window, body = head_model("anny-head"), anny_window(), surface()
    expression = with_look(expression, gaze)
    vertices = head.looking(head.vertices(person.identity, expression), gaze)
    fit = fit_of(camera, side, person.identity, expression, gaze)
    points = body.carried_on(vertices)
    large = side * FINER
    depth = np.full((large, large), FAR, np.float32)
    face = np.full((large, large), -1, np.int32)
    weights = np.empty((large, large, 2), np.float32)
    draw_triangles(_pixels(camera, points, large), body.faces, False, depth, face, weights)
    worn, first = person.hair, len(body.faces)
    if worn is not None:
        hair = worn.shape
        placed = _pixels(camera, hair.points, large)
        draw_hair(
            placed, hair.faces, first, hair.strand, worn.cut, worn.noise, depth, face, weights
        )
    colour = np.zeros((large, large, 3), np.float32)
    _shade(person, fit, camera, points, face, weights, colour)
    alpha = (face >= 0).astype(np.float32)
    shrink = (side, side)
    share = cv2.resize(alpha, shrink, interpolation=cv2.INTER_AREA)
    away = np.where(face >= 0, 1 / np.where(face >= 0, depth, 1), 0).astype(np.float32)
    mean = cv2.resize(away, shrink, interpolation=cv2.INTER_AREA) / np.maximum(share, 1e-6)
    landmarks = head.landmarks(vertices)
    at = seen_by(camera, window.world(landmarks))
    marks = np.concatenate([at[:, :2] * side - 0.5, -fit.project(landmarks)[:, 2:]], 1)
    return Drawing(
        colour=cv2.resize(colour, shrink, interpolation=cv2.INTER_AREA),
        alpha=share,
        depth=(mean * ray_lengths(camera, side)).astype(np.float32),
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


def _pixels(camera: Floats, points: Floats, side: int) -> Floats:
    """Return (N, 3) columns, rows and 1 / depth: straight over the picture, as depth is not."""
    seen = seen_by(camera, anny_window().world(points))
    seen[:, :2] = seen[:, :2] * side - 0.5
    seen[:, 2] = 1 / seen[:, 2]
    return seen


def _shade(
    person: Person,
    fit: HeadFit,
    camera: Floats,
    points: Floats,
    face: NDArray[np.int32],
    weights: Floats,
    colour: Floats,
) -> None:
    """Colour what the raster sees of the head, in place."""
    body, window, light = surface(), anny_window(), person.light
    opened = float(fit.expression[ARKIT.index("jawOpen")])
    axis = rotation_from_angles(np.array([*fit.gaze, 0], np.float32))[:, 2]
    mouth = np.concatenate([[0.3 + 0.5 * min(opened * 2, 1)], person.teeth, person.tongue])
    lamps = np.stack([light.key, light.key_colour, light.rim, light.rim_colour])
    viewer = ((camera[:16].reshape(4, 4)[:3, 3] - window.shift) / window.scale).astype(np.float32)
    shadow = _shadow(person, points)
    shade_head(
        face,
        weights,
        body.faces,
        body.part,
        points,
        body.rest,
        vertex_normals(points, body.faces),
        body.occlusion,
        person.painting,
        person.eyes.values(),
        body.mesh.eye_centers,
        np.ascontiguousarray(axis),
        person.clothes.values(),
        mouth.astype(np.float32),
        light.sky,
        lamps,
        viewer,
        shadow.depth,
        shadow.axes,
        colour,
    )
    worn = person.hair
    if worn is not None:
        hair = worn.shape
        shade_hair(
            face,
            weights,
            hair.faces,
            len(body.faces),
            hair.points,
            hair.normals,
            hair.tangents,
            hair.strand,
            worn.cut,
            worn.noise,
            worn.colours,
            light.sky,
            lamps,
            viewer,
            shadow.depth,
            shadow.axes,
            colour,
        )


def _shadow(person: Person, points: Floats) -> Shadow:
    """Cast the shadow of head and hair."""
    faces = surface().faces
    if person.hair is None:
        return cast(points, faces, person.light.key)
    hair = person.hair.shape
    # Of the shells one at middle height stands for all; its thin edges let light through.
    dense = (hair.strand[:, 3] > 0.05) & (np.abs(hair.strand[:, 4] - 0.6) < 0.1)
    inner = hair.faces[dense[hair.faces].all(1)] + len(points)
    whole = np.concatenate([points, hair.points])
    return cast(whole, np.concatenate([faces, inner]), person.light.key)
