"""The transformer against the authors' code; ``error`` says how it is measured."""

import pytest
import torch

from aa_dit.config import DIT_SHAPES
from aa_dit.diffusion.guidance import guided
from aa_dit.positions import position_table
from tests.dit.dit_goldens import TOLERANCE, error, golden, needed, small_dit

pytestmark = needed


@pytest.fixture(scope="module")
def model():
    return small_dit()


@pytest.fixture(scope="module")
def expected():
    return golden("dit_small_io")


@torch.no_grad()
def test_the_answer_is_the_authors(model, expected):
    answer = model(*(expected[name] for name in ("x", "t", "y", "img_feature")))
    assert error(answer, expected["output"]) < TOLERANCE
    assert error(answer[:, :8], expected["dpmsolver_output"]) < TOLERANCE


@torch.no_grad()
def test_every_step_on_the_way_is_the_authors(model, expected):
    found = {}
    parts = {
        "t_emb": model.time,
        "t0": model.modulation,
        "clip_tokens": model.clip_resampler,
        "dino_tokens": model.dino_resampler,
        "final_layer": model.output,
    }
    for index, block in enumerate(model.blocks):
        parts |= {
            f"block{index}": block,
            f"block{index}.attn": block.joint_attention,
            f"block{index}.cross_attn": block.clip_attention,
            f"block{index}.mlp": block.mlp,
        }

    def keep(name, value):
        found[name] = value

    hooks = [
        part.register_forward_hook(lambda _, given, answer, name=name: keep(name, answer))
        for name, part in parts.items()
    ] + [
        part.register_forward_pre_hook(lambda _, given, name=name: keep(name, given[0]))
        for name, part in {"t_freq": model.time.embed, "tokens_in": model.blocks[0]}.items()
    ]
    model(*(expected[name] for name in ("x", "t", "y", "img_feature")))
    for hook in hooks:
        hook.remove()

    for name, value in found.items():
        reference = expected[f"inter.{name}"]
        if name in ("clip_tokens", "dino_tokens"):
            reference = reference.squeeze(1)
        if name.endswith(".attn"):  # theirs has the image tokens' rows too, and drops them
            reference = reference[:, : value.shape[1]]
        assert error(value, reference) < TOLERANCE, name


@torch.no_grad()
def test_an_image_read_before_gives_the_same_answer(model, expected):
    condition = model.condition(expected["y"], expected["img_feature"])
    answer = model.denoise(expected["x"], expected["t"], condition)
    assert error(answer, expected["output"]) < TOLERANCE


@torch.no_grad()
def test_guidance_is_the_authors(model, expected):
    x, clip, dino = (expected[name][:2] for name in ("x", "y", "img_feature"))
    denoise = guided(model, clip, dino, 4.5, null_clip=expected["y"][1:])
    answer = denoise(x, torch.full((2,), 300.0))
    assert error(answer, expected["cfg_output"][:2]) < TOLERANCE


def test_the_square_position_table_is_the_authors_bit_for_bit():
    expected = golden("dit_full_pos_embed_rows")
    table = position_table(DIT_SHAPES["released"])[0]
    assert torch.equal(table[expected["rows"]], expected["pos_embed"])
    assert table.double().sum() == expected["sum"]
    assert table.double().abs().sum() == expected["abs_sum"]
