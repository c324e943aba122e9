"""One person with one expression, ready to be drawn: what is solid, what is hair, what is lit."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Floats, HeadFit
from avatarartist_core.datasets.synthetic.geometry import seen_by, vertex_normals
from avatarartist_core.datasets.synthetic.hair_draw import draw_hair, shade_hair
from avatarartist_core.datasets.synthetic.person import Person
from avatarartist_core.datasets.synthetic.shade_head import shade_head
from avatarartist_core.datasets.synthetic.shade_things import shade_things
from avatarartist_core.datasets.synthetic.shadow import Shadow, cast
from avatarartist_core.datasets.synthetic.surface import surface
from avatarartist_core.heads.anny_window import anny_window
from avatarartist_core.heads.raster import FAR, Raster, draw_triangles
from avatarartist_core.motion import ARKIT
from avatarartist_core.motion.angles import rotation_from_angles


@dataclass(frozen=True, eq=False)
class Scene:
    """Triangles are numbered: first the body's, then those of things, then those of hair.

    Attributes:
        person: shape and looks.
        body: (V, 3) points of the carried-on head, head units.
        solid: (N, 3) the same and those of things.
        faces: (F, 3) int32 triangles of ``solid``.
        shadow: what the key light sees.
    """

    person: Person
    body: Floats
    solid: Floats
    faces: NDArray[np.int32]
    shadow: Shadow


def scene(person: Person, vertices: Floats) -> Scene:
    """Put a person together; ``vertices`` are those of the head model."""
    body = surface()
    points, faces = body.carried_on(vertices), body.faces
    solid = points
    if person.things is not None:
        faces = np.concatenate([faces, person.things.faces + len(points)]).astype(np.int32)
        solid = np.concatenate([points, person.things.points])
    return Scene(person, points, solid, faces, _shadow(person, solid, faces))


def raster(shown: Scene, camera: Floats, side: int) -> Raster:
    """Draw what each pixel sees; depth is 1 over that along the camera's axis, world units."""
    depth = np.full((side, side), FAR, np.float32)
    face = np.full((side, side), -1, np.int32)
    weights = np.empty((side, side, 2), np.float32)
    draw_triangles(_pixels(camera, shown.solid, side), shown.faces, False, depth, face, weights)
    worn = shown.person.hair
    if worn is not None:
        hair, first = worn.shape, len(shown.faces)
        points = _pixels(camera, hair.points, side)
        draw_hair(
            points, hair.faces, first, hair.strand, worn.cut, worn.noise, depth, face, weights
        )
    return Raster(depth, face, weights)


def shade(shown: Scene, seen: Raster, fit: HeadFit, camera: Floats) -> Floats:
    """Return (P, P, 3) display colours of what the pixels of a raster see, 0 elsewhere."""
    person, body, window = shown.person, surface(), anny_window()
    light, shadow = person.light, shown.shadow
    colour = np.zeros((*seen.face.shape, 3), np.float32)
    lamps = np.stack([light.key, light.key_colour, light.rim, light.rim_colour])
    viewer = ((camera[:16].reshape(4, 4)[:3, 3] - window.shift) / window.scale).astype(np.float32)
    lit = (light.sky, lamps, viewer, shadow.depth, shadow.axes, colour)
    axis = rotation_from_angles(np.array([*fit.gaze, 0], np.float32))[:, 2]
    shade_head(
        seen.face,
        seen.weights,
        body.faces,
        body.part,
        shown.body,
        body.rest,
        vertex_normals(shown.body, body.faces),
        body.occlusion,
        person.painting,
        person.eyes.values(),
        body.mesh.eye_centers,
        np.ascontiguousarray(axis),
        person.clothes.values(),
        _mouth(person, fit.expression),
        *lit,
    )
    things, worn = person.things, person.hair
    if things is not None:
        mesh = (things.points, things.normals, things.colours)
        shade_things(seen.face, seen.weights, things.faces, len(body.faces), *mesh, *lit)
    if worn is not None:
        hair = worn.shape
        mesh = (hair.points, hair.normals, hair.tangents)
        strands = (hair.strand, worn.cut, worn.noise, worn.colours)
        shade_hair(seen.face, seen.weights, hair.faces, len(shown.faces), *mesh, *strands, *lit)
    return colour


def _mouth(person: Person, expression: Floats) -> Floats:
    """Return (7,): the more the jaw opens, the more light falls into the mouth; then colours."""
    opened = min(2 * float(expression[ARKIT.index("jawOpen")]), 1.0)
    numbers = [np.array([0.3 + 0.5 * opened]), person.teeth, person.tongue]
    return np.concatenate(numbers).astype(np.float32)


def _pixels(camera: Floats, points: Floats, side: int) -> Floats:
    """Return (N, 3) columns, rows and 1 / depth: straight over the picture, as depth is not."""
    seen = seen_by(camera, anny_window().world(points))
    seen[:, :2] = seen[:, :2] * side - 0.5
    seen[:, 2] = 1 / seen[:, 2]
    return seen


def _shadow(person: Person, solid: Floats, faces: NDArray[np.int32]) -> Shadow:
    """Cast the shadow of all; of the shells of hair one at middle height stands for them."""
    if person.hair is None:
        return cast(solid, faces, person.light.key)
    hair = person.hair.shape
    # Thin edges let light through.
    dense = (hair.strand[:, 3] > 0.05) & (np.abs(hair.strand[:, 4] - 0.65) < 0.05)
    inner = hair.faces[dense[hair.faces].all(1)] + len(solid)
    whole = np.concatenate([solid, hair.points])
    return cast(whole, np.concatenate([faces, inner]), person.light.key)
