"""Rays, plane sampling, the feature decoder and the plain ray marcher.

Golden numbers: largest absolute error over the largest absolute golden value, below 1e-4.
The loops of ``reference`` work in float64; the marcher's float32 stays within 2e-4 of them.
"""

import pytest
import torch
from pydantic import ValidationError

from avatarartist_core.nn.volume.composite import composite, stretch_weights
from avatarartist_core.nn.volume.config import AUTHORS_AXES, EVERY_AXES, VolumeConfig
from avatarartist_core.nn.volume.decoder import FeatureDecoder
from avatarartist_core.nn.volume.depths import coarse_depths, draw_jitter, fine_depths
from avatarartist_core.nn.volume.plain import decode_along, march_plain
from avatarartist_core.nn.volume.planes import sample_planes
from avatarartist_core.nn.volume.rays import rays_from_labels
from tests.nn import reference
from tests.nn.golden import error, golden
from tests.nn.scenes import label, labels, random_scene

GOLDEN = VolumeConfig(resolution=8, coarse=12, fine=12, shared_bounds=True)
SMALL = VolumeConfig(resolution=3, coarse=9, fine=7)


@pytest.fixture(scope="module")
def authors():
    return golden("volume.safetensors")


@pytest.fixture(scope="module")
def authors_decoder(authors):
    decoder = FeatureDecoder(8, 64, 5)
    names = ("hidden_weight", "hidden_bias", "out_weight", "out_bias")
    theirs = ("net.0.weight", "net.0.bias", "net.2.weight", "net.2.bias")
    decoder.load_state_dict(
        {name: authors[f"decoder/sd/{key}"] for name, key in zip(names, theirs, strict=True)}
    )
    return decoder.requires_grad_(False)


def test_rays_are_the_authors(authors):
    rays = rays_from_labels(authors["c"], 8)
    assert error(rays.origins, authors["ray_origins"]) < 1e-6
    assert error(rays.directions, authors["ray_dirs"]) < 1e-6


def test_features_of_points_are_the_authors(authors, authors_decoder):
    read = sample_planes(authors["planes"], authors["pts"])
    assert error(read, authors["sample_from_planes"]) < 1e-6
    density, colours = authors_decoder(read.mean(1))
    assert error(density, authors["decoder_sigma"]) < 1e-6
    assert error(colours, authors["decoder_rgb"]) < 1e-6


def test_every_step_of_the_march_is_the_authors(authors, authors_decoder):
    rays = rays_from_labels(authors["c"], 8)
    depths = coarse_depths(rays, GOLDEN, authors["u_coarse"])
    assert error(depths, authors["depths_coarse"]) < 1e-6
    densities, colours = decode_along(
        authors["planes"], rays, depths[..., None], authors_decoder, GOLDEN
    )
    assert error(densities, authors["coarse_sigma"]) < 1e-6
    assert error(colours, authors["coarse_rgb"]) < 1e-6
    weights = stretch_weights(depths[..., None], densities)
    assert error(weights, authors["coarse_weights"]) < 1e-6
    drawn = fine_depths(depths, weights[..., 0], 12, authors["u_fine"])
    assert error(drawn, authors["depths_fine"]) < 1e-6
    even = fine_depths(depths, weights[..., 0], 12)
    assert error(even, authors["det_depths_fine"]) < 1e-6
    merged = torch.cat([depths, drawn], -1).sort().values
    assert error(merged, authors["all_depths"]) < 1e-6
    densities, _ = decode_along(authors["planes"], rays, merged[..., None], authors_decoder, GOLDEN)
    assert error(stretch_weights(merged[..., None], densities), authors["all_weights"]) < 1e-6


def test_the_march_is_the_authors(authors, authors_decoder):
    rays = rays_from_labels(authors["c"], 8)
    jitter = authors["u_coarse"], authors["u_fine"]
    marched = march_plain(authors["planes"], rays, authors_decoder, GOLDEN, *jitter)
    assert error(marched.features, authors["rgb"]) < 1e-6
    assert error(marched.depth, authors["depth"]) < 1e-6
    assert error(marched.opacity, authors["weights_sum"]) < 1e-6
    even = march_plain(authors["planes"], rays, authors_decoder, GOLDEN, authors["u_coarse"])
    assert error(even.features, authors["det_rgb"]) < 1e-6
    assert error(even.depth, authors["det_depth"]) < 1e-6


@pytest.mark.parametrize("axes", [AUTHORS_AXES, EVERY_AXES])
def test_planes_are_read_as_in_plain_loops(axes):
    planes, _ = random_scene(channels=3, side=5, batch=1)
    points = torch.rand(1, 40, 3, generator=torch.Generator().manual_seed(1)) * 1.4 - 0.7
    read = sample_planes(planes, points, axes, extent=0.6)
    for n, point in enumerate((points[0] / 0.6).tolist()):
        for plane, (column, row) in enumerate(axes.split(",")):
            place = point["xyz".index(column)], point["xyz".index(row)]
            expected = reference.read_plane(planes[0, plane], *place)
            assert read[0, plane, n].tolist() == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("axes", [AUTHORS_AXES, EVERY_AXES])
