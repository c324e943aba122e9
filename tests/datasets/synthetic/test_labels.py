"""What the source says of its heads is what it drew."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest

from avatarartist_core.data import Cameras
from avatarartist_core.datasets.sample import Sample
from avatarartist_core.datasets.synthetic.config import SyntheticConfig
from avatarartist_core.datasets.synthetic.source import Synthetic
from avatarartist_core.heads.find import head_model
from avatarartist_core.heads.mesh_map import mesh_maps
from avatarartist_core.motion.gaze import gaze_from_coefficients


def digest(sample: Sample) -> str:
    """Return a hash of everything that is drawn or labelled."""
    labels = sample.labels
    parts = [sample.portrait.picture, sample.portrait.mask, sample.portrait.landmarks]
    parts += [labels.depth, labels.camera, labels.mesh_map, labels.identity, labels.expression]
    return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    source = Synthetic(SyntheticConfig(side=128))
    return [source.sample(index, seed=1) for index in range(6)]


def test_there_is_no_end_of_them():
    assert Synthetic(SyntheticConfig()).count is None


def test_each_is_the_same_in_another_process_and_after_others():
    source = Synthetic(SyntheticConfig(side=96))
    source.sample(7, seed=5)
    command = [sys.executable, "-c", f"import runpy; runpy.run_path({__file__!r})['tell']()"]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == digest(source.sample(3, seed=5))


def tell() -> None:
    """Print the digest of a head that a fresh process draws first."""
    print(digest(Synthetic(SyntheticConfig(side=96)).sample(3, seed=5)))  # noqa: T201


def test_numbers_and_seeds_give_other_heads(samples):
    pictures = [sample.portrait.picture for sample in samples]
    assert all((pictures[0] != other).mean() > 0.3 for other in pictures[1:])
    assert len({sample.key for sample in samples}) == len(samples)


def test_the_camera_projects_the_mesh_onto_the_landmarks(samples):
    head = head_model("anny-head")
    for sample in samples:
        labels, side = sample.labels, sample.portrait.picture.shape[0]
        mesh = head.looking(head.vertices(labels.identity, labels.expression), labels.gaze)
        points = head.window.world(head.landmarks(mesh))
        cam2world = labels.camera[:16].reshape(4, 4)
        local = (points - cam2world[:3, 3]) @ cam2world[:3, :3]
        flat = local @ labels.camera[16:].reshape(3, 3).T
        pixels = flat[:, :2] / flat[:, 2:] * side - 0.5
        assert np.abs(pixels - sample.portrait.landmarks[:, :2]).max() < 1e-3


def test_the_mesh_map_is_that_of_the_coefficients(samples):
    labels = samples[0].labels
    again = mesh_maps(
        head_model("anny-head"), labels.identity, labels.expression[None], labels.gaze[None]
    )
    assert np.array_equal(again[0], labels.mesh_map)


def test_mask_and_depth_agree(samples):
    for sample in samples:
        mask, depth = sample.portrait.mask, sample.labels.depth
        assert depth is not None
        assert np.array_equal(mask > 0, depth > 0)
        assert mask.min() >= 0
        assert mask.max() == 1
        assert 1.9 < depth[depth > 0].min() < 2.9
        assert depth.max() < 4


def test_depth_lies_on_the_landmarks(samples):
    """The tip of the nose is seen from everywhere in front; its depth is known from the mesh."""
    head = head_model("anny-head")
    for sample in samples:
        labels, side = sample.labels, sample.portrait.picture.shape[0]
        mesh = head.looking(head.vertices(labels.identity, labels.expression), labels.gaze)
        nose = head.window.world(head.landmarks(mesh))[4]
        away = np.linalg.norm(nose - labels.camera[:16].reshape(4, 4)[:3, 3])
        column, row = np.round(sample.portrait.landmarks[4, :2]).astype(int)
        assert min(row, column) >= 0
        assert max(row, column) < side
        assert labels.depth is not None
        assert abs(labels.depth[row, column] - away) < 0.02


def test_the_weak_fit_agrees_at_the_middle_of_the_face(samples):
    head = head_model("anny-head")
    for sample in samples:
        fit = sample.portrait.fit
        drawn = fit.project(head.landmarks(head.vertices(fit.identity, fit.expression)))
        landmarks = sample.portrait.landmarks
        off = drawn[:468, :2].mean(0) - landmarks[:468, :2].mean(0)
        size = np.ptp(landmarks[:, 0])
        assert np.linalg.norm(off) < 0.02 * size


def test_labels_are_of_eg3d(samples):
    for sample in samples:
        camera = sample.labels.camera
        assert camera.shape == (25,)
        turn = camera[:16].reshape(4, 4)[:3, :3]
        assert np.allclose(turn @ turn.T, np.eye(3), atol=1e-5)
        labels = Cameras(
            camera[None, :16].reshape(1, 4, 4), camera[None, 16:].reshape(1, 3, 3)
        ).labels()
        assert np.array_equal(labels[0], camera)


def test_the_look_is_in_the_coefficients_too(samples):
    for sample in samples:
        told = gaze_from_coefficients(sample.labels.expression[None])[0]
        assert np.allclose(told, sample.labels.gaze, atol=1e-5)
