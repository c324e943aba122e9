"""The compiled marcher beside the plain one.

Tolerances are absolute, over features in [-1, 1], depths near 2.7 and opacities in [0, 1]: 1e-4
when exact, 1e-3 when it may stop early and skip. Goldens: within 1e-4 of their largest value.
Depths are compared where the opacity is above 0.01; below, they are quotients of rounding errors.
"""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from avatarartist_core.nn.volume.config import AUTHORS_AXES, EVERY_AXES, VolumeConfig
from avatarartist_core.nn.volume.decoder import FeatureDecoder
from avatarartist_core.nn.volume.depths import draw_jitter
from avatarartist_core.nn.volume.fused import march_fused, ray_order
from avatarartist_core.nn.volume.march import march
from avatarartist_core.nn.volume.plain import march_plain
from avatarartist_core.nn.volume.rays import Rays, rays_from_labels
from tests.nn.golden import error, golden
from tests.nn.scenes import label, labels, random_scene

SMALL = VolumeConfig(resolution=8, coarse=12, fine=10)


def differences(found, expected):
    """Return the largest absolute errors of features, depth and opacity."""
    depth = (found.depth - expected.depth) * (expected.opacity > 0.01)
    rest = found.features - expected.features, found.opacity - expected.opacity
    return [float(difference.abs().max()) for difference in (rest[0], depth, rest[1])]


@pytest.fixture(autouse=True)
def no_gradients():
    with torch.no_grad():
        yield


@pytest.mark.parametrize("axes", [AUTHORS_AXES, EVERY_AXES])
@pytest.mark.parametrize("random", [False, True])
@pytest.mark.parametrize("shared_bounds", [False, True])
def test_exact_is_the_plain_marcher(axes, random, shared_bounds):
    planes, decoder = random_scene()
    config = SMALL.model_copy(update={"axes": axes, "shared_bounds": shared_bounds})
    rays = rays_from_labels(labels(), 8)
    jitter = draw_jitter(rays, config, torch.Generator().manual_seed(1)) if random else ()
    expected = march_plain(planes, rays, decoder, config, *jitter)
    found = march_fused(planes, rays, decoder, config, *jitter, exact=True)
    assert max(differences(found, expected)) < 1e-4


@pytest.mark.parametrize(("coarse", "fine"), [(48, 48), (4, 1), (30, 0)])
def test_quick_is_the_plain_marcher_within_a_thousandth(coarse, fine):
    planes, decoder = random_scene(channels=32, features=32, side=32)
    config = VolumeConfig(coarse=coarse, fine=fine)
    rays = rays_from_labels(labels(), 16)
    expected = march_plain(planes, rays, decoder, config)
    assert expected.opacity.max() > 0.99  # some rays do stop
    assert max(differences(march_fused(planes, rays, decoder, config), expected)) < 1e-3


def test_the_march_is_the_authors():
    authors = golden("volume.safetensors")
    decoder = FeatureDecoder(8, 64, 5)
    for parameter, key in zip(
        decoder.parameters(), ("0.weight", "0.bias", "2.weight", "2.bias"), strict=True
    ):
        parameter.copy_(authors[f"decoder/sd/net.{key}"])
    config = VolumeConfig(resolution=8, coarse=12, fine=12, shared_bounds=True)
    rays = rays_from_labels(authors["c"], 8)
    jitter = authors["u_coarse"], authors["u_fine"]
    marched = march(authors["planes"], rays, decoder, config, *jitter, exact=True)
    assert error(marched.features, authors["rgb"]) < 1e-4
    assert error(marched.depth, authors["depth"]) < 1e-4
    assert error(marched.opacity, authors["weights_sum"]) < 1e-4


@settings(max_examples=12, deadline=None)
@given(
    channels=st.integers(1, 9),
    hidden=st.integers(1, 40),
    features=st.integers(1, 40),
    height=st.integers(1, 9),
    width=st.integers(1, 9),
    extent=st.floats(0.05, 2),
)
def test_any_widths_and_sizes_will_do(channels, hidden, features, height, width, extent):
    planes, decoder = random_scene(channels, hidden, features, side=9, batch=1, strength=1)
    planes = planes[..., :height, :width]
    config = SMALL.model_copy(update={"extent": extent})
    rays = rays_from_labels(label(0.5, 0.3), 5)
    found = march_fused(planes, rays, decoder, config, exact=True)
    assert max(differences(found, march_plain(planes, rays, decoder, config))) < 2e-4


def test_one_avatar_is_seen_by_many_cameras():
    planes, decoder = random_scene(batch=1)
    rays = rays_from_labels(labels(), 8)
    seen = march(planes, rays, decoder, SMALL, exact=True)
    again = march(planes.repeat(2, 1, 1, 1, 1), rays, decoder, SMALL, exact=True)
    assert differences(seen, again) == [0, 0, 0]


def test_the_result_does_not_depend_on_the_number_of_threads():
    planes, decoder = random_scene()
    rays = rays_from_labels(labels(), 8)
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        one = march_fused(planes, rays, decoder, SMALL)
        torch.set_num_threads(3)
        three = march_fused(planes, rays, decoder, SMALL)
    finally:
        torch.set_num_threads(threads)
    assert differences(one, three) == [0, 0, 0]


def test_march_keeps_gradients_when_they_are_asked_for():
    planes, decoder = random_scene()
    rays = rays_from_labels(labels(), 4)
    with torch.enable_grad():
        assert march(planes, rays, decoder, SMALL).features.requires_grad
        decoder.requires_grad_(False)
        assert not march(planes, rays, decoder, SMALL).features.requires_grad
        assert march(planes.requires_grad_(), rays, decoder, SMALL).features.requires_grad


def test_any_other_decoder_is_marched_by_torch():
    planes, _ = random_scene(channels=4)
    rays = rays_from_labels(labels(), 4)
    marched = march(planes, rays, lambda read: (read[..., :1], read.sigmoid()), SMALL)
    assert marched.features.shape == (2, 16, 4)


def test_numbers_that_are_none_end_nothing():
    planes, decoder = random_scene()
    rays = rays_from_labels(labels(), 4)
    broken = Rays(rays.origins.clone(), rays.directions.clone())
    broken.directions[0, 3], broken.directions[1, 5] = float("nan"), float("inf")
    for one in (planes, planes.where(planes < 9, float("nan")), planes * float("inf")):
        march_fused(one, broken, decoder, SMALL)
    sound = march_fused(planes, rays, decoder, SMALL)
    beside = march_fused(planes, broken, decoder, SMALL)
    assert torch.equal(sound.features[0, 4:], beside.features[0, 4:])


@pytest.mark.parametrize("count", [1, 30, 49, 64, 256])
def test_every_ray_is_marched_once(count):
    assert sorted(ray_order(count)) == list(range(count))
    assert ray_order(count).dtype == np.int64
