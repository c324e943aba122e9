"""What a shard holds of one pair: labels, a picture, and where its triplane comes from.

The members are those of a labelled portrait where they mean the same: ``png``, ``mesh.png`` and
``json``. ``noise.npy`` holds the random vector, and ``planes.npy`` the triplane where it is kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Floats, Picture
from avatarartist_core.datasets.encoding import decode_values, exact, mesh_levels, mesh_map_of
from avatarartist_core.errors import InputError

Halves = NDArray[np.float16]


@dataclass(frozen=True, eq=False)
class Pair:
    """A picture and the triplane it was drawn from (K identity, E expression, P side).

    Attributes:
        key: name of its members in the shard.
        index: its number.
        domain: style of the picture.
        picture: (P, P, 3) uint8 RGB.
        noise: (Z,) float32, what the triplane is drawn from.
        mesh_map: (256, 256, 3) float32 that led the expression.
        camera: (25,) float32 label that the picture was drawn with.
        identity: (K,) float32 scores of the mesh map's head, not of the avatar.
        expression: (E,) float32 absolute coefficients.
        gaze: (2,) float32 yaw and pitch of the eyes relative to the head, radians.
        rotation: (3, 3) float32 of the head as the camera sees it.
        topology: head model of the coefficients and the mesh map.
        label: number of the record in the data set of labels.
        planes: (4, C, R, R) float16, or None: it is drawn again from ``noise``.
    """

    key: str
    index: int
    domain: str
    picture: Picture
    noise: Floats
    mesh_map: Floats
    camera: Floats
    identity: Floats
    expression: Floats
    gaze: Floats
    rotation: Floats
    topology: str
    label: int
    planes: Halves | None = None


_WORDS = ("key", "index", "domain", "topology", "label")
_VECTORS = ("camera", "identity", "expression", "gaze", "rotation")


def encode_pair(pair: Pair) -> dict[str, bytes]:
    """Write a pair as named members, the same bytes for the same values."""
    values: dict[str, Any] = {name: getattr(pair, name) for name in _WORDS}
    values |= {name: exact(getattr(pair, name)) for name in _VECTORS}
    text = json.dumps(values, ensure_ascii=False, allow_nan=False, sort_keys=True)
    members = {
        "png": _png(cv2.cvtColor(pair.picture, cv2.COLOR_RGB2BGR)),
        "mesh.png": _png(mesh_levels(pair.mesh_map)),
        "noise.npy": _npy(pair.noise),
        "json": text.encode(),
    }
    if pair.planes is not None:
        members["planes.npy"] = _npy(pair.planes)
    return members


def decode_pair(members: Mapping[str, bytes]) -> Pair:
    """Read what ``encode_pair`` wrote.

    Raises:
        InputError: a member is missing or damaged.
    """
    try:
        planes = members.get("planes.npy")
        return Pair(
            picture=cv2.cvtColor(_read(members["png"], np.uint8), cv2.COLOR_BGR2RGB),
            mesh_map=mesh_map_of(_read(members["mesh.png"], np.uint16)),
            noise=_array(members["noise.npy"]),
            planes=None if planes is None else _array(planes),
            **decode_values(members),
        )
    except (KeyError, ValueError, TypeError, cv2.error) as error:
        said = f"it has no {error}" if isinstance(error, KeyError) else str(error)
        raise InputError(
            f"a pair cannot be read: {said}", "Look for damaged shards: aa data verify"
        ) from error


def _png(picture: NDArray[Any]) -> bytes:
    written, data = cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    if not written:
        raise ValueError(f"no PNG can be made of {picture.dtype} {picture.shape}")
    return data.tobytes()


def _read(data: bytes, kind: type[np.generic]) -> NDArray[Any]:
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if picture is None or picture.dtype != kind:
        raise ValueError(f"a PNG of {np.dtype(kind).name} is damaged")
    return np.asarray(picture)


def _npy(array: NDArray[Any]) -> bytes:
    stream = BytesIO()
    np.save(stream, np.ascontiguousarray(array), allow_pickle=False)
    return stream.getvalue()


def _array(data: bytes) -> NDArray[Any]:
    return np.asarray(np.load(BytesIO(data), allow_pickle=False))
