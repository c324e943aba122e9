"""Puts the head together: people, parts and expressions in one mesh, landmarks still unknown."""

from dataclasses import dataclass

import numpy as np

from avatarartist_core.heads.build.contact import close_lips, meet_lids, symmetric
from avatarartist_core.heads.build.identity import align, components, face_weight, mirrored
from avatarartist_core.heads.build.makehuman import BodyMesh, Doubles, MakeHuman
from avatarartist_core.heads.build.people import (
    AVERAGE,
    local_weights,
    macro_weights,
    random_people,
)
from avatarartist_core.heads.build.surface import Surface, cut_head
from avatarartist_core.heads.mesh import HeadMesh
from avatarartist_core.motion import ARKIT

PEOPLE = 800
"""Random people drawn; each counts twice, as it is and mirrored."""

COMPONENTS = 80
EYE_DISTANCE = 0.61
"""Decimetres between the mean head's eye centres: an adult's, for which expressions are made."""


@dataclass(frozen=True, eq=False)
class Assembly:
    """The head without landmarks.

    Attributes:
        mesh: landmarks all on triangle 0.
        surface: how it was cut out of the body.
        explained: (n,) share of variance held by the first components.
    """

    mesh: HeadMesh
    surface: Surface
    explained: Doubles


def assemble(data: MakeHuman, rng: np.random.Generator) -> Assembly:
    """Build mesh, identity and expressions from the data."""
    body = data.mesh()
    count = len(body.vertices)
    average = body.vertices + sum(
        weight[0] * data.target(name, count)
        for name, weight in macro_weights(AVERAGE).items()
        if weight[0] > 0
    )
    surface = cut_head(body, average, data.segmentation())
    onto = placed(average[surface.kept], surface)
    weight = face_weight(onto, np.zeros(3), surface.vertices_of("skin"))
    heads = align(draw_heads(data, body, surface, rng), onto, weight)
    heads = np.concatenate([heads, mirrored(heads, surface.mirror)])
    found = components(heads, weight, COMPONENTS)
    mean = found.mean - _between_eyes(found.mean, surface)
    raw = {name: data.expression(name, count)[surface.kept] for name in ARKIT}
    mean, expressions = meeting(mean, symmetric(raw, surface), surface)
    mesh = HeadMesh(
        vertices=mean.astype(np.float32),
        identity=found.basis.astype(np.float32),
        expression=np.stack([expressions[name] for name in ARKIT]).astype(np.float32),
        faces=surface.faces.astype(np.int32),
        uv=body.uv[surface.kept_uv].astype(np.float32),
        faces_uv=surface.faces_uv.astype(np.int32),
        part=surface.part,
        head_weight=_head_weight(data, surface, count).astype(np.float32),
        mirror=surface.mirror.astype(np.int32),
        eye_centers=_eye_centers(mean, surface).astype(np.float32),
        landmark_faces=np.zeros(478, np.int32),
        landmark_weights=np.zeros((478, 3), np.float32),
    )
    return Assembly(mesh, surface, found.explained)


def draw_heads(
    data: MakeHuman, body: BodyMesh, surface: Surface, rng: np.random.Generator
) -> Doubles:
    """Return (PEOPLE, V, 3) random heads as the body's coordinates have them."""
    heads = np.repeat(body.vertices[surface.kept][None], PEOPLE, 0)
    weights = macro_weights(random_people(PEOPLE, rng)) | local_weights(data, PEOPLE, rng)
    for name, weight in weights.items():
        if weight.any():
            offsets = data.target(name, len(body.vertices))[surface.kept]
            moved = np.flatnonzero(np.abs(offsets).max(1))
            heads[:, moved] += weight[:, None, None] * offsets[moved]
    return heads


def placed(head: Doubles, surface: Surface) -> Doubles:
    """Bring a (V, 3) head to the origin between its eyes, symmetric and of the right size."""
    even = (head + mirrored(head, surface.mirror)) / 2
    even = even - _between_eyes(even, surface)
    left, right = _eye_centers(even, surface)
    return even * (EYE_DISTANCE / np.linalg.norm(left - right))


def meeting(
    mean: Doubles, expressions: dict[str, Doubles], surface: Surface
) -> tuple[Doubles, dict[str, Doubles]]:
    """Close the lips of the mean head at rest and under ``mouthClose``, and the lids of a blink."""
    jaw = expressions["jawOpen"]
    mean = mean + close_lips(mean, jaw, surface)
    blink = meet_lids(mean, expressions["eyeBlinkLeft"], surface)
    pressed = mean + jaw + expressions["mouthClose"]
    return mean, expressions | {
        "eyeBlinkLeft": blink,
        "eyeBlinkRight": mirrored(blink, surface.mirror),
        "mouthClose": expressions["mouthClose"] + close_lips(pressed, jaw, surface),
    }


def _head_weight(data: MakeHuman, surface: Surface, count: int) -> Doubles:
    weight = data.head_weight(count)[surface.kept]
    inside = ("eye_left", "eye_right", "teeth_upper", "teeth_lower", "tongue")
    weight[surface.vertices_of(*inside)] = 1
    return (weight + weight[surface.mirror]) / 2


def _eye_centers(head: Doubles, surface: Surface) -> Doubles:
    return np.stack([head[surface.vertices_of(eye)].mean(0) for eye in ("eye_left", "eye_right")])


def _between_eyes(head: Doubles, surface: Surface) -> Doubles:
    return _eye_centers(head, surface).mean(0)