def test_rays_are_marched_as_in_plain_loops(axes):
    planes, decoder = random_scene(channels=4, hidden=6, features=3, side=7)
    decoder.requires_grad_(False)
    config = SMALL.model_copy(update={"axes": axes})
    rays = rays_from_labels(labels(), 3, "centres")
    u_coarse, u_fine = draw_jitter(rays, config, torch.Generator().manual_seed(2))
    marched = march_plain(planes, rays, decoder, config, u_coarse, u_fine)
    for b in range(2):
        distance = float(rays.origins[b, 0].norm())
        for n in range(9):
            features, depth, opacity = reference.march_ray(
                planes[b].double(),
                decoder,
                config,
                rays.origins[b, n],
                rays.directions[b, n],
                distance,
                u_coarse[b, n].tolist(),
                u_fine[b, n].tolist(),
            )
            assert marched.features[b, n].tolist() == pytest.approx(features, abs=2e-4)
            assert float(marched.opacity[b, n]) == pytest.approx(opacity, abs=2e-4)
            assert float(marched.depth[b, n]) == pytest.approx(depth, abs=2e-4)


def test_the_middle_ray_of_pixel_centres_looks_forward():
    seen = rays_from_labels(label(0.3, 0.1), 5, "centres")
    torch.testing.assert_close(seen.directions[0, 12], -seen.origins[0, 12] / 2.7)


def test_corners_are_centres_with_the_principal_point_half_a_pixel_back():
    moved = labels()
    moved[:, [18, 21]] += 0.5 / 6
    corners = rays_from_labels(labels(), 6, "corners")
    centres = rays_from_labels(moved, 6, "centres")
    torch.testing.assert_close(corners.directions, centres.directions)


def test_a_scaled_rotation_does_no_harm():
    scaled = labels()
    scaled[:, [0, 1, 2, 4, 5, 6, 8, 9, 10]] *= 0.21667
    plain, small = rays_from_labels(labels(), 4), rays_from_labels(scaled, 4)
    torch.testing.assert_close(small.directions, plain.directions)


def test_a_frame_depends_on_its_batch_only_when_bounds_are_shared():
    planes, decoder = random_scene()
    both, first = (rays_from_labels(some, 3) for some in (labels(), labels()[:1]))
    shared = SMALL.model_copy(update={"shared_bounds": True})
    alone = march_plain(planes[:1], first, decoder, SMALL)
    assert torch.equal(march_plain(planes, both, decoder, SMALL).depth[:1], alone.depth)
    assert not torch.allclose(march_plain(planes, both, decoder, shared).depth[:1], alone.depth)


def test_what_is_random_is_drawn_from_the_generator():
    rays = rays_from_labels(labels(), 3)
    first, again = (draw_jitter(rays, SMALL, torch.Generator().manual_seed(8)) for _ in range(2))
    assert [tuple(part.shape) for part in first] == [(2, 9, 9), (2, 9, 7)]
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))


def test_gradients_reach_planes_decoder_and_cameras():
    planes, decoder = random_scene()
    planes.requires_grad_()
    seen = labels().requires_grad_()
    marched = march_plain(planes, rays_from_labels(seen, 3), decoder, SMALL)
    (marched.features.square().mean() + marched.depth.mean()).backward()
    for tensor in (planes, seen, *decoder.parameters()):
        assert tensor.grad.isfinite().all()
        assert tensor.grad.abs().sum() > 0


def test_rays_that_hit_nothing_are_black_and_as_far_as_can_be_with_finite_gradients():
    depths = torch.linspace(2, 3, 5).reshape(1, 1, 5, 1)
    densities = torch.full((1, 1, 5, 1), -200.0, requires_grad=True)
    marched = composite(depths, densities, torch.ones(1, 1, 5, 2))
    assert (marched.opacity.item(), marched.depth.item()) == (0, 3)
    assert marched.features.tolist() == [[[-1, -1]]]
    (marched.depth.sum() + marched.features.sum()).backward()
    assert densities.grad.isfinite().all()


@pytest.mark.parametrize("axes", ["xy,xx,zx", "xy,xw", "xyz", ""])
def test_axes_that_name_no_planes_are_refused(axes):
    with pytest.raises(ValidationError, match="must be pairs of x, y, z"):
        VolumeConfig(axes=axes)


def test_planes_and_axes_must_agree_in_number():
    with pytest.raises(ValueError, match="2 planes were given"):
        sample_planes(torch.zeros(1, 2, 4, 8, 8), torch.zeros(1, 1, 3))
