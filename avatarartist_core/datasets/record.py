"""What a shard holds of one labelled portrait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Floats, Picture
from avatarartist_core.datasets.sample import Sample, Value


@dataclass(frozen=True, eq=False)
class Record:
    """One labelled portrait of a data set (K identity, E expression, P side of the picture).

    Attributes:
        key: name of its members in the shard, the number of the record in eight digits.
        index: number of the record in the data set.
        domain: style of the picture, ``realistic`` where it is the source's own.
        picture: (P, P, 3) uint8 RGB.
        mask: (P, P) uint8, 255 where the person is.
        mesh_map: (256, 256, 3) float32 of ``heads.mesh_map``: u and v in [-1, 1], mask 0 or 1.
        camera: (25,) float32 EG3D label in the world of the topology's face window.
        identity: (K,) float32 scores.
        expression: (E,) float32 absolute coefficients.
        gaze: (2,) float32 yaw and pitch of the eyes relative to the head, radians.
        rotation: (3, 3) float32 of the head as the camera sees it.
        landmarks: (478, 3) float32 in pixels of the picture.
        topology: head model of the coefficients and the mesh map.
        source: name of the portrait source.
        portrait: key of the portrait in that source.
        transfer: name of what restyled it; empty where nothing did.
        transfer_seed: seed that the transfer was given.
        seed: seed of the whole data set, which the source was given.
        provenance: what the source says of the portrait: seeds, file, options.
        depth: (P, P) float32 distance from the camera in world units, 0 off the person, or None.
    """

    key: str
    index: int
    domain: str
    picture: Picture
    mask: NDArray[np.uint8]
    mesh_map: Floats
    camera: Floats
    identity: Floats
    expression: Floats
    gaze: Floats
    rotation: Floats
    landmarks: Floats
    topology: str
    source: str = ""
    portrait: str = ""
    transfer: str = ""
    transfer_seed: int = 0
    seed: int = 0
    provenance: Mapping[str, Value] = field(default_factory=dict)
    depth: Floats | None = None


def key_of(index: int) -> str:
    """Name record ``index``; keys sort as their numbers do."""
    return f"{index:08d}"


def record_of(
    sample: Sample,
    index: int,
    *,
    domain: str,
    source: str,
    transfer: str = "",
    transfer_seed: int = 0,
    seed: int = 0,
) -> Record:
    """Put a sample, restyled or not, into the form of a record."""
    portrait, labels = sample.portrait, sample.labels
    return Record(
        key=key_of(index),
        index=index,
        domain=domain,
        picture=portrait.picture,
        mask=np.rint(np.clip(portrait.mask, 0, 1) * 255).astype(np.uint8),
        mesh_map=labels.mesh_map,
        camera=labels.camera,
        identity=labels.identity,
        expression=labels.expression,
        gaze=labels.gaze,
        rotation=labels.rotation,
        landmarks=portrait.landmarks,
        topology=labels.topology,
        source=source,
        portrait=sample.key,
        transfer=transfer,
        transfer_seed=transfer_seed,
        seed=seed,
        provenance=dict(sample.provenance),
        depth=labels.depth,
    )
