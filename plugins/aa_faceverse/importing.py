"""Makes bundles of the users' own files: the FaceVerse model and the PD-FGC network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from aa_faceverse.basis import FILE, TO_FLAME
from aa_faceverse.config import EMBEDDING, EXPRESSIONS, IDENTITIES, TOPOLOGY
from aa_faceverse.window import LANDMARKS, mask_of_landmarks
from avatarartist_core.data import Floats
from avatarartist_core.errors import WeightsError
from avatarartist_core.interfaces import Progress, silent
from avatarartist_core.specs import MotionSpec
from avatarartist_core.weights.draft import BundleDraft
from avatarartist_core.weights.numpy_pickle import read_numpy_pickle
from avatarartist_core.weights.reading import read_tensors

HEAD, MASK, UV_MASK, SIMILARITY = (
    "faceverse_v3_1.npy",
    "v31_face_mask_new.npy",
    "dense_uv_expanded_mask_onlyFace.png",
    "fv2fl_30.npy",
)
"""The model, and the companions that are used when they lie beside it."""

NETWORK = "motion_model.pth"

HEAD_LICENCE = "FaceVerse v3.1 through InvertAvatar: Tsinghua, non-commercial research"
NETWORK_LICENCE = "PD-FGC: CC-BY-4.0; trained on VoxCeleb2"

_FLIPPED = np.array([1, -1, -1], np.float32)
_SHRUNK = np.float32(0.1)
_MOVED = np.array([0, 1, 0], np.float32)


def convert_head(folder: Path, draft: BundleDraft, progress: Progress = silent) -> None:
    """Fill a bundle with the FaceVerse model; colours and light are left out.

    Raises:
        WeightsError: a file cannot be read safely, or is another model.
    """
    import torch

    source = folder / HEAD
    arrays = head_arrays(source, read_numpy_pickle(source))
    progress(1, 2)
    arrays |= _companions(folder, arrays)
    draft.add_tensors(FILE, {name: torch.from_numpy(array) for name, array in arrays.items()})
    draft.describe(
        config={
            "vertices": len(arrays["mean"]),
            "companions": [
                name for name in (MASK, UV_MASK, SIMILARITY) if (folder / name).exists()
            ],
        },
        licence=HEAD_LICENCE,
        source=f"{HEAD}, given by the user",
    )
    progress(2, 2)


def convert_network(folder: Path, draft: BundleDraft, progress: Progress = silent) -> None:
    """Fill a bundle with the PD-FGC motion network.

    Raises:
        WeightsError: the file cannot be read safely, or holds another network.
    """
    from aa_faceverse.weights import network_from_official

    network = network_from_official(read_tensors(folder / NETWORK))
    draft.add_tensors(FILE, network.state_dict())
    draft.describe(
        config={},
        licence=NETWORK_LICENCE,
        source=f"{NETWORK}, given by the user",
        motion=MotionSpec(topology=TOPOLOGY, embedding=EMBEDDING),
    )
    progress(1, 1)


def head_arrays(path: Path, model: dict[str, Any]) -> dict[str, NDArray[Any]]:
    """Bring the file's arrays into model space: y, z negated, a tenth of the size, y raised by 1.

    Raises:
        WeightsError: something is missing or of another size.
    """
    mean = _array(path, model, "meanshape").reshape(-1, 3)
    V = len(mean)
    arrays: dict[str, NDArray[Any]] = {
        "mean": mean * _FLIPPED * _SHRUNK + _MOVED,
        "faces": _faces(path, model, V),
        "landmarks": _indices(path, model, "mediapipe_keypoints", V)[:478],
        "eyeballs": _indices(path, model, "ver_inds", V + 1)[:3],
    }
    for name, key, count in (
        ("identity", "idBase", IDENTITIES),
        ("expression", "exBase", EXPRESSIONS),
    ):
        shapes = _array(path, model, key)
        if shapes.size != V * 3 * count:
            raise _another(path, f"{key} has {shapes.size} numbers, not {V} x 3 x {count}")
        columns = shapes.reshape(V, 3, count) * (_FLIPPED * _SHRUNK)[:, None]
        arrays[name] = np.ascontiguousarray(columns.transpose(2, 0, 1))
    for name, count in (("landmarks", 478), ("eyeballs", 3)):
        if len(arrays[name]) != count:
            raise _another(path, f"it names {len(arrays[name])} {name}, not {count}")
    if not (np.diff(arrays["eyeballs"]) > 0).all():
        raise _another(path, f"its eyeballs are the vertices {arrays['eyeballs'].tolist()}")
    arrays["uv"] = _uv(path, model, arrays["faces"], V)
    return arrays


def _companions(folder: Path, arrays: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    V, uv = len(arrays["mean"]), arrays["uv"]
    found: dict[str, NDArray[Any]] = {"to_flame": TO_FLAME.copy()}
    if (folder / SIMILARITY).exists():
        matrix = _plain_array(folder / SIMILARITY, (4, 4))
        # Row vectors keep the shift in the last row.
        found["to_flame"] = matrix.T.copy() if np.abs(matrix[3, :3]).max() > 1e-6 else matrix
    if (folder / MASK).exists():
        mask = _plain_array(folder / MASK, None).reshape(-1)
        if len(mask) != V:
            raise _another(folder / MASK, f"it marks {len(mask)} vertices, not {V}")
    else:
        mask = mask_of_landmarks(uv, uv[arrays["landmarks"][:LANDMARKS]])
    first, _, end = arrays["eyeballs"]
    mask = mask.copy()
    mask[first:end] = 1
    found["mask"] = mask
    if (folder / UV_MASK).exists():
        picture = cv2.imread(str(folder / UV_MASK), cv2.IMREAD_GRAYSCALE)
        if picture is None:
            raise WeightsError(f"{folder / UV_MASK} is no picture", "Get the file again.")
        found["uv_mask"] = np.asarray(picture, np.uint8)
    return found


def _array(path: Path, model: dict[str, Any], key: str) -> Floats:
    value = model.get(key)
    if not isinstance(value, np.ndarray | list):
        raise _another(path, f"it has no array {key!r}")
    array = np.asarray(value)
    if array.dtype.kind not in "fiu" or array.size == 0 or not np.isfinite(array).all():
        raise _another(path, f"{key} holds no finite numbers")
    return array.astype(np.float32)


def _indices(path: Path, model: dict[str, Any], key: str, end: int) -> NDArray[np.int32]:
    numbers = _array(path, model, key).reshape(-1)
    if numbers.min() < 0 or numbers.max() >= end:
        raise _another(path, f"{key} points beyond its vertices")
    return numbers.astype(np.int32)


def _faces(path: Path, model: dict[str, Any], V: int) -> NDArray[np.int32]:
    faces = _array(path, model, "tri")
    if faces.size % 3 or faces.max() - faces.min() >= V:
        raise _another(path, "tri points beyond its vertices")
    first = 1 if faces.max() == V else 0  # some releases count from 1
    return np.ascontiguousarray(faces.reshape(-1, 3) - first, np.int32)


def _uv(path: Path, model: dict[str, Any], faces: NDArray[np.int32], V: int) -> Floats:
    """Return one texture coordinate a vertex."""
    if "uv_per_ver" in model:
        uv = _array(path, model, "uv_per_ver").reshape(-1, 2)
        if len(uv) != V:
            raise _another(path, f"uv_per_ver has {len(uv)} rows, not {V}")
        return np.ascontiguousarray(uv)
    table = _array(path, model, "uv").reshape(-1, 2)
    corners = _faces(path, {"tri": model.get("tri_uv")}, len(table))
    if len(corners) != len(faces):
        raise _another(path, f"tri_uv has {len(corners)} triangles, tri has {len(faces)}")
    uv = np.zeros((V, 2), np.float32)
    uv[faces] = table[corners]
    return uv


def _plain_array(path: Path, shape: tuple[int, ...] | None) -> Floats:
    try:
        array = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise WeightsError(f"{path} is no array of numbers", "Get the file again.") from error
    if array.dtype.kind not in "fiub" or (shape is not None and array.shape != shape):
        raise WeightsError(f"{path} holds {array.dtype} of shape {array.shape}", "Get it again.")
    return array.astype(np.float32)


def _another(path: Path, reason: str) -> WeightsError:
    return WeightsError(
        f"{path} is not the FaceVerse v3.1 model: {reason}",
        f"Give the folder that holds the authors' {HEAD}.",
    )
