"""A labelled portrait: what a source makes, a transfer restyles and a shard holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from avatarartist_core.data import Floats, Portrait

Value = str | int | float | bool


@dataclass(frozen=True, eq=False)
class Labels:
    """What is known of a portrait beside its picture (K identity, P side of the picture).

    A transfer keeps the landmarks, so labels stay true when the picture is restyled.

    Attributes:
        topology: head model of the coefficients and the mesh map.
        mesh_map: (256, 256, 3) float32 of ``heads.mesh_map``: u and v in [-1, 1], mask 0 or 1.
        camera: (25,) EG3D label of the camera in the world of the topology's window.
        identity: (K,) identity scores.
        expression: (52,) absolute coefficients.
        gaze: (2,) yaw and pitch of the eyes relative to the head, radians.
        rotation: (3, 3) of the head as the camera sees it, for statistics.
        depth: (P, P) float32 distance from the camera in world units, 0 off the person; None where
            it is not known.
    """

    topology: str
    mesh_map: Floats
    camera: Floats
    identity: Floats
    expression: Floats
    gaze: Floats
    rotation: Floats
    depth: Floats | None = None


@dataclass(frozen=True, eq=False)
class Sample:
    """One labelled portrait.

    Attributes:
        key: unique in its source, letters, digits, ``-`` and ``_`` only.
        portrait: picture, landmarks, mask and weak-perspective fit; its ``domain`` says the style.
        labels: exact where the source drew the head itself, fitted where it found one.
        provenance: plain values that say what made it: seeds, file, options, versions.
    """

    key: str
    portrait: Portrait
    labels: Labels
    provenance: Mapping[str, Value] = field(default_factory=dict)
