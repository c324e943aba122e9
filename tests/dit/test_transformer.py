"""What the transformer promises besides the authors' numbers."""

import inspect

import pytest
import torch
from pydantic import ValidationError

from aa_dit.config import DIT_SHAPES, DiTShape
from aa_dit.positions import position_table
from aa_dit.transformer import DiT

TINY = DIT_SHAPES["tiny"]


def make(seed=0, **sizes):
    torch.manual_seed(seed)
    model = DiT(**TINY.model_copy(update=sizes).model_dump())
    for name, weight in model.named_parameters():
        if not weight.any():  # the zeros of a fresh network would hide what lies behind them
            torch.nn.init.normal_(weight, std=0.1)
        assert weight.isfinite().all(), name
    return model


def asked(images=2, seed=1):
    chance = torch.Generator().manual_seed(seed)
    draw = [
        torch.randn(shape, generator=chance)
        for shape in (
            (images, TINY.latent_channels, TINY.latent_height, TINY.latent_width),
            (images, 9, TINY.clip_channels),
            (images, 7, TINY.dino_channels),
        )
    ]
    return draw[0], torch.linspace(900.5, 3, images), draw[1], draw[2]


@pytest.mark.parametrize(
    ("name", "parameters", "latent"),
    [("released", 726_157_504, (8, 128, 32)), ("paper", 726_162_112, (8, 256, 64))],
)
def test_the_full_sizes_are_those_of_the_paper_and_the_release(name, parameters, latent):
    shape = DIT_SHAPES[name]
    with torch.device("meta"):
        model = DiT(**shape.model_dump())
    assert sum(weight.numel() for weight in model.parameters()) == parameters
    assert (shape.latent_channels, shape.latent_height, shape.latent_width) == latent


def test_the_arguments_are_those_of_the_shape():
    given = inspect.signature(DiT.__init__).parameters
    defaults = {name: field.default for name, field in DiTShape.model_fields.items()}
    assert {name: given[name].default for name in given if name != "self"} == defaults


@pytest.mark.parametrize("position", ["planes", "square"])
def test_a_fresh_network_answers_nothing(position):
    model = DiT(**TINY.model_copy(update={"position": position}).model_dump())
    x, *rest = asked()
    answer = model(x, *rest)
    assert answer.shape == (2, 2 * x.shape[1], *x.shape[2:])
    assert answer.count_nonzero() == 0


def test_fresh_weights_are_drawn_as_published():
    torch.manual_seed(0)
    model = DiT(**TINY.model_copy(update={"width": 256}).model_dump())
    assert model.time.embed.weight.std().item() == pytest.approx(0.02, rel=0.05)
    assert model.modulation[1].weight.std().item() == pytest.approx(0.02, rel=0.05)
    assert model.clip_resampler.embed.weight.std().item() == pytest.approx(0.02, rel=0.05)
    assert model.blocks[0].table.std().item() == pytest.approx(256**-0.5, rel=0.1)
    spread = (6 / (256 + 3 * 256)) ** 0.5
    assert model.blocks[1].joint_attention.qkv.weight.abs().max().item() == pytest.approx(
        spread, rel=0.01
    )
    assert model.blocks[0].clip_attention.out.weight.count_nonzero() == 0
    assert model.blocks[0].mlp[0].bias.count_nonzero() == 0


@torch.no_grad()
def test_the_two_images_and_the_time_all_count():
    model = make()
    given = asked()
    plain = model(*given)
    for index in range(4):
        other = list(given)
        other[index] = other[index] + 1
        assert (model(*other) - plain).abs().max() > 1e-3


@torch.no_grad()
def test_a_sample_does_not_see_its_neighbours():
    model, given = make(), asked(images=3)
    together = model(*given)
    for index in range(3):
        alone = model(*(part[index : index + 1] for part in given))
        torch.testing.assert_close(alone, together[index : index + 1], rtol=1e-4, atol=1e-5)


