import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from aa_dit.condition.clip import ClipTower
from aa_dit.condition.dino import DinoTower, positions
from aa_dit.condition.making import condition_from, fresh_condition
from aa_dit.condition.official import read_tower, tower_from_official, tower_to_official
from aa_dit.condition.pixels import opaque, seen_by
from aa_dit.config import CONDITION_SHAPES, ConditionShape, TowerShape
from avatarartist_core.errors import WeightsError
from tests.dit.vae_goldens import golden, needs_goldens, relative_error

TOLERANCE = 1e-5
CLIP = TowerShape(width=16, layers=3, heads=2, mlp=32, side=56, resized=56, projection=8)
DINO = TowerShape(width=16, layers=2, heads=2, mlp=64, side=56, resized=64, trained_side=98)
PAIR = ConditionShape(clip=CLIP, dino=DINO)
TINY = CONDITION_SHAPES["tiny"]


@pytest.fixture
def picture():
    return np.random.default_rng(0).integers(0, 256, (80, 96, 3), dtype=np.uint8)


@pytest.fixture(params=["pair", "small"])
def condition(request):
    torch.manual_seed(0)
    made = fresh_condition(PAIR if request.param == "pair" else TINY)
    with torch.no_grad():  # so that no token is like another
        for parameter in made.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return made.eval()


@pytest.fixture
def random():
    return torch.Generator().manual_seed(0)


@needs_goldens
@pytest.mark.parametrize(("encoder", "resized"), [("clip", 224), ("dino", 256)])
def test_pixels_are_those_the_encoders_were_trained_on(encoder, resized):
    y, x = np.mgrid[:512, :512].astype(np.float64)
    colours = [
        127.5 + 90 * np.sin(x / 7) + 30 * np.cos(y / 11),
        127.5 + 100 * np.sin((x + 2 * y) / 23),
        255 * x * y / 512**2,
    ]
    drawn = np.stack(colours, axis=-1).round().clip(0, 255).astype(np.uint8)
    pixels = seen_by(encoder, drawn, resized, 224)
    expected = golden("preproc")
    assert relative_error(pixels[None, :, ::32], expected[f"{encoder}.rows"]) < 1e-6
    total = expected[f"{encoder}.sum"].item()
    assert pixels.double().sum().item() == pytest.approx(total, rel=1e-6)


def test_the_centre_of_an_oblong_picture_is_seen():
    picture = np.zeros((64, 128, 3), np.uint8)
    picture[:, 32:96] = 255
    white = seen_by("clip", picture, resized=32, side=16)
    assert (white == white[:, :1, :1]).all()
    assert white.min() > 1
    upright = seen_by("clip", picture.transpose(1, 0, 2).copy(), resized=32, side=16)
    assert torch.equal(upright, white)


def test_what_is_transparent_is_grey():
    picture = np.full((2, 2, 4), 255, np.uint8)
    picture[0, :, 3] = 0
    picture[1, 1, 3] = 128
    shown = np.asarray(opaque(picture))
    assert (shown[0] == 127).all()
    assert (shown[1, 0] == 255).all()
    assert abs(int(shown[1, 1, 0]) - 191) <= 1


def test_a_picture_of_other_channels_is_refused():
    with pytest.raises(ValueError, match="expected"):
        opaque(np.zeros((4, 4), np.uint8))


@torch.no_grad()
def test_clip_features_are_those_before_the_last_block(random):
    torch.manual_seed(0)
    tower = ClipTower(CLIP).eval()
    pixels = torch.randn(2, 3, 56, 56, generator=random)
    features = tower(pixels)
    assert features.shape == (2, CLIP.tokens, CLIP.width)
    vision = tower.model.vision_model
    tokens = vision.pre_layrnorm(vision.embeddings(pixels))
    for block in vision.encoder.layers[:-1]:
        out = block(tokens, None)
        tokens = out[0] if isinstance(out, tuple) else out
    assert relative_error(features, tokens) < TOLERANCE


@torch.no_grad()
def test_dino_features_are_the_librarys_where_its_table_fits(random):
    torch.manual_seed(0)
    tower = DinoTower(DINO).eval()
    pixels = torch.randn(2, 3, 98, 98, generator=random)
    assert relative_error(tower(pixels), tower.model(pixels).last_hidden_state) < TOLERANCE
    assert tower(pixels[..., :56, :56]).shape == (2, DINO.tokens, DINO.width)


def cubic(distance, a=-0.75):
    distance = abs(distance)
    if distance <= 1:
        return (a + 2) * distance**3 - (a + 3) * distance**2 + 1
    return a * (distance**3 - 5 * distance**2 + 8 * distance - 4) if distance < 2 else 0.0


def test_positions_step_as_in_the_librarys_earlier_days(random):
    trained, side = 37, 16
    table = torch.randn(1, 1 + trained**2, 3, generator=random)
    weights = torch.zeros(side, trained)
    for i in range(side):
        centre = (i + 0.5) * trained / (side + 0.1) - 0.5
        for k in range(int(np.floor(centre)) - 1, int(np.floor(centre)) + 3):
            weights[i, min(max(k, 0), trained - 1)] += cubic(centre - k)
    grid = table[0, 1:].view(trained, trained, 3)
    expected = torch.einsum("ik,jl,klc->ijc", weights, weights, grid).reshape(side**2, 3)
    resized = positions(table, side)
    assert relative_error(resized[0, 1:], expected) < TOLERANCE
    assert torch.equal(resized[:, :1], table[:, :1])
    now = torch.nn.functional.interpolate(
        grid.permute(2, 0, 1)[None], size=(side, side), mode="bicubic"
    )
    assert relative_error(resized[0, 1:], now[0].flatten(1).T) > 0.01


