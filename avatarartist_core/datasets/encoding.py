"""Records to the members of a shard and back: PNG, npy and JSON, no pickle.

The mesh map is three grey pictures of 16 bit one above the other (u, v, mask), because that packs a
sixth smaller than one picture of three channels and every program reads it. 0 is kept exactly.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Floats
from avatarartist_core.datasets.record import Record
from avatarartist_core.errors import InputError

_FAST = [cv2.IMWRITE_PNG_COMPRESSION, 1]
"""Level 1 costs a third of the time of level 6 and an eighth more space."""

_HALF = 32767
"""Steps of u and v from 0 to 1: half a step is 1.5e-5."""

_DEPTH = 65535

_VECTORS = ("camera", "identity", "expression", "gaze", "rotation")
_WORDS = (
    *("key", "index", "domain", "topology", "source", "portrait"),
    *("transfer", "transfer_seed", "seed"),
)


def encode(record: Record) -> dict[str, bytes]:
    """Write a record as named members, the same bytes for the same values.

    Returns:
        ``png``, ``mask.png``, ``mesh.png``, ``landmarks.npy``, ``json``, and ``depth.png`` where
        the depth is known.

    Raises:
        ValueError: a value is not finite.
    """
    members = {
        "png": _png(cv2.cvtColor(record.picture, cv2.COLOR_RGB2BGR)),
        "mask.png": _png(record.mask),
        "mesh.png": _png(mesh_levels(record.mesh_map)),
        "landmarks.npy": _npy(record.landmarks),
    }
    values: dict[str, Any] = {name: getattr(record, name) for name in _WORDS}
    values |= {name: exact(getattr(record, name)) for name in _VECTORS}
    values["provenance"] = dict(record.provenance)
    if record.depth is not None:
        most = float(record.depth.max()) or 1.0
        values["depth_most"] = most
        members["depth.png"] = _png(np.rint(record.depth / most * _DEPTH).astype(np.uint16))
    text = json.dumps(values, ensure_ascii=False, allow_nan=False, sort_keys=True)
    members["json"] = text.encode()
    return members


def decode(members: Mapping[str, bytes]) -> Record:
    """Read what ``encode`` wrote.

    Raises:
        InputError: a member is missing or damaged.
    """
    try:
        values = decode_values(members)
        most = values.pop("depth_most", None)
        depth = None
        if most is not None:
            depth = _read(members["depth.png"], np.uint16).astype(np.float32) * (most / _DEPTH)
        return Record(
            picture=cv2.cvtColor(_read(members["png"], np.uint8), cv2.COLOR_BGR2RGB),
            mask=_read(members["mask.png"], np.uint8),
            mesh_map=mesh_map_of(_read(members["mesh.png"], np.uint16)),
            landmarks=np.load(BytesIO(members["landmarks.npy"]), allow_pickle=False),
            depth=depth,
            **values,
        )
    except (KeyError, ValueError, TypeError, cv2.error) as error:
        said = f"it has no {error}" if isinstance(error, KeyError) else str(error)
        raise InputError(
            f"a record cannot be read: {said}", "Look for damaged shards: aa data verify"
        ) from error


def decode_values(members: Mapping[str, bytes]) -> dict[str, Any]:
    """Read the plain values alone: labels and words, without a picture.

    Raises:
        KeyError: there is no ``json``.
        ValueError: it is damaged.
    """
    values: dict[str, Any] = json.loads(members["json"])
    for name in _VECTORS:
        values[name] = np.array(values[name], np.float32)
    return values


def mesh_levels(mesh_map: Floats) -> NDArray[np.uint16]:
    """Write a (256, 256, 3) mesh map as (768, 256) levels: u, v and the mask."""
    levels = np.rint(mesh_map * np.float32(_HALF)) + (_HALF + 1)
    planar = levels.transpose(2, 0, 1).reshape(-1, mesh_map.shape[1])
    return np.ascontiguousarray(planar, np.uint16)


def mesh_map_of(levels: NDArray[np.uint16]) -> Floats:
    """Read a (256, 256, 3) mesh map back; u and v within 1.6e-5, the mask exact."""
    planar = levels.reshape(3, -1, levels.shape[1]).transpose(1, 2, 0).astype(np.float32)
    planar -= np.float32(_HALF + 1)
    planar /= np.float32(_HALF)
    return np.ascontiguousarray(planar)


def exact(values: Floats) -> list[Any]:
    """Write float32 as the shortest decimals that give the same float32 again."""
    short = [float(str(value)) for value in np.asarray(values, np.float32).ravel()]
    return nested(short, values.shape)


def nested(flat: list[Any], shape: tuple[int, ...]) -> list[Any]:
    """Fold a flat list into lists of ``shape``."""
    for size in shape[:0:-1]:
        flat = [flat[start : start + size] for start in range(0, len(flat), size)]
    return flat


def _png(picture: NDArray[Any]) -> bytes:
    written, data = cv2.imencode(".png", picture, _FAST)
    if not written:
        raise ValueError(f"no PNG can be made of {picture.dtype} {picture.shape}")
    return data.tobytes()


def _read(data: bytes, kind: type[np.generic]) -> NDArray[Any]:
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if picture is None or picture.dtype != kind:
        raise ValueError(f"a PNG of {np.dtype(kind).name} is damaged")
    return np.asarray(picture)


def _npy(array: Floats) -> bytes:
    if not np.isfinite(array).all():
        raise ValueError("landmarks hold a value that is not finite")
    stream = BytesIO()
    np.save(stream, np.ascontiguousarray(array, np.float32), allow_pickle=False)
    return stream.getvalue()