@torch.no_grad()
def test_an_image_read_once_serves_many_latents():
    model = make()
    x, time, clip, dino = asked(images=4)
    several = model(x, time, clip[:2].repeat(2, 1, 1), dino[:1].repeat(4, 1, 1))
    read = model.condition(clip[:2], dino[:1])
    torch.testing.assert_close(model.denoise(x, time, read), several, rtol=1e-4, atol=1e-5)


def test_gradient_checkpointing_changes_no_gradient():
    model, given = make(), asked()
    gradients = []
    for _ in range(2):
        model.zero_grad()
        model(*given).square().mean().backward()
        gradients.append([weight.grad.clone() for weight in model.parameters()])
        model.enable_gradient_checkpointing()
    assert model.is_gradient_checkpointing
    assert all(torch.equal(one, other) for one, other in zip(*gradients, strict=True))


@pytest.mark.parametrize("kind", [torch.bfloat16, torch.float16])
@torch.no_grad()
def test_half_precision_stays_near(kind):
    model, given = make(), asked()
    exact = model(*given)
    rough = model.to(kind)(*given)
    assert rough.dtype == kind
    assert ((rough - exact).abs().max() / exact.abs().max()) < 0.03


def test_mixed_precision_trains():
    model, given = make(), asked()
    model.enable_gradient_checkpointing()
    model(*given).square().mean().backward()
    exact = model.output.linear.weight.grad.clone()
    model.zero_grad()
    with torch.autocast("cpu", torch.bfloat16):
        loss = model(*given).float().square().mean()
    loss.backward()
    rough = model.output.linear.weight.grad
    assert rough.dtype == torch.float32
    assert ((rough - exact).abs().max() / exact.abs().max()) < 0.05


def test_it_compiles_in_one_piece():
    model, given = make(depth=1, resampler_depth=1), asked()
    forward = torch.compile(model, backend="eager", fullgraph=True)
    torch.testing.assert_close(forward(*given), model(*given))
    with torch.no_grad():
        read = model.condition(*given[2:])
        denoise = torch.compile(model.denoise, backend="eager", fullgraph=True)
        torch.testing.assert_close(denoise(*given[:2], read), model(*given))


@torch.no_grad()
def test_it_comes_back_from_a_folder(tmp_path):
    model, given = make(), asked()
    model.save_pretrained(tmp_path, max_shard_size="200KB")
    assert len(list(tmp_path.glob("*.safetensors"))) > 1
    again = DiT.from_pretrained(tmp_path)
    assert again.shape == model.shape
    assert torch.equal(again(*given), model(*given))


def test_plane_positions_say_row_and_column_on_every_plane():
    """Each half of the table is that of a naive loop; the authors' square one is not."""
    shape = TINY
    side, half = shape.latent_side // shape.patch, shape.width // 2
    table = position_table(shape)[0].unflatten(0, (shape.planes, side, side))
    for row in range(side):
        for column in range(side):
            expected = []
            for place in (column, row):
                angles = [place / 10000 ** (2 * i / half) for i in range(half // 2)]
                angles = torch.tensor(angles, dtype=torch.float64)
                expected += [angles.sin(), angles.cos()]
            for plane in range(shape.planes):
                torch.testing.assert_close(
                    table[plane, row, column].double(), torch.cat(expected), rtol=0, atol=1e-6
                )


@torch.no_grad()
def test_planes_are_told_apart():
    model, given = make(), asked(images=1)
    swapped = given[0].unflatten(2, (TINY.planes, -1)).flip(2).flatten(2, 3)
    there = model(*given).unflatten(2, (TINY.planes, -1)).flip(2).flatten(2, 3)
    assert (model(swapped, *given[1:]) - there).abs().max() > 1e-3


@pytest.mark.parametrize(
    "sizes", [{"width": 66}, {"latent_side": 9}, {"heads": 5}, {"planes": 3, "position": "square"}]
)
def test_sizes_that_do_not_fit_are_refused(sizes):
    with pytest.raises(ValidationError):
        DiTShape(**TINY.model_dump() | sizes)
