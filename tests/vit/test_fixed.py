"""What is computed once a model or an avatar leaves frames as they are."""

import pytest
import torch

from aa_vit import portions
from aa_vit.attention import Attention
from aa_vit.blocks import PatchEmbedding, ReducedBlock
from aa_vit.config import TINY
from aa_vit.fixed import FixedPatches, FixedStack
from aa_vit.plane_encoder import PlaneEncoder
from aa_vit.portions import FoldedAttention, PortionedBlock
from aa_vit.stacks import ConvStack

LIMIT = 1e-5
"""Largest difference over the largest value."""


@pytest.fixture(autouse=True)
def _without_gradients():
    with torch.inference_mode():
        yield


def error(found, expected):
    return float((found - expected).abs().max() / expected.abs().max())


def drawn(model, avatar, inputs):
    return model.frame(avatar, inputs["motion"], inputs["mesh"], inputs["c"])


@pytest.mark.parametrize("remembers", [False, True])
@pytest.mark.parametrize("is_fixed", [False, True])
@pytest.mark.parametrize("avatars", [1, 2])
def test_prepared_frames_are_plain_frames(renderer, inputs, remembers, is_fixed, avatars):
    shared = [inputs[name][:avatars] for name in ("img", "triplane", "motion_app")]
    avatar = renderer.avatar_features(*shared)
    expected = drawn(renderer, avatar, inputs)
    model = renderer.fixed() if is_fixed else renderer
    found = drawn(model, model.remember(avatar) if remembers else avatar, inputs)
    for name in ("planes", "features", "depth", "picture"):
        assert error(getattr(found, name), getattr(expected, name)) < LIMIT, name


def test_a_fixed_renderer_keeps_to_its_style_code(renderer, inputs):
    other = renderer.styles.flip(0)
    avatar = renderer.avatar_features(*(inputs[name] for name in ("img", "triplane", "motion_app")))
    found = drawn(renderer.fixed(other), avatar, inputs).picture
    rest = (inputs["motion"], inputs["mesh"], inputs["c"])
    assert error(found, renderer.frame(avatar, *rest, ws_avg=other).picture) < LIMIT
    assert error(found, renderer.frame(avatar, *rest).picture) > 1e-3
    with pytest.raises(ValueError, match="fixed to other latents"):
        renderer.fixed().frame(avatar, *rest, ws_avg=other)


def test_a_fixed_renderer_leaves_its_model_alone(renderer):
    parts = dict(renderer.named_modules())
    renderer.fixed(renderer.styles.flip(0))
    again = dict(renderer.named_modules())
    assert all(again[name] is part for name, part in parts.items())


@pytest.mark.parametrize("channels", [(5, 7), (16, 24)])
@pytest.mark.parametrize("open_end", [False, True])
def test_a_prepared_stack_takes_its_input_in_parts(channels, open_end):
    stack = ConvStack((sum(channels), 20, 16), open_end=open_end)
    parts = [torch.randn(2, count, 16, 12) for count in channels]
    assert error(FixedStack(stack)(*parts), stack(*parts)) < LIMIT


def test_patches_by_rows_are_the_same_patches():
    embed = PatchEmbedding(6, 20)
    picture = torch.randn(2, 6, 12, 8)
    found, grid = FixedPatches(embed)(picture)
    expected, wanted = embed(picture)
    assert grid == wanted
    assert error(found, expected) < LIMIT


@pytest.mark.parametrize("grid", [(6, 8), (10, 4), (2, 2)])
@pytest.mark.parametrize("rows", [1, 4, 64])
def test_a_block_in_portions_is_the_block(monkeypatch, grid, rows):
    monkeypatch.setattr(portions, "PORTION", rows * grid[1])
    block = lively(ReducedBlock(16, 2, 2, 2))
    tokens = torch.randn(2, grid[0] * grid[1], 16)
    expected = block(tokens, grid)
    assert error(PortionedBlock(block)(tokens, grid), expected) < LIMIT


@pytest.mark.parametrize("others", [3, 40])
def test_folded_attention_is_attention(others):
    attention = lively(Attention(32, 4))
    tokens, few = torch.randn(2, 50, 32), torch.randn(2, others, 32)
    assert error(FoldedAttention(attention)(tokens, few), attention(tokens, few)) < LIMIT


def lively(part):
    """Draw every weight anew, biases and norms too."""
    draw = torch.Generator().manual_seed(0)
    for parameter in part.parameters():
        parameter.copy_(0.3 * torch.randn(parameter.shape, generator=draw))
    return part


@pytest.mark.parametrize(
    "window",
    [
        (slice(14, 46), slice(16, 48)),
        (slice(0, 33), slice(31, 64)),
        (slice(3, 5), slice(58, 63)),
    ],
)
def test_a_change_of_the_front_plane_is_added_to_the_stem(window):
    torch.manual_seed(0)
    encoder = PlaneEncoder(TINY.plane_channels, TINY.plane_encoder_widths)
    planes = torch.randn(2, 3, TINY.plane_channels, 64, 64)
    static = encoder.remember(planes, window)
    changed = planes.clone()
    changed[:, 0, :, window[0], window[1]] += 1
    assert error(encoder.changed_stem(changed[:, 0], static), encoder.stem(changed)) < LIMIT
    assert error(encoder(changed, static), encoder(changed)) < LIMIT
