"""The compiled reader of planes against torch's."""

import pytest
import torch
from torch.nn.functional import grid_sample

from avatarartist_core.nn.texels import mean_texels, read_plane


def plain(planes, places, outside):
    read = grid_sample(
        planes.flatten(0, 1),
        places.flatten(0, 1)[:, None],
        align_corners=False,
        padding_mode=outside,
    )
    return read[:, :, 0].mT.reshape(*places.shape[:3], -1).mean(1)


def scene(channels, planes=3, places=400):
    """Planes of unequal sides, and places of which a third lies outside."""
    chance = torch.Generator().manual_seed(channels)
    made = torch.randn(2, planes, channels, 7, 9, generator=chance)
    where = 2.6 * torch.rand(2, planes, places, 2, generator=chance) - 1.3
    where[:, :, :4] = torch.tensor([[-1.0, -1.0], [1.0, 1.0], [0.0, 0.0], [-9.0, 9.0]])
    return made.requires_grad_(), where.requires_grad_()


@pytest.mark.parametrize("outside", ["zeros", "border"])
@pytest.mark.parametrize("channels", [3, 16, 37])
def test_values_and_gradients_are_those_of_torch(channels, outside):
    found = []
    for read in (plain, mean_texels):
        planes, places = scene(channels)
        values = read(planes, places, outside)
        weights = torch.randn(values.shape, generator=torch.Generator().manual_seed(0))
        (values * weights).sum().backward()
        found.append((values.detach(), planes.grad, places.grad))
    for ours, torchs in zip(*found, strict=True):
        torch.testing.assert_close(ours, torchs, atol=5e-5, rtol=1e-4)


def test_without_gradients_it_is_torch_to_the_bit():
    planes, places = scene(16)
    with torch.no_grad():
        assert mean_texels(planes, places).equal(plain(planes, places, "zeros"))


def test_places_that_need_no_gradient_get_none():
    planes, places = scene(16)
    fixed = places.detach()
    mean_texels(planes, fixed).sum().backward()
    assert fixed.grad is None
    assert planes.grad.any()


def test_planes_that_need_no_gradient_get_none():
    planes, places = scene(16)
    mean_texels(planes.detach(), places).sum().backward()
    assert planes.grad is None
    assert places.grad.any()


def test_a_plane_is_drawn_as_a_picture():
    planes, places = scene(5, planes=1, places=36)
    plane, picture = planes[:, 0], places[:, 0].unflatten(1, (4, 9))
    drawn = read_plane(plane, picture)
    assert drawn.shape == (2, 5, 4, 9)
    torch.testing.assert_close(
        drawn, grid_sample(plane, picture, align_corners=False), atol=1e-5, rtol=1e-5
    )
