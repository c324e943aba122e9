"""What the 4D GAN draws, its released size, and its tensors' way from and to the authors' names."""

import pytest
import torch

from aa_next3d.cnn_renderer import CNNRenderer
from aa_next3d.config import DISCRIMINATOR, RASTER, RELEASED, TINY, Next3DShape
from aa_next3d.discriminator import DualDiscriminator
from aa_next3d.gan import BackboneNoise, Next3D
from aa_next3d.official import generator_keys
from aa_next3d.weights import generator_from_official, generator_to_official
from avatarartist_core.errors import UsageError, WeightsError
from avatarartist_core.nn.volume.config import VolumeConfig

SMALL = Next3DShape(
    noise_size=8,
    latent_size=8,
    plane_resolution=32,
    plane_channels=4,
    capacity=256,
    ceiling=16,
    conditions="raster",
    face_encoder_widths=(4, 6),
    field_width=8,
    volume=VolumeConfig(resolution=8, coarse=6, fine=6),
    output_size=32,
    output_widths=(8, 6),
)
LEVELS = SMALL.model_copy(update={"conditions": "levels"})


def made(shape, seed=0):
    torch.manual_seed(seed)
    gan = Next3D(shape.model_dump(mode="json"))
    with torch.no_grad():
        for name, parameter in gan.named_parameters():
            if name.endswith("noise_strength"):
                parameter.fill_(0.1)
    return gan.eval()


@pytest.fixture(params=[SMALL, LEVELS], ids=["raster", "levels"])
def gan(request):
    return made(request.param)


def mesh_map(count=2, side=32):
    """A disc of texture with a hole in its middle."""
    steps = torch.linspace(-1, 1, side)
    v, u = torch.meshgrid(steps, steps, indexing="ij")
    radius = (u.square() + v.square()).sqrt()
    mask = ((radius < 0.8) & (radius > 0.2)).float()
    return torch.stack([u * mask, v * mask, mask], -1)[None].repeat(count, 1, 1, 1)


def label(count=2, distance=2.7):
    cam2world = torch.diag(torch.tensor([1.0, -1.0, -1.0, 1.0]))
    cam2world[2, 3] = distance
    intrinsics = torch.tensor([[4.26, 0, 0.5], [0, 4.26, 0.5], [0, 0, 1]])
    return torch.cat([cam2world.flatten(), intrinsics.flatten()])[None].repeat(count, 1)


@pytest.fixture
def inputs():
    z = torch.randn(2, 8, generator=torch.Generator().manual_seed(1))
    return {"z": z, "c": label(), "mesh": mesh_map()}


def parameters(network):
    return sum(parameter.numel() for parameter in network.parameters())


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: Next3D(RELEASED.model_dump(mode="json")), 88_301_010),
        (lambda: Next3D(RASTER.model_dump(mode="json")), 88_301_010 + 9_599_264),
        (lambda: DualDiscriminator(DISCRIMINATOR.model_dump(mode="json")), 31_359_744),
    ],
)
def test_released_networks_have_the_published_number_of_parameters(make, expected):
    with torch.device("meta"):
        assert parameters(make()) == expected


@torch.no_grad()
def test_a_random_vector_becomes_planes_and_pictures(gan, inputs):
    drawn = gan(**inputs)
    assert {name: tuple(value.shape) for name, value in drawn.items()} == {
        "image": (2, 3, 32, 32),
        "image_raw": (2, 3, 8, 8),
        "image_depth": (2, 1, 8, 8),
        "image_feature": (2, 4, 8, 8),
        "planes": (2, 4, 4, 32, 32),
        "triplane": (2, 3, 4, 32, 32),
        "ws": (2, 8, 8),
    }
    assert torch.equal(drawn["image_raw"], drawn["image_feature"][:, :3])
    torch.testing.assert_close(drawn["planes"], gan.planes(drawn["ws"]))


@torch.no_grad()
def test_the_face_is_blended_into_the_front_plane_alone(gan, inputs):
    drawn = gan(**inputs)
    static, posed = drawn["planes"][:, 1:], drawn["triplane"]
    torch.testing.assert_close(static[:, 1:], posed[:, 1:])
    changed = (static[:, 0] != posed[:, 0]).any(1)
    rows, columns = SMALL.face_box.window(32)
    assert changed[:, rows, columns].any()
    changed[:, rows, columns] = False
    assert not changed.any()


@torch.no_grad()
def test_latents_may_be_given_in_place_of_a_random_vector(gan, inputs):
    whole = gan(**inputs, psi=0.7, cutoff=3)
    ws = gan.latents(inputs["z"], inputs["c"], psi=0.7, cutoff=3)
    parts = gan(ws=ws, c_render=inputs["c"], mesh=inputs["mesh"])
    assert torch.equal(whole["image"], parts["image"])
    with pytest.raises(ValueError, match="z and c are needed"):
        gan(mesh=inputs["mesh"], c_render=inputs["c"])
    with pytest.raises(ValueError, match="mesh and a camera are needed"):
        gan(ws=ws, mesh=inputs["mesh"])


