"""The whole renderer at tiny size."""

import pytest
import torch

from aa_vit.config import PRESETS, TINY, ViTShape
from aa_vit.model import MotionViT
from avatarartist_core.errors import UsageError

PARTS = {
    "global_encoder": 25_992_512,
    "detail_encoder": 320_256,
    "plane_encoder": 7_988_544,
    "motion_transformer": 175_343_424,
    "triplane_decoder": 16_898_624,
    "super_resolution": 1_649_578,
    "face": 9_599_264 + 28_819_437 - 800_768,
    "face_mapping": 800_768,
}


def one(inputs, index):
    return {name: value[index : index + 1] for name, value in inputs.items()}


def frames(renderer, inputs, **options):
    """Draw as ``frame`` does: every sample as if alone."""
    with torch.inference_mode():
        return renderer(**inputs, authors=False, **options)


def same(given, expected):
    """Differences are of rounding: the largest within 1e-5 of the largest value."""
    return all(
        float((given[name] - expected[name]).abs().max() / expected[name].abs().max()) < 1e-5
        for name in expected
    )


def test_the_released_network_has_the_authors_parameters():
    with torch.device("meta"):
        model = MotionViT()
    counts = {
        name: sum(each.numel() for each in part.parameters())
        for name, part in model.named_children()
    }
    assert {name: counts[name] for name in PARTS} == PARTS
    assert sum(counts.values()) == 266_615_896


def test_results_have_the_promised_sizes(renderer, inputs):
    result = frames(renderer, inputs)
    rays, planes = TINY.volume.resolution, TINY.plane_resolution
    assert {name: tuple(value.shape) for name, value in result.items()} == {
        "image_sr": (2, 3, TINY.output_size, TINY.output_size),
        "image": (2, 3, rays, rays),
        "image_depth": (2, 1, rays, rays),
        "image_feature": (2, TINY.plane_channels, rays, rays),
        "triplane": (2, 3, TINY.plane_channels, planes, planes),
    }
    assert all(bool(value.isfinite().all()) for value in result.values())
    assert torch.equal(result["image"], result["image_feature"][:, :3])


def test_a_frame_can_be_drawn_again(renderer, inputs):
    first, again = (frames(renderer, one(inputs, 0)) for _ in range(2))
    assert all(torch.equal(first[name], again[name]) for name in first)


def test_two_frames_at_once_are_two_frames(renderer, inputs):
    together = frames(renderer, inputs)
    alone = [frames(renderer, one(inputs, index)) for index in range(2)]
    assert same({name: torch.cat([each[name] for each in alone]) for name in together}, together)


def test_the_authors_frames_depend_on_their_batch(renderer, inputs):
    with torch.inference_mode():
        together, alone = renderer(**inputs), renderer(**one(inputs, 0))
    assert not same(
        {"image_depth": together["image_depth"][:1]}, {"image_depth": alone["image_depth"]}
    )


def test_frames_of_one_avatar_share_its_features(renderer, inputs):
    driven = {name: inputs[name] for name in ("motion", "mesh", "c")}
    shared = {name: inputs[name][:1] for name in ("img", "triplane", "motion_app")}
    with torch.inference_mode():
        drawn = renderer.frame(renderer.avatar_features(**shared), **driven)
    repeated = {name: value.expand(2, *value.shape[1:]) for name, value in shared.items()}
    expected = frames(renderer, repeated | driven)
    assert same(
        {"image_sr": drawn.picture, "triplane": drawn.planes},
        {name: expected[name] for name in ("image_sr", "triplane")},
    )


@pytest.mark.parametrize("name", ["motion", "motion_app", "mesh", "img", "triplane", "c"])
def test_every_input_matters(renderer, inputs, name):
    own, other = one(inputs, 0), one(inputs, 1)
    changed = frames(renderer, own | {name: other[name]})["image_sr"]
    assert float((changed - frames(renderer, own)["image_sr"]).abs().max()) > 1e-3


def test_a_scale_of_0_silences_the_motion_of_its_sample(renderer, inputs):
    scale = torch.tensor([0.0, 1.0])
    still = inputs | {"motion": torch.zeros_like(inputs["motion"])}
    before = frames(renderer, inputs, motion_scale=scale)["triplane"]
    after = frames(renderer, still, motion_scale=scale)["triplane"]
    assert torch.allclose(before[0], after[0], rtol=0, atol=1e-5)
    assert float((before[1] - after[1]).abs().max()) > 1e-3
    silent = frames(renderer, one(inputs, 0), motion_scale=0.0)["triplane"]
    assert torch.allclose(before[:1], silent, rtol=0, atol=1e-4)


def test_random_arrays_decide_the_frame(renderer, inputs):
    own = one(inputs, 0)
    plain = frames(renderer, own)
    volume = TINY.volume
    rays = volume.resolution**2
    draw = torch.Generator().manual_seed(3)
    stored = [
        buffer[None, None]
        for name, buffer in renderer.face.generator.named_buffers()
        if name.endswith("fixed_noise")
    ]
    assert same(frames(renderer, own, noises=stored), plain)
    middle = torch.full((1, rays, volume.coarse, 1), 0.5)
    even = torch.linspace(0, 1, volume.fine).expand(rays, volume.fine)
    assert same(frames(renderer, own, u_coarse=middle, u_fine=even), plain)
    for options in (
        {"noises": [torch.randn(noise.shape, generator=draw) for noise in stored]},
        {"u_coarse": torch.rand(middle.shape, generator=draw)},
        {"u_fine": torch.rand(even.shape, generator=draw)},
    ):
        assert not same(frames(renderer, own, **options), plain)


def test_every_weight_that_is_used_learns(renderer, inputs):
    result = renderer(**one(inputs, 0))
    sum(value.square().mean() for value in result.values()).backward()
    unmoved = [
        name
        for name, parameter in renderer.named_parameters()
        if parameter.requires_grad
        and (parameter.grad is None or not bool(parameter.grad.abs().sum() > 0))
    ]
    renderer.zero_grad(set_to_none=True)
    assert not unmoved


def test_a_saved_renderer_is_the_same(renderer, inputs, tmp_path):
    renderer.save_pretrained(tmp_path)
    loaded = MotionViT.from_pretrained(tmp_path)
    assert loaded.shape == TINY
    own = one(inputs, 0)
    given, expected = frames(loaded, own), frames(renderer, own)
    assert all(torch.equal(given[name], expected[name]) for name in given)


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_survive_plain_values(preset):
    assert ViTShape.model_validate(PRESETS[preset].model_dump(mode="json")) == PRESETS[preset]


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        ({"plane_resolution": 96}, "plane_resolution is 96"),
        ({"heads": 3}, "token_width is 1024"),
        ({"output_size": 510}, "output_size is 510"),
        ({"plane_encoder_widths": (64, 100, 256, 128)}, "has 100"),
    ],
)
def test_sizes_that_do_not_fit_are_named(sizes, said):
    with pytest.raises(UsageError, match=said):
        ViTShape(**sizes)
