"""The torch twin of the landmark network gives what LiteRT gives, and can be differentiated."""

import numpy as np
import pytest
import torch

from aa_facemesh.features import FaceMeshFeatures
from aa_facemesh.landmark_net import shipped_landmark_net
from aa_facemesh.landmarks import window_of_landmarks
from aa_facemesh.nets import LANDMARKS, Net
from avatarartist_core.entries import NoOptions
from avatarartist_core.nn.pictures import to_image

NEAR = 1e-3  # pixels of 256; measured 2e-4


@pytest.fixture(scope="module")
def features():
    return FaceMeshFeatures(NoOptions())


@pytest.fixture(scope="module")
def crop(facemesh, astronaut):
    """(256, 256, 3) around the astronaut's face as the landmark network wants it."""
    return window_of_landmarks(facemesh.find(astronaut)[0].landmarks).copy(astronaut, 256)


@pytest.fixture(scope="module")
def by_litert(crop):
    return Net(LANDMARKS)(crop[None].astype(np.float32) / np.float32(255))


def test_landmarks_are_those_of_litert(features, crop, by_litert):
    points = features.landmarks(to_image(crop, 256))[0].numpy()
    expected = by_litert["Identity"].reshape(478, 3) - np.float32([0.5, 0.5, 0])
    assert np.abs(points - expected).max() < NEAR


def test_presence_is_that_of_litert(crop, by_litert):
    net = shipped_landmark_net()
    faces = torch.from_numpy(crop[None].astype(np.float32) / 255).permute(0, 3, 1, 2)
    presence = net.presence(net.levels(faces)[-1])
    assert abs(presence.item() - by_litert["Identity_1"].item()) < NEAR


def test_landmarks_are_in_pixels_of_the_picture(features, crop):
    image = to_image(crop, 256)
    whole = features.landmarks(image)[0]
    small = torch.nn.functional.interpolate(image, (128, 128), mode="area")
    half = features.landmarks(small)[0]
    assert (((half[:, :2] + 0.5) * 2 - 0.5) - whole[:, :2]).norm(dim=1).mean() < 1.5


def test_a_landmark_follows_its_gradient(features, crop):
    image = to_image(crop, 256).requires_grad_()
    mouth = features.landmarks(image)[0, 13:15, 1]
    gap = mouth[1] - mouth[0]
    (gradient,) = torch.autograd.grad(gap, image)
    step = gradient / gradient.norm()
    rise = (gradient * step).sum().item()
    with torch.no_grad():
        moved = [features.landmarks(image + reach * step)[0, 13:15, 1] for reach in (0.02, -0.02)]
    measured = ((moved[0][1] - moved[0][0]) - (moved[1][1] - moved[1][0])).item() / 0.04
    assert rise > 0
    assert measured == pytest.approx(rise, rel=0.1)


def test_every_weight_comes_from_the_file():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        one = shipped_landmark_net()
        torch.manual_seed(1)
        other = shipped_landmark_net()
    for first, second in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.equal(first, second)


@pytest.mark.parametrize(
    ("spoil", "least"),
    [
        (lambda images: images.flip(1), 0.02),
        (lambda images: torch.nn.functional.avg_pool2d(images, 9, 1, 4), 0.05),
        (lambda images: images.roll(128, 2), 0.1),
    ],
    ids=["hue", "blur", "place"],
)
def test_vectors_answer_to_what_spoils_a_portrait(features, crop, spoil, least):
    image = to_image(crop, 256)
    plain = features.vectors(image)
    jittered = features.vectors(image.roll(2, 3))
    spoilt = (features.vectors(spoil(image)) - plain).norm()
    assert spoilt > least
    assert spoilt > 2 * (jittered - plain).norm()
