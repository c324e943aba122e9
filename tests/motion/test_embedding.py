from dataclasses import replace

import numpy as np
import pytest

from avatarartist_core.data import ParametricTriplane
from avatarartist_core.errors import IncompatibleError
from avatarartist_core.motion.angles import rotation_from_angles
from avatarartist_core.motion.embedding import ARKIT_GAZE, derivable_from, embed, embed_portrait
from avatarartist_core.specs import AvatarSpec, MotionSpec
from avatarartist_core.testing import sample_motion, sample_portrait


def avatar(topology="anny-head", picture=None):
    portrait = sample_portrait()
    return ParametricTriplane(
        spec=AvatarSpec(representation="triplane", topology=topology),
        fit=replace(portrait.fit, gaze=np.array([0.1, -0.2], np.float32)),
        generator="test",
        landmarks=portrait.landmarks,
        side=256,
        picture=picture,
    )


def test_coefficients_and_gaze_are_an_embedding():
    motion = sample_motion(3)
    embedding = embed(motion, ARKIT_GAZE)
    assert embedding.shape == (3, 54)
    assert embedding.dtype == np.float32
    np.testing.assert_array_equal(embedding[:, :52], motion.expression)
    np.testing.assert_array_equal(embedding[:, 52:], motion.gaze)
    assert derivable_from("anny-head") == (ARKIT_GAZE,)


def test_where_the_head_is_does_not_enter_it():
    motion = sample_motion(3)
    elsewhere = replace(
        motion,
        rotation=rotation_from_angles(np.full((3, 3), 0.4, np.float32)),
        translation=motion.translation + 1,
    )
    np.testing.assert_array_equal(embed(elsewhere, ARKIT_GAZE), embed(motion, ARKIT_GAZE))


def test_an_embedding_that_was_tracked_is_handed_on():
    tracked = np.ones((2, 7), np.float32)
    motion = replace(sample_motion(2), spec=MotionSpec("anny-head", "seven"), embedding=tracked)
    np.testing.assert_array_equal(embed(motion, "seven"), tracked)


@pytest.mark.parametrize(
    ("name", "spec", "said"),
    [
        ("seven", MotionSpec("anny-head"), "no embedding 'seven'"),
        (ARKIT_GAZE, MotionSpec("other"), "topology 'other'"),
    ],
)
def test_an_embedding_that_is_not_there_is_refused_in_words(name, spec, said):
    with pytest.raises(IncompatibleError, match=said):
        embed(replace(sample_motion(2), spec=spec), name)


def test_the_portrait_has_its_own():
    embedding = embed_portrait(avatar(), ARKIT_GAZE)
    assert embedding.shape == (54,)
    np.testing.assert_allclose(embedding[52:], [0.1, -0.2])


@pytest.mark.parametrize(
    ("picture", "said"),
    [(None, "keeps no picture"), (np.zeros((8, 8, 3), np.uint8), "no motion encoder provides it")],
)
def test_a_portrait_that_cannot_be_embedded_is_refused_in_words(picture, said):
    with pytest.raises(IncompatibleError, match=said):
        embed_portrait(avatar("other", picture), "no-such-embedding")