def test_positions_stay_where_the_table_fits(random):
    table = torch.randn(1, 17, 3, generator=random)
    assert positions(table, 4) is table


def test_a_picture_becomes_tokens_of_both_encoders(condition, picture):
    shape = condition.shape
    features = condition.encode(picture)
    assert features.clip.shape == (1, shape.clip.tokens, shape.clip.width)
    assert features.dino.shape == (1, shape.dino.tokens, shape.dino.width)
    same, other = condition.encode(picture), condition.encode(255 - picture)
    assert torch.equal(same.clip, features.clip)
    assert not torch.equal(other.clip, features.clip)
    assert not torch.equal(other.dino, features.dino)


def test_null_is_a_picture_of_the_mean_colour(condition, picture):
    null = condition.null()
    pixels = condition.pixels(picture)
    blank = type(pixels)(torch.zeros_like(pixels.clip), torch.zeros_like(pixels.dino))
    with torch.no_grad():
        expected = condition.features(blank)
    assert torch.equal(null.clip, expected.clip)
    assert torch.equal(null.dino, expected.dino)


def test_only_the_small_pair_is_trained(condition, picture):
    pixels = condition.pixels(picture)
    features = condition.features(pixels)
    trained = condition.shape.kind == "small"
    assert features.clip.requires_grad == features.dino.requires_grad == trained
    if trained:
        (features.clip.square().sum() + features.dino.square().sum()).backward()
        assert all(parameter.grad is not None for parameter in condition.parameters())


def published(folder, tower):
    """A folder as the library writes it, with what older versions wrote besides."""
    tower.model.save_pretrained(folder)
    return load_file(folder / "model.safetensors")


@pytest.fixture(params=["clip", "dino"])
def tower(request):
    torch.manual_seed(0)
    return (ClipTower(CLIP) if request.param == "clip" else DinoTower(DINO)).eval()


def told(tower):
    """The encoder's name and shape."""
    return ("clip", CLIP) if isinstance(tower, ClipTower) else ("dino", DINO)


@pytest.mark.parametrize("file", ["model.safetensors", "pytorch_model.bin"])
def test_a_published_folder_becomes_the_same_encoder(tower, tmp_path, random, file):
    state = published(tmp_path, tower)
    if file.endswith(".bin"):
        (tmp_path / "model.safetensors").unlink()
        if isinstance(tower, ClipTower):
            state = state | {"vision_model.embeddings.position_ids": torch.arange(17)[None]}
        torch.save(state, tmp_path / file)
    read = read_tower(tmp_path, *told(tower))
    assert "vision_model.embeddings.position_ids" not in read
    back = tower_from_official(read, *told(tower))
    pixels = torch.randn(1, 3, 56, 56, generator=random)
    with torch.no_grad():
        assert torch.equal(back(pixels), tower(pixels))
    again = tower_to_official(back)
    assert again.keys() == read.keys()
    assert all(torch.equal(again[name], value) for name, value in read.items())


def test_dino_is_known_by_its_published_names():
    torch.manual_seed(0)
    names = tower_to_official(DinoTower(DINO))
    for name in ("attention.attention.query.weight", "attention.output.dense.bias", "norm1.bias"):
        assert f"encoder.layer.0.{name}" in names
    assert {"embeddings.mask_token", "layernorm.weight"} <= names.keys()


@pytest.mark.parametrize("what", ["tensor", "size", "config", "weights"])
def test_a_folder_of_something_else_is_refused(tower, tmp_path, what):
    state = published(tmp_path, tower)
    config = tmp_path / "config.json"
    if what == "tensor":
        del state[next(iter(state))]
        (tmp_path / "model.safetensors").unlink()
        torch.save(state, tmp_path / "pytorch_model.bin")
    if what == "size":
        config.write_text(json.dumps(json.loads(config.read_text()) | {"num_hidden_layers": 5}))
    if what == "config":
        config.write_text("{")
    if what == "weights":
        (tmp_path / "model.safetensors").unlink()
    with pytest.raises(WeightsError) as caught:
        read_tower(tmp_path, *told(tower))
    assert str(tmp_path) in str(caught.value)


def test_a_bundles_folder_holds_a_condition(condition, picture, tmp_path):
    from safetensors.torch import save_file

    shape = condition.shape
    if shape.kind == "small":
        save_file(condition.state_dict(), tmp_path / "condition.safetensors")
    else:
        save_file(tower_to_official(condition.clip), tmp_path / "clip.safetensors")
        save_file(tower_to_official(condition.dino), tmp_path / "dino.safetensors")
    back = condition_from(tmp_path, shape)
    features, expected = back.encode(picture), condition.encode(picture)
    assert torch.equal(features.clip, expected.clip)
    assert torch.equal(features.dino, expected.dino)


def test_the_released_towers_have_the_published_sizes():
    with torch.device("meta"):
        pair = fresh_condition(CONDITION_SHAPES["released"])
    # CLIPVisionModelWithProjection of ViT-H/14 and Dinov2Model of dinov2-base as published
    assert sum(p.numel() for p in pair.clip.parameters()) == 632_076_800
    assert sum(p.numel() for p in pair.dino.parameters()) == 86_580_480
    assert (pair.shape.clip.tokens, pair.shape.dino.tokens) == (257, 257)
