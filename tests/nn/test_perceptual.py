"""Distances between pictures, with the features of every installed network's kind."""

import sys
from types import ModuleType

import numpy as np
import pytest
import torch

from avatarartist_core.errors import AvatarArtistError
from avatarartist_core.interfaces import Component
from avatarartist_core.nn.features import FeatureNetwork
from avatarartist_core.nn.perceptual import lpips_loss, perceptual_loss


class Pyramid(FeatureNetwork):
    """The picture and its halves, lifted to other channels by a fixed matrix."""

    def __init__(self):
        Component.__init__(self, None)
        self.mix = torch.randn((5, 3), generator=torch.Generator().manual_seed(0))

    def levels(self, images):
        halves = [images]
        for _ in range(2):
            halves.append(torch.nn.functional.avg_pool2d(halves[-1], 2))
        return [torch.einsum("oc,bchw->bohw", self.mix, each) for each in halves]

    def vectors(self, images):
        return self.levels(images)[-1].flatten(1)


def pictures(count=2, side=8, seed=0):
    chance = torch.Generator().manual_seed(seed)
    return torch.rand((count, 3, side, side), generator=chance) * 2 - 1


def test_it_is_equation_1_without_weights():
    features, first, second = Pyramid(), pictures(seed=1), pictures(seed=2)
    expected = []
    for picture in range(2):
        means = []
        for one, other in zip(features.levels(first), features.levels(second), strict=True):
            one, other = one[picture].numpy(), other[picture].numpy()
            apart = [
                np.square(
                    one[:, row, column] / np.linalg.norm(one[:, row, column])
                    - other[:, row, column] / np.linalg.norm(other[:, row, column])
                ).sum()
                for row in range(one.shape[1])
                for column in range(one.shape[2])
            ]
            means.append(np.mean(apart))
        expected.append(np.mean(means))
    found = perceptual_loss(features)(first, second)
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-5)


def test_equal_pictures_are_at_no_distance_and_others_at_some():
    distance, first, second = perceptual_loss(Pyramid()), pictures(seed=1), pictures(seed=2)
    assert (distance(first, first) == 0).all()
    assert (distance(first, second) > 0.1).all()
    torch.testing.assert_close(distance(first, second), distance(second, first))


def test_descending_it_makes_pictures_alike():
    distance, wanted = perceptual_loss(Pyramid()), pictures(seed=1)
    image = pictures(seed=2).requires_grad_()
    before = distance(image, wanted).sum().item()
    optimiser = torch.optim.Adam([image], lr=0.05)
    for _ in range(60):
        optimiser.zero_grad()
        distance(image, wanted).sum().backward()
        optimiser.step()
    assert distance(image, wanted).sum().item() < 0.1 * before


def test_black_pictures_have_finite_gradients():
    image = torch.zeros(1, 3, 8, 8, requires_grad=True)
    perceptual_loss(Pyramid())(image, pictures(1)).sum().backward()
    assert torch.isfinite(image.grad).all()


class Theirs(torch.nn.Module):
    """Answers as ``lpips.LPIPS`` does."""

    def __init__(self, net, verbose):
        super().__init__()
        self.net = net

    def forward(self, first, second):
        return (first - second).square().mean((1, 2, 3), keepdim=True)


@pytest.fixture
def lpips_package(monkeypatch, tmp_path):
    package = ModuleType("lpips")
    package.LPIPS = Theirs
    monkeypatch.setitem(sys.modules, "lpips", package)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    folder = tmp_path / "checkpoints"
    folder.mkdir()
    return folder


def test_without_the_package_lpips_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "lpips", None)
    with pytest.raises(AvatarArtistError, match="needs the package 'lpips'") as caught:
        lpips_loss()
    assert "feature network" in caught.value.hint


def test_without_its_file_lpips_fetches_nothing_and_says_where_it_belongs(lpips_package):
    with pytest.raises(AvatarArtistError, match="vgg16-") as caught:
        lpips_loss("vgg")
    assert str(lpips_package) in str(caught.value)


def test_with_package_and_file_it_measures_a_number_a_picture(lpips_package):
    (lpips_package / "alexnet-owt-7be5be79.pth").touch()
    found = lpips_loss("alex")(pictures(seed=1), pictures(seed=2))
    assert found.shape == (2,)


def test_an_unknown_network_is_refused():
    with pytest.raises(AvatarArtistError, match="no network 'squeeze'"):
        lpips_loss("squeeze")
