from dataclasses import replace

import numpy as np
import pytest

from avatarartist_core import storage
from avatarartist_core.config import RetargetConfig
from avatarartist_core.data import Motion, Neutral, ParametricTriplane
from avatarartist_core.errors import UsageError
from avatarartist_core.motion.angles import rotation_from_angles, vector_from_rotation
from avatarartist_core.motion.embedding import embed, embed_portrait
from avatarartist_core.motion.files import save_motion
from avatarartist_core.motion.retarget import retarget
from avatarartist_core.specs import AvatarSpec, MotionSpec
from avatarartist_core.testing import sample_portrait


def motion(frames=3):
    rng = np.random.default_rng(1)
    turns = np.zeros((frames, 3), np.float32)
    turns[:, 0] = np.linspace(0.1, 0.5, frames)
    return Motion(
        fps=25.0,
        expression=rng.uniform(0, 1, (frames, 175)).astype(np.float32),
        rotation=rotation_from_angles(turns),
        translation=np.linspace(0, 1, frames * 3, dtype=np.float32).reshape(frames, 3),
        gaze=np.zeros((frames, 2), np.float32),
        tracked=np.ones(frames, bool),
        neutral=Neutral(
            expression=np.zeros(175, np.float32), rotation=rotation_from_angles(turns[0])
        ),
        identity=np.ones(150, np.float32),
        embedding=rng.normal(size=(frames, 548)).astype(np.float32),
        spec=MotionSpec("faceverse-v3", "pdfgc"),
    )


def avatar():
    portrait = sample_portrait()
    return ParametricTriplane(
        spec=AvatarSpec(representation="triplane", topology="faceverse-v3"),
        fit=portrait.fit,
        generator="test",
        landmarks=portrait.landmarks,
        side=256,
        picture=portrait.picture,
    )


def test_pose_is_carried_and_coefficients_stay(head):
    given = motion()
    moved = retarget(avatar(), given, RetargetConfig(translation=0.5))
    own = head.fit_of(avatar())
    np.testing.assert_array_equal(moved.expression, given.expression)
    np.testing.assert_array_equal(embed(moved, "pdfgc"), given.embedding)
    np.testing.assert_allclose(moved.rotation[0], own.rotation, atol=1e-5)
    turn = vector_from_rotation(moved.rotation[2] @ own.rotation.T)
    np.testing.assert_allclose(np.linalg.norm(turn), 0.4, atol=1e-4)
    np.testing.assert_allclose(moved.translation, 0.5 * given.translation, atol=1e-6)
    np.testing.assert_array_equal(moved.identity, own.identity)
    np.testing.assert_array_equal(moved.neutral.expression, own.expression)


def test_the_portraits_own_embedding_is_read_off_its_picture():
    embedding = embed_portrait(avatar(), "pdfgc")
    assert embedding.shape == (548,)
    assert np.isfinite(embedding).all()


def test_a_motion_file_keeps_it(tmp_path):
    save_motion(motion(), tmp_path / "motion.safetensors")
    read = storage.load_motion(tmp_path / "motion.safetensors")
    np.testing.assert_array_equal(read.expression, motion().expression)
    np.testing.assert_array_equal(read.embedding, motion().embedding)
    assert read.spec == motion().spec


def test_coefficients_and_rest_of_different_heads_are_no_motion_file(tmp_path):
    save_motion(replace(motion(), neutral=Neutral()), tmp_path / "motion.safetensors")
    with pytest.raises(UsageError, match=r"neutral\.expression has the shape"):
        storage.load_motion(tmp_path / "motion.safetensors")


@pytest.mark.parametrize("name", ["motion.csv", "motion.json"])
def test_text_has_no_words_for_other_coefficients(tmp_path, name):
    with pytest.raises(UsageError, match="cannot hold a motion of topology 'faceverse-v3'"):
        save_motion(motion(), tmp_path / name)
    assert not (tmp_path / name).exists()
