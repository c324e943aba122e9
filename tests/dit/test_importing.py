"""The authors' folder to a bundle and back, with small networks in their layout."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from aa_dit.condition.making import fresh_condition
from aa_dit.condition.official import tower_to_official
from aa_dit.config import ConditionShape, DiTConfig, DiTShape, TowerShape
from aa_dit.generator import DiTGenerator
from aa_dit.importing import convert, export
from aa_dit.transformer import DiT
from aa_dit.vae import TriplaneVAE
from aa_dit.weights import dit_to_official, vae_to_official
from avatarartist_core.errors import WeightsError
from avatarartist_core.samples import sample_portrait
from avatarartist_core.weights.draft import BundleDraft

CONDITION = ConditionShape(
    clip=TowerShape(width=16, layers=3, heads=2, mlp=32, side=56, resized=56, projection=8),
    dino=TowerShape(width=12, layers=2, heads=2, mlp=48, side=56, resized=64, trained_side=98),
)
SHAPE = DiTShape(
    latent_channels=4, latent_side=8, width=48, depth=2, heads=4, clip_channels=16,
    dino_channels=12, clip_tokens=3, dino_tokens=8, resampler_depth=1, resampler_heads=2,
    resampler_head_width=8, position="square",
)  # fmt: skip
SIZES = {"heads": 4, "resampler_head_width": 8}


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """Write what the authors publish, small."""
    folder = tmp_path / "pretrained_model"
    torch.manual_seed(0)
    dit = DiT(**SHAPE.model_dump())
    torch.nn.init.normal_(dit.output.linear.weight, std=0.1)
    averaged = dit_to_official(dit)
    plain = {name: value + 1 for name, value in averaged.items()}
    files = {
        "DiT.pth": {"state_dict": plain, "state_dict_ema": averaged, "epoch": 3},
        "checkpoint-VAE/pytorch_model.bin": vae_to_official(
            TriplaneVAE(channels=8, hidden=16, latent_channels=4, side=64)
        ),
        "final_mean.pt": torch.tensor([0.1, 0.2, 0.3, 0.4]),
        "final_std.pt": torch.full((1, 4, 1, 1, 1), 2.0),
    }
    for name, value in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save(value, path)
    pair = fresh_condition(CONDITION)
    for name, tower, shape in (
        ("image_encoder", pair.clip, CONDITION.clip),
        ("dinov2-base", pair.dino, CONDITION.dino),
    ):
        (folder / name).mkdir()
        save_file(tower_to_official(tower), folder / name / "model.safetensors")
        told = {
            "hidden_size": shape.width,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "patch_size": shape.patch,
            "intermediate_size": shape.mlp,
            "projection_dim": shape.projection,
            "image_size": shape.side if name == "image_encoder" else shape.trained_side,
        }
        (folder / name / "config.json").write_text(json.dumps(told))
    return folder


@pytest.fixture
def bundle(published: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("AA_WEIGHTS", str(tmp_path / "home"))
    with BundleDraft("official", "dit") as draft:
        convert(published, draft, condition=CONDITION, **SIZES)
        return draft.commit()


def same(one: object, other: object) -> bool:
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    return one.dtype == other.dtype and one.shape == other.shape and torch.equal(one, other)


def test_what_is_imported_comes_back_bit_for_bit(published, bundle, tmp_path):
    export(bundle, tmp_path / "back")
    for name in ("checkpoint-VAE/pytorch_model.bin", "final_mean.pt", "final_std.pt"):
        before = torch.load(published / name, weights_only=True)
        assert same(before, torch.load(tmp_path / "back" / name, weights_only=True)), name
    before = torch.load(published / "DiT.pth", weights_only=True)["state_dict_ema"]
    after = torch.load(tmp_path / "back" / "DiT.pth", weights_only=True)["state_dict"]
    assert same(before, after)


def test_the_bundle_says_what_it_makes_and_makes_it(bundle):
    assert bundle.spec.topology == "faceverse-v3"
    assert (bundle.spec.channels, bundle.spec.resolution) == (8, 64)
    assert bundle.config["mean"] == pytest.approx([0.1, 0.2, 0.3, 0.4])
    avatar = DiTGenerator(DiTConfig(weights="official", steps=2)).generate(sample_portrait())
    assert avatar.spec == bundle.spec
    assert avatar.planes.shape == (1, 4, 8, 64, 64)
    assert torch.isfinite(avatar.planes).all()
    assert len(avatar.picture) == avatar.side == 512


def test_planes_leave_standardised_units(bundle):
    avatar = DiTGenerator(DiTConfig(weights="official", steps=2)).generate(sample_portrait())
    middle = avatar.planes.mean((0, 2, 3, 4))
    spread = avatar.planes.std((0, 2, 3, 4))
    assert ((middle - torch.tensor([0.1, 0.2, 0.3, 0.4])).abs() < 4 * spread).all()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DiT.pth", {"model": {}}, "holds no 'state_dict'"),
        ("DiT.pth", {"state_dict": {"x": torch.zeros(1)}}, "not the weights of the transformer"),
        ("final_std.pt", torch.zeros(3), "does not hold 1 or 4 finite numbers"),
        ("final_mean.pt", torch.tensor([float("nan")]), "does not hold 1 or 4 finite numbers"),
        ("checkpoint-VAE/pytorch_model.bin", {"w": torch.zeros(2)}, "does not hold"),
    ],
)
def test_a_file_of_something_else_is_refused_and_nothing_stays(
    published, tmp_path, monkeypatch, name, value, said
):
    monkeypatch.setenv("AA_WEIGHTS", str(tmp_path / "home"))
    torch.save(value, published / name)
    with pytest.raises(WeightsError, match=said), BundleDraft("official", "dit") as draft:
        convert(published, draft, condition=CONDITION, **SIZES)
    assert not list((tmp_path / "home").rglob("*.safetensors"))
