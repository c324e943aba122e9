import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatarartist_core.heads.anny_window import anny_window
from avatarartist_core.heads.evidence import FRONT, PROFILE, TEXTURE, gather
from avatarartist_core.heads.mesh import anny_mesh
from avatarartist_core.heads.unprojection import unproject
from avatarartist_core.heads.world import portrait_camera
from avatarartist_core.prepare.fill import push_pull
from avatarartist_core.testing import sample_portrait

R = 64
PORTRAIT, HEAD, WINDOW = sample_portrait(192), anny_mesh().vertices, anny_window()
CAMERA = portrait_camera(PORTRAIT.fit, 192, WINDOW)
SEEN = unproject(PORTRAIT.picture, PORTRAIT.mask, HEAD, CAMERA, WINDOW, R)
FOUND = gather(SEEN, HEAD, WINDOW)


@given(side=st.integers(3, 40), seed=st.integers(0, 99))
def test_known_pixels_stay_and_others_stay_between_them(side, seed):
    chance = np.random.default_rng(seed)
    values = chance.random((side, side, 2), np.float32)
    weight = (chance.random((side, side)) < 0.3).astype(np.float32)
    weight[0, 0] = 1
    filled = push_pull(values, weight)
    known = weight > 0
    np.testing.assert_allclose(filled[known], values[known], atol=1e-5)
    low, high = values[known].min(0), values[known].max(0)
    assert np.all(filled >= low - 1e-4)
    assert np.all(filled <= high + 1e-4)


def test_nothing_known_is_filled_with_nothing():
    assert not push_pull(np.ones((8, 8, 3), np.float32), np.zeros((8, 8), np.float32)).any()


def test_a_gap_is_filled_from_its_neighbourhood():
    values = np.zeros((32, 32, 1), np.float32)
    values[:, 16:] = 1
    weight = np.ones((32, 32), np.float32)
    weight[4:10, 4:10] = weight[20:26, 22:28] = 0
    filled = push_pull(values, weight)[..., 0]
    assert filled[7, 7] < 0.1
    assert filled[23, 25] > 0.9


def test_evidence_has_the_channels_that_networks_expect():
    assert FOUND.texture.shape == (R, R, TEXTURE)
    assert FOUND.front.shape == (R, R, FRONT)
    assert FOUND.above.shape == FOUND.beside.shape == (R, R, PROFILE)


def test_mirrored_channels_are_the_others_mirrored():
    np.testing.assert_array_equal(FOUND.texture[..., 4], FOUND.texture[:, ::-1, 3])
    np.testing.assert_array_equal(FOUND.front[..., 5:7], FOUND.front[:, ::-1, 3:5])


def test_well_seen_texels_keep_their_colour():
    sure = FOUND.texture[..., 3] > 0.999
    assert sure.sum() > 0.3 * R * R
    off = np.abs(FOUND.texture[..., :3] - SEEN.texture[..., :3])[sure]
    assert off.max() < 1e-4


@pytest.mark.parametrize(("drawn", "axis"), [(FOUND.above, 0), (FOUND.beside, 1)])
def test_outlines_are_those_of_the_mesh(drawn, axis):
    # Seen from above the columns are x, seen from beside the rows are y.
    plane = WINDOW.plane(HEAD)
    there = np.flatnonzero(drawn[..., 0].any(axis))
    low, high = ((np.clip(plane[:, axis], -1, 1).min() + 1) * R / 2,
                 (np.clip(plane[:, axis], -1, 1).max() + 1) * R / 2)  # fmt: skip
    assert abs(there[0] - low) <= 1.5
    assert abs(there[-1] + 1 - high) <= 1.5
