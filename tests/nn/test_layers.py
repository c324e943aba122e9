import numpy as np
import pytest
import torch

from avatarartist_core.data import ParametricTriplane
from avatarartist_core.errors import IncompatibleError
from avatarartist_core.nn.layers import background_of, layered
from avatarartist_core.nn.pictures import to_pictures
from avatarartist_core.specs import AvatarSpec
from avatarartist_core.testing import sample_portrait

SIDE = 32


def drawn(colour, alpha):
    """One colour before black, and one alpha."""
    person = torch.tensor(colour)[:, None, None].expand(3, SIDE, SIDE) * alpha * 2 - 1
    return torch.cat([person, torch.full((1, SIDE, SIDE), alpha)])[None]


def avatar(**kept):
    portrait = sample_portrait(128)
    given = {"picture": portrait.picture, "mask": portrait.mask} | kept
    return ParametricTriplane(
        AvatarSpec(), portrait.fit, "dit", portrait.landmarks, 128, torch.zeros(0), **given
    )


def test_a_half_covered_pixel_is_half_person_half_ground():
    ground = torch.full((3, SIDE, SIDE), 0.5)
    mixed = layered(drawn([1.0, 0.5, 0.0], 0.5), ground, SIDE)
    wanted = torch.tensor([0.75, 0.25, -0.25])[:, None, None].expand(3, SIDE, SIDE)
    torch.testing.assert_close(mixed[0], wanted)


def test_without_ground_colours_are_straight():
    [frame] = to_pictures(layered(drawn([1.0, 0.5, 0.0], 0.5), None, SIDE), SIDE)
    assert frame.shape == (SIDE, SIDE, 4)
    np.testing.assert_allclose(frame[4, 4], [255, 127, 0, 127], atol=1)


def test_frames_of_another_size_keep_their_values():
    ground = torch.full((3, 48, 48), -1.0)
    mixed = layered(drawn([0.8, 0.4, 0.2], 1.0), ground, 48)
    assert mixed.shape == (1, 3, 48, 48)
    torch.testing.assert_close(mixed[0, :, 24, 24], torch.tensor([0.6, -0.2, -0.6]))


def test_the_background_is_the_portraits_without_its_person():
    portrait = sample_portrait(128)
    ground = (background_of(avatar(), 64) + 1) * 127.5
    ground = ground.transpose(1, 2, 0)
    corner = portrait.picture[2, 2].astype(float)
    assert np.abs(ground[1, 1] - corner).max() < 3
    assert np.abs(ground[32, 32] - corner).max() < 12  # where the face was


@pytest.mark.parametrize("missing", ["picture", "mask"])
def test_an_avatar_without_its_portrait_has_no_background(missing):
    with pytest.raises(IncompatibleError, match="no portrait and mask"):
        background_of(avatar(**{missing: None}), 64)