@torch.no_grad()
def test_the_camera_and_the_mesh_map_decide_the_picture_of_one_avatar(gan):
    ws = torch.randn(1, 8, 8)
    near, far = label(1), label(1, distance=3.0)
    flat = torch.zeros(1, 32, 32, 3)
    cameras, meshes = torch.cat([near, far, near]), torch.cat([mesh_map(2), flat])
    _, drawn = gan.synthesise(ws, meshes, cameras)
    alone = [gan.synthesise(ws, m[None], c[None])[1] for m, c in zip(meshes, cameras, strict=True)]
    joined = torch.cat([one.picture for one in alone])
    torch.testing.assert_close(drawn.picture, joined, atol=1e-4, rtol=1e-4)
    assert not torch.allclose(joined[0], joined[1], atol=1e-3)
    assert not torch.allclose(joined[0], joined[2], atol=1e-3)


@torch.no_grad()
def test_noise_and_jitter_are_the_callers(gan, inputs):
    once, again = (
        gan(**inputs, noises=BackboneNoise(*[torch.Generator().manual_seed(seed)] * 3))
        for seed in (5, 5)
    )
    assert torch.equal(once["image"], again["image"])
    fixed = gan(**inputs)
    assert not torch.equal(once["planes"], fixed["planes"])
    jitter = torch.rand(2, 64, 6, generator=torch.Generator().manual_seed(6))
    assert not torch.equal(gan(**inputs, u_coarse=jitter)["image_raw"], fixed["image_raw"])


def test_every_used_parameter_learns(gan, inputs):
    drawn = gan(**inputs)
    (drawn["image"].square().mean() + drawn["image_raw"].square().mean()).backward()
    # the mappings that only lie in checkpoints, and what super-resolution has no noise for
    unused = ["texture_mapping.", "face_mapping.", "super_resolution."]
    if gan.shape.conditions == "levels":  # the texture picture itself is not drawn
        unused += [f"texture.blocks.{last}." for last in (1, 2, 3)]
    idle = [name for name, p in gan.named_parameters() if p.grad is None]
    assert all(name.startswith(tuple(unused)) for name in idle)
    assert all(name.endswith("noise_strength") for name in idle if "resolution" in name)


def test_tensors_go_to_the_authors_names_and_back(gan):
    official = generator_to_official(gan)
    again = generator_from_official(official, gan.shape)
    assert generator_keys(gan.shape).filters <= official.keys()
    ours = gan.state_dict()
    assert all(torch.equal(ours[name], value) for name, value in again.state_dict().items())


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda state: state.pop("backbone.mapping.fc0.bias"), "backbone.mapping.fc0.bias"),
        (lambda state: state.update(extra=torch.zeros(1)), "extra"),
        (lambda state: state.pop("backbone.synthesis.b4.resample_filter"), "filter is missing"),
        (
            lambda state: state.update(
                {"superresolution.block0.resample_filter": torch.ones(4, 4)}
            ),
            "block0.resample_filter is another filter",
        ),
    ],
)
def test_a_checkpoint_that_differs_is_refused(spoil, said):
    state = generator_to_official(made(SMALL))
    spoil(state)
    with pytest.raises(WeightsError, match=said):
        generator_from_official(state, SMALL)


@torch.no_grad()
def test_the_renderer_out_of_a_gan_draws_the_gans_pictures(inputs):
    gan = made(SMALL)
    ws = gan.latents(inputs["z"], inputs["c"])[:1]
    planes, expected = gan.synthesise(ws, inputs["mesh"], inputs["c"])
    renderer = CNNRenderer.of_gan(gan, ws[0])
    drawn = renderer(planes, inputs["mesh"], inputs["c"])
    torch.testing.assert_close(drawn.picture, expected.picture)
    quick = renderer.fixed()(planes, inputs["mesh"], inputs["c"])
    torch.testing.assert_close(quick.picture, expected.picture, atol=1e-4, rtol=1e-4)
    with pytest.raises(ValueError, match="fixed to other latents"):
        renderer.fixed()(planes, inputs["mesh"], inputs["c"], ws_avg=ws[0] + 1)
    with pytest.raises(ValueError, match="reads nothing but its planes"):
        CNNRenderer.of_gan(made(LEVELS), ws[0])


def test_a_gan_is_saved_and_read_as_a_unit(tmp_path, gan):
    gan.save_pretrained(tmp_path)
    again = Next3D.from_pretrained(tmp_path)
    assert again.shape == gan.shape
    ours = gan.state_dict()
    assert all(torch.equal(ours[name], value) for name, value in again.state_dict().items())


def test_sizes_that_cannot_be_built_are_refused():
    with pytest.raises(UsageError, match="plane_resolution is 48, not a power of two"):
        Next3DShape(plane_resolution=48)
    with pytest.raises(UsageError, match="output_size is 98, not a multiple of 4"):
        Next3DShape(output_size=98)


@torch.no_grad()
def test_the_tiny_preset_draws():
    gan = made(TINY)
    drawn = gan(torch.randn(1, 64), label(1), mesh=mesh_map(1, 64))
    assert drawn["image"].shape == (1, 3, 192, 192)
    assert drawn["image"].isfinite().all()
